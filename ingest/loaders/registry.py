"""From a name and bytes to a loaded document: which loader reads what, and what is refused."""

from __future__ import annotations

import codecs
import io
import logging
import sys
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Final, TypeAlias

from app.errors import DocumentRejected
from ingest.loaders.docx.loader import OLE_MAGIC, load_docx
from ingest.loaders.encodings.encoding import decode
from ingest.loaders.html.loader import load_html
from ingest.loaders.latex.loader import load_latex
from ingest.loaders.markdown import load_markdown
from ingest.loaders.model import LoadedDocument
from ingest.loaders.pdf.loader import load_pdf
from ingest.loaders.plain.text import load_text
from ingest.loaders.records.csv import load_csv
from ingest.loaders.records.data import load_json, load_yaml
from ingest.loaders.records.settings_file import load_settings
from ingest.loaders.rst import load_rst

LOADERS_VERSION: Final = "3"
"""Part of every content hash: raised when a loader reads the same bytes in another way."""

Loader: TypeAlias = Callable[[bytes], LoadedDocument]
"""Pure: reads bytes, touches no file and no network, raises `DocumentRejected`."""

_TEXT_LOADERS: Final[Mapping[str, Loader]] = {
    "txt": load_text,
    "text": load_text,
    "md": load_markdown,
    "markdown": load_markdown,
    "mdx": partial(load_markdown, mdx=True),
    "html": load_html,
    "htm": load_html,
    "xhtml": load_html,
    "rst": load_rst,
    "tex": load_latex,
    "latex": load_latex,
    "csv": load_csv,
    "tsv": load_csv,
    "json": load_json,
    "yaml": load_yaml,
    "yml": load_yaml,
    "toml": load_settings,
    "ini": load_settings,
    "cfg": load_settings,
    "conf": load_settings,
    "env": load_settings,
    "properties": load_settings,
}
_SNIFFED_BYTES: Final = 1_024
_PDF_MAGIC: Final = b"%PDF-"
_ZIP_MAGIC: Final = b"PK\x03\x04"
_HTML_STARTS: Final = (b"<!doctype html", b"<html")

_log = logging.getLogger(__name__)


def load(name: str, data: bytes, *, max_characters: int = sys.maxsize) -> LoadedDocument:
    """Reads one document. ``name`` is a file name, of which the suffix counts.

    Formats that unpack to far more than the file's size are read no further than
    ``max_characters``; of others, the text that comes back may be longer.

    Raises:
        DocumentRejected: ``empty``, ``encrypted``, ``no_text``, ``corrupt``, ``undecodable``,
            ``too_large``, ``nested_too_deep`` or ``unsupported_type``; its message says what to do.
        MemoryError: reading takes more than there is. Nothing else is raised.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    suffix = (path.suffix or (path.name if path.name == ".env" else "")).removeprefix(".").lower()
    try:
        return _pick(suffix, data, max_characters)(data)
    except (DocumentRejected, MemoryError):
        raise
    except RecursionError as error:
        raise DocumentRejected(
            "nested_too_deep",
            "The file nests lists, quotes, tables, brackets or links too deep to be read; make it "
            "flatter, and ingest again.",
        ) from error
    except Exception as error:
        _log.debug("the loader of .%s files failed: %s", suffix, type(error).__name__)
        raise DocumentRejected(
            "corrupt",
            "The file could not be read as its type says; open it, save it again and ingest again.",
        ) from error


def _pick(suffix: str, data: bytes, max_characters: int) -> Loader:
    """The loader that suits content and suffix; content decides where it is unmistakable."""
    if not data.strip():
        raise DocumentRejected("empty", "The document has no text; add some or leave it out.")
    head = data[:_SNIFFED_BYTES]
    if _is_pdf(suffix, head):
        return partial(load_pdf, max_characters=max_characters)
    if suffix == "pdf":
        raise DocumentRejected(
            "corrupt", f"The file is {_looks_like(head)}, not a PDF; get it again."
        )
    is_old_word = suffix == "docx" and data.startswith(OLE_MAGIC)  # encrypted, the loader says
    if is_old_word or _is_word(data):
        return partial(load_docx, max_characters=max_characters)
    if suffix == "docx":
        raise DocumentRejected(
            "corrupt", f"The file is {_looks_like(head)}, not a Word document; get it again."
        )
    if loader := _TEXT_LOADERS.get(suffix):
        return loader
    return _pick_unknown(suffix, data)


def _pick_unknown(suffix: str, data: bytes) -> Loader:
    try:
        decode(data)
    except DocumentRejected as error:
        raise _unsupported(suffix) from error
    if data.startswith((_ZIP_MAGIC, OLE_MAGIC)):
        raise _unsupported(suffix)
    if data[:_SNIFFED_BYTES].lstrip().lower().startswith(_HTML_STARTS):
        return load_html
    return partial(load_text, keep_lines=bool(suffix))


def _unsupported(suffix: str) -> DocumentRejected:
    kind = f"Files of type .{suffix}" if suffix else "Binary files without a suffix"
    return DocumentRejected(
        "unsupported_type", f"{kind} can't be read; convert them to PDF, DOCX, HTML or text."
    )


def _is_pdf(suffix: str, head: bytes) -> bool:
    """By its mark, which may stand behind other bytes; but a text may speak of the mark."""
    if suffix in _TEXT_LOADERS:
        return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(_PDF_MAGIC)
    return _PDF_MAGIC in head


def _is_word(data: bytes) -> bool:
    if not data.startswith(_ZIP_MAGIC):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _looks_like(head: bytes) -> str:
    start = head.lstrip().lower()
    if start.startswith(_HTML_STARTS) or b"<body" in start:
        return "a web page, perhaps an error message"
    return "something else or damaged"
