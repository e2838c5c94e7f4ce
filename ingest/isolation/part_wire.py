"""The parts of a file on their way from the process that opens it.

A message is a line of JSON that lists some parts, and behind it the bytes of those that are files.
It is checked like the other answers of that process. A record is JSON within JSON, since one that
nests too deep for this process must fail alone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from pydantic import TypeAdapter

from ingest.expansion.model import FilePart, Part, RecordPart, RefusedPart

_MESSAGE_PARTS: Final = 200
_MESSAGE_BYTES: Final = 2**20
_MESSAGE_S: Final = 1.0
"""Bounds of a message, from any of which on it is sent: many parts cost little, none waits long."""

_File: TypeAlias = tuple[Literal["file"], str, int]
_Record: TypeAlias = tuple[Literal["record"], str, str]
_Refused: TypeAlias = tuple[Literal["refused"], str, str, str]
_Entry: TypeAlias = _File | _Record | _Refused
_ENTRIES: Final = TypeAdapter(list[_Entry])

LAST: Final = b"[]\n"
"""The message that no part follows."""


def encode_parts(parts: Iterator[Part]) -> Iterator[bytes]:
    """Messages for all parts, each made when it is asked for; `LAST` is not among them."""
    entries: list[str] = []
    files: list[bytes] = []
    size, begun = 0, time.monotonic()
    for part in parts:
        entries.append(json.dumps(_entry(part)))
        files.append(part.data if isinstance(part, FilePart) else b"")
        size += len(entries[-1]) + len(files[-1])
        full = size >= _MESSAGE_BYTES or len(entries) >= _MESSAGE_PARTS
        if full or time.monotonic() - begun >= _MESSAGE_S:
            yield _message(entries, files)
            entries, files = [], []
            size, begun = 0, time.monotonic()
    if entries:
        yield _message(entries, files)


def decode_parts(message: bytes, *, name: str) -> list[Part]:
    """The parts in a message about the file of this name; none in `LAST`.

    Raises:
        ValueError: it is no such message.
    """
    end = message.index(b"\n")
    try:
        entries = _ENTRIES.validate_python(json.loads(message[:end]))
    except RecursionError as error:
        raise ValueError("the message is nested") from error
    if not all(entry[1].startswith(name) for entry in entries):
        raise ValueError("a part is of another file")
    parts: list[Part] = []
    at = end + 1
    for entry in entries:
        if entry[0] == "file":
            data = message[at : at + max(entry[2], 0)]
            if len(data) != entry[2]:
                raise ValueError("the bytes of a part are not all there")
            at += len(data)
            parts.append(FilePart(entry[1], data))
        elif entry[0] == "record":
            parts.append(_record(entry[1], entry[2]))
        else:
            parts.append(RefusedPart(*entry[1:]))
    return parts


def _message(entries: list[str], files: list[bytes]) -> bytes:
    return b"".join((f"[{', '.join(entries)}]\n".encode("ascii"), *files))


def _entry(part: Part) -> _Entry:
    match part:
        case FilePart(name, data):
            return "file", name, len(data)
        case RecordPart(name, record):
            try:
                return "record", name, json.dumps(record)
            except RecursionError:
                return _entry(_nested(name))
        case RefusedPart(name, code, reason):
            return "refused", name, code, reason


def _record(name: str, text: str) -> Part:
    try:
        return RecordPart(name, json.loads(text))
    except RecursionError:
        return _nested(name)


def _nested(name: str) -> RefusedPart:
    return RefusedPart(name, "nested_too_deep", "The record nests too deep; make it flatter.")
