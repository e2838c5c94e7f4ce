"""Archives made by hand: small ones of much, some within each other, headers that lie."""

from __future__ import annotations

import gzip
import io
import lzma
import random
import tarfile
import zipfile
from collections.abc import Iterable

from tests.integration.hostile.cases import FileCase

_MUCH = 60_000_000


def _zip(files: Iterable[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return packed.getvalue()


def _within_itself(levels: int) -> bytes:
    data = _zip([("a.md", b"text")])
    for _ in range(levels):
        data = _zip([("a.zip", data)])
    return data


def _tar(kind: bytes, size: int, *, body: bytes = b"") -> bytes:
    """One header, which says that ``size`` bytes of it follow."""
    header = tarfile.TarInfo("a.md")
    header.type, header.size = kind, size
    return header.tobuf(tarfile.GNU_FORMAT) + body + bytes(2 * tarfile.BLOCKSIZE)


ARCHIVE_FILES = [
    FileCase("zeros.zip", lambda: _zip([("a.md", bytes(_MUCH))]), "too_large"),
    FileCase("zeros.tgz", lambda: gzip.compress(_tar(b"0", _MUCH, body=bytes(_MUCH))), "too_large"),
    FileCase("nested.zip", lambda: _within_itself(40), "nested_too_deep"),
    FileCase("folders.zip", lambda: _zip((f"{n}/", b"") for n in range(30_000)), "empty"),
    FileCase("path.zip", lambda: _zip([("../" * 100 + "etc/passwd", b"text")]), "leads_out"),
    FileCase("name.zip", lambda: _zip([("a" * 60_000 + ".md", b"text")]), "invalid_record"),
    FileCase("within.zip", lambda: _zip((f"{n}.zip", _within_itself(1)) for n in range(9))),
    FileCase("garbage.zip", lambda: b"PK\x03\x04" + random.Random(1).randbytes(300_000), "corrupt"),
    FileCase("claims.tar", lambda: _tar(b"0", 2**33 - 1), "too_large"),
    FileCase("sparse.tar", lambda: _tar(b"S", 0), "unsupported_type"),
    FileCase(
        "comment.tgz", lambda: gzip.compress(_tar(b"x", _MUCH, body=bytes(_MUCH))), "too_large"
    ),
    FileCase("cut.tar.xz", lambda: lzma.compress(_tar(b"0", 9, body=b"x" * 512))[:-40], "corrupt"),
]
