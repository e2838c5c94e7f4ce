"""Between domain objects and the catalog's rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeAlias

from app.domain.documents import (
    Block,
    BlockKind,
    Cell,
    Chunk,
    Document,
    DocumentRecord,
    Locator,
    Metadata,
    MetadataValue,
    Scalar,
)
from app.filters import MOST_CHARACTERS
from app.instants import sortable

Row: TypeAlias = tuple[Any, ...]
"""What sqlite3 returns; its columns are typed by the schema, not by Python."""

MAX_SQL_INTEGER = 2**63 - 1


def document_row(document: Document) -> tuple[str, ...]:
    """``id, title, uri, text, blocks, metadata``."""
    blocks = [
        [
            b.kind.value,
            *b.span,
            b.level,
            _locator_value(b.locator),
            [[*cell.span, cell.head] for cell in b.cells],
            *([_start_values(b)] if b.locator_starts else ()),
        ]
        for b in document.blocks
    ]
    return (
        document.id,
        document.title,
        document.uri,
        document.text,
        json.dumps(blocks, ensure_ascii=False),
        _dump(document.metadata),
    )


def document(row: Row) -> Document:
    """The inverse of `document_row`."""
    blocks = tuple(
        Block(
            BlockKind(kind),
            (start, end),
            level,
            _locator(where),
            tuple(Cell((first, last), head) for first, last, head in cells),
            tuple((at, _locator(further)) for starts in later for at, further in starts),
        )
        for kind, start, end, level, where, cells, *later in json.loads(row[4])
    )
    return Document(row[0], row[3], row[1], row[2], _load(row[5]), blocks)


def _start_values(block: Block) -> list[tuple[int, Any]]:
    return [(at, _locator_value(locator)) for at, locator in block.locator_starts]


def _locator_value(locator: Locator) -> Any:
    """As JSON; a page alone, as every block of a PDF has it, is its number."""
    known = locator.known
    return known["page"] if known.keys() == {"page"} else known or None


def _locator(value: Any) -> Locator:
    """The inverse of `_locator_value`."""
    return Locator(**value) if isinstance(value, dict) else Locator(page=value)


def record(row: Row) -> DocumentRecord:
    """From ``id, title, uri, content_hash, version, chunks, characters, updated_at, metadata``."""
    *columns, metadata = row
    return DocumentRecord(*(*columns, _load(metadata)))


def chunk_row(chunk: Chunk, of_document: Metadata) -> tuple[str | int, ...]:
    """``id, position, first, last, text, heading_path, metadata``.

    Of the metadata only what differs from the document's: null where the chunk has none of it.
    """
    own = {
        name: value for name, value in chunk.metadata.items() if not _is(of_document, name, value)
    }
    lacking = dict.fromkeys(of_document.keys() - chunk.metadata.keys())
    return (
        chunk.id,
        chunk.position,
        *chunk.span,
        chunk.text,
        json.dumps(chunk.heading_path, ensure_ascii=False),
        json.dumps(own | lacking, ensure_ascii=False),
    )


def chunk(row: Row) -> Chunk:
    """From a row of chunks and its document's title and metadata.

    ``id, document id, position, text, first, last, title, heading_path, metadata, document's``.
    """
    own = _load(row[8])
    metadata = {
        name: value
        for name, value in (dict(_loaded(row[9])) | dict(own)).items()
        if value is not None
    }
    return Chunk(
        id=row[0],
        document_id=row[1],
        position=row[2],
        text=row[3],
        span=(row[4], row[5]),
        title=row[6],
        heading_path=tuple(json.loads(row[7])),
        metadata=metadata,
    )


def attribute_rows(chunk: Chunk) -> Iterator[tuple[str, object]]:
    """``name, value`` for each element that a filter may ask for."""
    for name, value in chunk.attributes.items():
        for element in value if isinstance(value, tuple) else (value,):
            yield name, sql_value(element)


def sql_value(value: Scalar) -> object:
    """A value as SQLite compares it: booleans apart from numbers, huge integers as floats.

    Of a long text the beginning: no filter compares it with as much. An instant is in UTC.
    """
    if isinstance(value, bool):
        return b"\x01" if value else b"\x00"
    if isinstance(value, int) and abs(value) > MAX_SQL_INTEGER:
        return float(value)
    return sortable(value)[: MOST_CHARACTERS + 1] if isinstance(value, str) else value


def _dump(metadata: Metadata) -> str:
    return json.dumps(dict(metadata), ensure_ascii=False)


def _is(metadata: Metadata, name: str, value: MetadataValue) -> bool:
    """Whether ``name`` is ``value`` there, and not merely equal to it, as 1 is to true."""
    return name in metadata and _dump({name: metadata[name]}) == _dump({name: value})


@lru_cache(maxsize=64)
def _loaded(source: str) -> Metadata:
    """Of a document whose chunks are read one after the other; nobody may change it."""
    return _load(source)


def _load(source: str) -> Metadata:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in json.loads(source).items()
    }
