"""Files in which every line is a document of its own, as a JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

from app.errors import DocumentRejected
from ingest.expansion.budget import Budget
from ingest.expansion.model import Part, RecordPart, RefusedPart
from ingest.expansion.record_fields import with_text
from ingest.loaders.encodings.lines import decode_lines


def expand_jsonl(name: str, file: IO[bytes], budget: Budget) -> Iterator[Part]:
    """One part a line of JSONL in any encoding; a line that is no JSON fails by itself.

    Of a file in UTF-8, one line is in memory at a time.
    """
    encoding, lines = decode_lines(file, max_bytes=budget.limits.max_part_bytes)
    for number, line in lines:
        where = f"{name}:{number}"
        if line is None:
            yield RefusedPart.of(where, _too_long(budget.limits.max_part_bytes))
        elif line.strip():
            yield _part(where, line, encoding)


def _part(where: str, line: str, encoding: str) -> Part:
    try:
        record = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return RefusedPart(where, "invalid_record", "The line is not valid JSON.")
    if encoding != "utf-8":
        record = _noting_encoding(record, encoding)
    return RecordPart(where, with_text(record))


def _noting_encoding(record: object, encoding: str) -> object:
    """The record with ``encoding`` among its metadata, where any other file has it too."""
    if not isinstance(record, dict):
        return record
    metadata = record.get("metadata")
    if not isinstance(metadata, dict | None):
        return record
    return record | {"metadata": {"encoding": encoding} | (metadata or {})}


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _too_long(max_bytes: int) -> DocumentRejected:
    return DocumentRejected(
        "too_large",
        f"The line is longer than {max_bytes:,} bytes; split it, or raise ingest.max_file_bytes.",
    )
