"""Files in which every line is a document of its own, as a JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from app.errors import DocumentRejected
from ingest.loaders.encodings.encoding import decode
from ingest.sources.model import Rejected, Source
from ingest.sources.record_fields import with_text
from ingest.sources.records import RecordSource

RECORD_SUFFIXES: Final = (".jsonl", ".ndjson")
"""Files in which every line is a document of its own."""


def read_records(name: str, data: bytes) -> Iterator[Source]:
    """One source a line of JSONL in any encoding; a line that is no JSON fails by itself."""
    try:
        decoded = decode(data)
    except DocumentRejected as reason:
        yield Rejected(name, reason)
        return
    for number, line in _lines(decoded.text):
        where = f"{name}:{number}"
        try:
            record = json.loads(line, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            yield Rejected(where, DocumentRejected("invalid_record", "The line is not valid JSON."))
            continue
        if decoded.encoding != "utf-8":
            record = _noting_encoding(record, decoded.encoding)
        yield RecordSource(where, with_text(record), fallback_id=where, kind="file")


def count_records(data: bytes) -> int:
    """How many sources `read_records` finds, without making any."""
    try:
        return sum(1 for _ in _lines(decode(data).text))
    except DocumentRejected:
        return 1


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Numbers, from 1, and lines that are not blank; one at a time, since there may be millions."""
    start = number = 0
    while start < len(text):
        # Not `splitlines`: JSON strings may hold U+2028 and others that it takes for line ends.
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)]
        number += 1
        start += len(line) + 1
        if line.strip():
            yield number, line


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
