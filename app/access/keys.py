"""A named key: how it is made, what it gives, and how long."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from app.access.principal import Principal, Verb
from app.access.scopes import read_scope_filter
from app.errors import InvalidFilter, InvalidRequest

SECRET_BYTES: Final = 32
"""256 bits at random: nobody can try them all, so that one SHA-256 keeps a key safe."""
BEGINNING: Final = "ak_live_"
"""Of every key, so that a scanner of repositories and logs knows one."""
SHOWN: Final = len(BEGINNING) + 4
"""Characters of a key by which a person recognises it."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_RESERVED: Final = "local"
_DURATION: Final = re.compile(r"([1-9][0-9]{0,4})([mhdw])")
_UNITS: Final = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_PER: Final = re.compile(r"([1-9][0-9]{0,8})/(min|day)")

KeyState: TypeAlias = Literal["active", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class Rights:
    """What a key gives. ``filter`` is a filter as JSON; ``None`` is no limit.

    ``rate`` are requests a minute, in each process; ``quota`` are requests a day, in all of them.
    """

    collections: frozenset[str] | None
    verbs: frozenset[Verb]
    filter: object = None
    rate: int | None = None
    quota: int | None = None

    def principal(self, name: str) -> Principal:
        """Whoever has a key of this name.

        Raises:
            InvalidFilter: see `read_scope_filter`.
            InvalidRequest: it has a filter and may do more than search.
        """
        where = read_scope_filter(self.filter)
        if where is None and self.filter is not None:
            raise InvalidFilter("The filter of a key compares something, or is left out.")
        if where is not None and self.verbs != {"search"}:
            raise InvalidRequest(
                "A key with a filter may only search: who writes finds out, by an id that is "
                "taken, about documents that the filter hides."
            )
        return Principal(
            name, self.collections, self.verbs, where, self.rate, self.quota, noted=True
        )


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key without its secret. Times have a zone; ``prefix`` is the beginning of the secret."""

    name: str
    prefix: str
    rights: Rights
    created: datetime
    expires: datetime | None
    revoked: datetime | None

    def state(self, now: datetime) -> KeyState:
        """Whether it opens anything."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else "active"


def new_secret() -> str:
    """A key that nobody has yet."""
    return BEGINNING + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: bytes) -> bytes:
    """What is kept of a key.

    One round of SHA-256, without a salt: what has 256 random bits is in no table, no two are alike,
    and every request pays for each round.
    """
    return hashlib.sha256(secret).digest()


def require_name(name: str) -> None:
    """Raises `InvalidRequest` for a name that no key can have."""
    if not _NAME.fullmatch(name) or name == _RESERVED:
        raise InvalidRequest(
            "A key's name has 1 to 64 letters, digits, dots, - and _, starts with a letter or a "
            f'digit, and is not "{_RESERVED}".'
        )


def read_duration(text: str) -> timedelta:
    """``30d``, ``12h``, ``90m`` or ``2w``. Raises `InvalidRequest`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise InvalidRequest(f'"{text}" is no duration; write 90m, 12h, 30d or 2w.')
    return int(found[1]) * _UNITS[found[2]]


def read_per(text: str, unit: Literal["min", "day"]) -> int:
    """The number of ``60/min`` or ``10000/day``. Raises `InvalidRequest`."""
    found = _PER.fullmatch(text)
    if found is None or found[2] != unit:
        raise InvalidRequest(f'"{text}" is no limit; write a number and /{unit}, as in 60/{unit}.')
    return int(found[1])
