"""Word documents (OOXML), read from their XML part by part; nothing outside the file is touched.

The archive is opened with limits, and the XML parser resolves no entity and no network address,
so neither zip bombs nor entity bombs nor external entities have anything to work with.
"""

from __future__ import annotations

import io
import sys
import zipfile
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from app.domain.documents import MetadataValue
from app.errors import DocumentRejected
from ingest.loaders.compose import compose, first_heading
from ingest.loaders.dates import iso_day
from ingest.loaders.docx.blocks import DocxBlocks
from ingest.loaders.docx.numbering import read_numbering
from ingest.loaders.docx.styles import read_styles, remove_struck
from ingest.loaders.encodings.cleaning import clean_lines
from ingest.loaders.model import LoadedDocument

MAX_UNPACKED_BYTES: Final = 256 * 2**20
"""What the parts that are read may unpack to, together."""
MAX_ELEMENTS: Final = 1_000_000
"""Elements of one part, each of which takes some microseconds and a few hundred bytes."""
OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What old and encrypted files of Office begin with."""
_DOCUMENT: Final = "word/document.xml"
_NOTES: Final = ("word/footnotes.xml", "word/endnotes.xml")
_STYLES: Final = "word/styles.xml"
_NUMBERING: Final = "word/numbering.xml"
_CORE: Final = "docProps/core.xml"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_TERMS: Final = "{http://purl.org/dc/terms/}"


def load_docx(data: bytes, *, max_characters: int = sys.maxsize) -> LoadedDocument:
    """Reads headings, paragraphs, lists, tables, text boxes, formulas and notes.

    Raises:
        DocumentRejected: ``empty``, ``corrupt``, ``too_large`` for more than ``max_characters``, or
            ``encrypted`` for a document with a password.
    """
    if data.startswith(OLE_MAGIC):
        raise DocumentRejected(
            "encrypted",
            "The Word file needs a password or is in the old .doc format; "
            "save it as .docx without a password and ingest again.",
        )
    parts = _read_parts(data, (_DOCUMENT, *_NOTES, _CORE, _STYLES, _NUMBERING))
    document = parts.get(_DOCUMENT)
    if document is None:
        raise DocumentRejected(
            "corrupt", "The file holds no Word document; save it again as .docx and ingest again."
        )
    styles = parts.get(_STYLES)
    for part in (document, *(parts[name] for name in _NOTES if name in parts)):
        remove_struck(part, styles)
    blocks = DocxBlocks(
        read_styles(styles),
        read_numbering(parts.get(_NUMBERING)),
        max_characters=max_characters,
    )
    blocks.write(document)
    for name in _NOTES:
        blocks.write_notes(parts.get(name))
    pieces = blocks.pieces
    title, metadata = _properties(parts.get(_CORE))
    return compose(pieces, title=title or first_heading(pieces), metadata=metadata)


def _read_parts(data: bytes, names: tuple[str, ...]) -> dict[str, Element]:
    """Roots of the parts that exist."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        present = [info for info in archive.infolist() if info.filename in names]
        if sum(info.file_size for info in present) > MAX_UNPACKED_BYTES:
            raise DocumentRejected(
                "corrupt",
                "The Word file unpacks to more than a document can hold; check its origin.",
            )
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=True
        )
        roots = {}
        for info in present:
            # Reading no more than the directory promises keeps a lying directory harmless.
            part = archive.open(info).read(info.file_size)
            _require_bounded(part)
            roots[info.filename] = etree.fromstring(part, parser)
        return {name: root for name, root in roots.items() if root is not None}
    except (zipfile.BadZipFile, etree.XMLSyntaxError, EOFError, OSError) as error:
        raise DocumentRejected(
            "corrupt", "The Word file is damaged; open it, save it again as .docx and ingest again."
        ) from error


def _require_bounded(part: bytes) -> None:
    """Raises `DocumentRejected` for a part of which each small thing would take long to look at."""
    if part.count(b"<") - part.count(b"</") > MAX_ELEMENTS:
        raise DocumentRejected(
            "too_large",
            f"The Word file has more than {MAX_ELEMENTS:,} parts, such as runs of one look; split "
            "it, or save it as text, and ingest again.",
        )


def _properties(core: Element | None) -> tuple[str, dict[str, MetadataValue]]:
    """Title, and metadata with author and date where they are set."""
    metadata: dict[str, MetadataValue] = {"format": "docx"}
    if core is None:
        return "", metadata
    if author := clean_lines(core.findtext(f"{_DC}creator") or ""):
        metadata["author"] = author
    for name in ("modified", "created"):
        if day := iso_day(core.findtext(f"{_TERMS}{name}")):
            metadata["date"] = day
            break
    return clean_lines(core.findtext(f"{_DC}title") or ""), metadata
