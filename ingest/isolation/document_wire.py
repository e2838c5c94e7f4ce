"""What the process that reads files answers, as JSON.

It has read hostile files and may by now be what one of them made of it, so its answer is checked
like any other input. Pickle would let it run code in the process that asks.
"""

from __future__ import annotations

import json
from dataclasses import fields, replace
from itertools import chain
from typing import Any, Final, TypeAlias

from pydantic import TypeAdapter, ValidationError

from app.domain.documents import Block, Locator
from ingest.loaders.model import LoadedDocument

Rejection: TypeAlias = tuple[str, str]
"""Code and reason of a `DocumentRejected`."""
Reply: TypeAlias = LoadedDocument | Rejection

_BATCH: Final = 500
"""Blocks in a line: other threads have their turn behind each, since `json` keeps the interpreter
to itself."""
_DOCUMENT: Final = TypeAdapter(LoadedDocument)
_BLOCKS: Final = TypeAdapter(tuple[Block, ...])
_REJECTION: Final = TypeAdapter(tuple[str, str])


def encode(reply: Reply) -> bytes:
    """``reply`` in ASCII: a line for all but the blocks of a document, and then lines of these."""
    if not isinstance(reply, LoadedDocument):
        return _line(reply)
    blocks = reply.blocks
    batches = (blocks[at : at + _BATCH] for at in range(0, len(blocks), _BATCH))
    return b"\n".join([_line(replace(reply, blocks=())), *map(_line, batches)])


def decode(data: bytes) -> Reply:
    """What `encode` was given. Raises `ValueError` for anything else."""
    first, *batches = data.split(b"\n")
    try:
        value = json.loads(first)
        if isinstance(value, list):
            return _REJECTION.validate_python(value)
        document = _DOCUMENT.validate_python(value)
        blocks = (_BLOCKS.validate_python(json.loads(batch)) for batch in batches)
        return replace(document, blocks=tuple(chain.from_iterable(blocks)))
    except (ValidationError, RecursionError) as error:
        raise ValueError("the answer is no document") from error


def _line(value: object) -> bytes:
    return json.dumps(value, default=_as_json).encode("ascii")


def _as_json(value: Any) -> Any:
    if isinstance(value, Locator):
        return value.known
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return str(value)  # of a front matter: dates, mostly
