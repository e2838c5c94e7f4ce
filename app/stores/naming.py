"""What every store asks of a collection's name, and of whoever opens it with settings."""

from __future__ import annotations

import re
from typing import Final

from app.domain.collections import Fingerprint
from app.errors import FingerprintMismatch, InvalidRequest

COLLECTION_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def require_name(name: str) -> None:
    """Raises `InvalidRequest` for a name that no collection can have."""
    if not COLLECTION_NAME.fullmatch(name):
        raise InvalidRequest(
            "A collection's name has 1 to 63 lower-case letters, digits, - and _, and starts "
            "with a letter or a digit."
        )


def require_same(name: str, built_by: Fingerprint, now: Fingerprint) -> None:
    """Raises `FingerprintMismatch` where other settings built a collection."""
    differences = [
        f"{field}: {getattr(built_by, field)} then, {getattr(now, field)} now"
        for field in Fingerprint.__dataclass_fields__
        if getattr(built_by, field) != getattr(now, field)
    ]
    if differences:
        raise FingerprintMismatch(
            f"collection {name} was built with other settings ({'; '.join(differences)}). "
            f"Run `rag rebuild {name}` to rebuild it with these, or restore the settings."
        )
