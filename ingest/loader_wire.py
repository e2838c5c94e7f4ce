"""What the process that reads files answers, as JSON.

It has read hostile files and may by now be what one of them made of it, so its answer is checked
like any other input. Pickle would let it run code in the process that asks.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, Final, TypeAlias

from pydantic import TypeAdapter, ValidationError

from ingest.loaders.model import LoadedDocument

Reply: TypeAlias = LoadedDocument | tuple[str, str]
"""A document, or code and reason of a `DocumentRejected`."""

_DOCUMENT: Final = TypeAdapter(LoadedDocument)
_REJECTION: Final = TypeAdapter(tuple[str, str])


def encode(reply: Reply) -> bytes:
    """``reply`` in ASCII."""
    return json.dumps(reply, default=_as_json).encode("ascii")


def decode(data: bytes) -> Reply:
    """What `encode` was given. Raises `ValueError` for anything else."""
    try:
        value = json.loads(data)
        if isinstance(value, list):
            return _REJECTION.validate_python(value)
        return _DOCUMENT.validate_python(value)
    except (ValidationError, RecursionError) as error:
        raise ValueError("the answer is no document") from error


def _as_json(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return str(value)  # of a front matter: dates, mostly
