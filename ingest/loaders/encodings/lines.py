"""Text line by line, of files that may be too long to be held whole."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO, Final, TypeAlias

from ingest.loaders.encodings.encoding import decode

Lines: TypeAlias = Iterator[tuple[int, str | None]]
"""Numbers from 1, and texts with their line ends; ``None`` for a line that is too long."""

_BLOCK_BYTES: Final = 2**20
_C1: Final = re.compile(rb"\xc2[\x80-\x9f]")
"""Signs of UTF-8 that was encoded twice, which is mended in the file as a whole."""


def decode_lines(file: IO[bytes], *, max_bytes: int) -> tuple[str, Lines]:
    """The encoding of a file that can be read in any order, as `decode` finds it, and its lines.

    Plain UTF-8 is read a line at a time, and a line of more than ``max_bytes`` is skipped; a file
    in any other encoding is read whole.

    Raises:
        DocumentRejected: ``undecodable``.
    """
    if _is_plain_utf8(file):
        return "utf-8", _utf8_lines(file, max_bytes)
    file.seek(0)
    decoded = decode(file.read())
    return decoded.encoding, enumerate(_split(decoded.text), start=1)


def _is_plain_utf8(file: IO[bytes]) -> bool:
    """Whether `decode` would give the same for each line as for the whole file."""
    file.seek(0)
    read = codecs.getincrementaldecoder("utf-8")()
    block, last = file.read(_BLOCK_BYTES), b""
    try:
        if decode(read.decode(block).encode()).encoding != "utf-8":
            return False
        while block:
            if _C1.search(last + block):
                return False
            last, block = block[-1:], file.read(_BLOCK_BYTES)
            read.decode(block, final=not block)
    except UnicodeDecodeError:
        return False
    return True


def _utf8_lines(file: IO[bytes], max_bytes: int) -> Lines:
    file.seek(0)
    if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        file.seek(0)
    number = 0
    # Lines end at line feeds alone: JSON strings may hold U+2028 and others.
    while line := file.readline(max_bytes + 1):
        number += 1
        if len(line) <= max_bytes:
            yield number, line.decode()
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(_BLOCK_BYTES)
        yield number, None


def _split(text: str) -> Iterator[str]:
    """One at a time, since there may be millions."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end + 1
        yield text[start:end]
        start = end
