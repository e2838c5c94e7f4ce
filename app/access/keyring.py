"""API keys, and whom each of them stands for."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import SecretStr

from app.access.principal import LOCAL, VERBS, Principal


class Keyring:
    """Tells principals apart by their keys. Where there is no key, everybody is `LOCAL`."""

    def __init__(self, holders: Mapping[str, Principal]) -> None:
        """``holders`` are principals by their keys; of these only digests are kept."""
        self._holders = [(_digest(key.encode()), holder) for key, holder in holders.items()]

    @classmethod
    def of_all_powerful(cls, keys: Sequence[SecretStr]) -> Self:
        """Each of ``keys`` gives every right."""
        return cls(
            {
                key.get_secret_value(): Principal(f"key {number}", collections=None, verbs=VERBS)
                for number, key in enumerate(keys, start=1)
            }
        )

    @property
    def has_keys(self) -> bool:
        """Whether nothing is answered without a key."""
        return bool(self._holders)

    def principal(self, key: bytes) -> Principal | None:
        """Whom a key stands for; ``None`` where it is no key of ours."""
        if not self._holders:
            return LOCAL
        given = _digest(key)
        # Every key is compared, and digests of one length, so that the time tells nothing.
        found = [holder for known, holder in self._holders if hmac.compare_digest(given, known)]
        return found[0] if found else None


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()
