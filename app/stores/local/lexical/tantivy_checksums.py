"""The checksums that Tantivy writes into its files, compared with what the files hold."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from app.durability.files import read_json

SEGMENT_SUFFIXES: Final = (".fast", ".fieldnorm", ".idx", ".pos", ".store", ".term")
FOOTER_MAGIC: Final = 1_337
_FOOTER_END: Final = struct.Struct("<II")


def damaged_files(folder: Path, *, upto: int | None = None) -> list[str]:
    """Names of files that don't have the checksum that Tantivy wrote at their end.

    With ``upto``, larger files are left out, so that opening an index stays cheap.
    """
    return [path.name for path in _committed(folder) if not _is_whole(path, upto)]


def _committed(folder: Path) -> Iterator[Path]:
    """The files of all segments that the last commit names: others may be half written."""
    match read_json(folder / "meta.json"):
        case {"segments": list(segments)}:
            pass
        case _:
            return  # Tantivy itself says what is wrong with it
    for segment in segments:
        match segment:
            case {"segment_id": str(id_), "deletes": {"opstamp": int(deletes)}}:
                deleted = f".{deletes}.del"
            case {"segment_id": str(id_)}:
                deleted = ""
            case _:
                return
        stem = id_.replace("-", "")
        yield from (folder / f"{stem}{end}" for end in (*SEGMENT_SUFFIXES, deleted) if end)


def _is_whole(path: Path, upto: int | None) -> bool:
    """Whether a file's content has the CRC-32 of its footer: JSON, its length, a magic number.

    So does one that is not there: a merge may have removed it, or opening the index will tell.

    Source: https://docs.rs/tantivy/0.24.2/src/tantivy/directory/footer.rs.html
    """
    try:
        if upto is not None and path.stat().st_size > upto:
            return True
        content = path.read_bytes()
    except FileNotFoundError:
        return True
    last = len(content) - _FOOTER_END.size
    length, magic = _FOOTER_END.unpack(content[last:]) if last >= 0 else (0, 0)
    if magic != FOOTER_MAGIC or length > last:
        return False
    try:
        footer = json.loads(content[last - length : last])
    except ValueError:
        return False
    return isinstance(footer, dict) and footer.get("crc") == zlib.crc32(content[: last - length])
