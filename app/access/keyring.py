"""API keys, and whom each of them stands for."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from pydantic import SecretStr

from app.access.key_file import KeptKey, KeyFile
from app.access.keys import digest
from app.access.principal import LOCAL, VERBS, Principal
from app.errors import RequestError

logger = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Holder:
    digest: bytes
    principal: Principal
    kept: KeptKey | None = None


class Keyring:
    """Tells principals apart by their keys. Where there never was a key, everybody is `LOCAL`."""

    def __init__(
        self,
        holders: Mapping[str, Principal],
        named: KeyFile | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """``holders`` are principals by their keys, of which only digests are kept.

        Those of ``named`` count beside them, as they are at each request.
        """
        self._configured = tuple(
            _Holder(digest(key.encode()), holder) for key, holder in holders.items()
        )
        self._named = named
        self._clock = clock
        self._known: tuple[tuple[KeptKey, ...], tuple[_Holder, ...]] = ((), self._configured)
        self._locked = bool(self._configured)

    @classmethod
    def of_operators(cls, keys: Sequence[SecretStr], named: KeyFile | None = None) -> Self:
        """Each of ``keys`` gives every right, and those of ``named`` what they were made for."""
        return cls(
            {
                key.get_secret_value(): Principal(f"key {number}", collections=None, verbs=VERBS)
                for number, key in enumerate(keys, start=1)
            },
            named,
        )

    @property
    def has_keys(self) -> bool:
        """Whether nothing is answered without a key.

        It is so from the first key on, for good: neither the end of the last key nor the loss of
        the file opens the service to everybody. Raises `ConfigurationError`.
        """
        self._holders()
        return self._locked

    def principal(self, key: bytes) -> Principal | None:
        """Whom a key stands for; ``None`` where it opens nothing (any more).

        Raises:
            ConfigurationError: the named keys can't be read.
        """
        holders = self._holders()
        if not self._locked:
            return LOCAL
        given = digest(key)
        # Every key is compared, and digests of one length, so that the time tells nothing.
        found = [holder for holder in holders if hmac.compare_digest(given, holder.digest)]
        if not found or ((kept := found[0].kept) and kept.key.state(self._clock()) != "active"):
            return None
        return found[0].principal

    def close(self) -> None:
        """Lets go of files."""
        if self._named is not None:
            self._named.close()

    def _holders(self) -> Sequence[_Holder]:
        if self._named is None:
            return self._configured
        kept = self._named.kept()
        known, holders = self._known
        if kept is not known:
            holders = (*self._configured, *filter(None, map(_holder, kept)))
            self._known = (kept, holders)
            self._locked = self._locked or bool(kept)
        return holders


def _holder(kept: KeptKey) -> _Holder | None:
    try:
        return _Holder(kept.digest, kept.key.rights.principal(kept.key.name), kept)
    except RequestError as error:
        logger.error("key %s opens nothing, its rights can't be read: %s", kept.key.name, error)  # noqa: TRY400 - the message says what is wrong
        return None
