"""PDF files: text in reading order, page by page, with headings, paragraphs and document data."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import Final

import pypdfium2 as pdfium
from pypdfium2 import raw

from app.domain.documents import MetadataValue
from app.errors import DocumentRejected
from ingest.loaders.compose import compose
from ingest.loaders.dates import iso_day
from ingest.loaders.encodings.cleaning import clean_lines
from ingest.loaders.model import LoadedDocument, require_size
from ingest.loaders.pdf.layout import layout_pieces
from ingest.loaders.pdf.lines import Line, page_lines

_PASSWORD_ERROR: Final = 4
_SECURITY_ERROR: Final = 5
_MIN_TEXT: Final = 20
"""Letters and digits below which a document with pictures counts as scanned: a stamp, a folio."""
_PLACEHOLDER_TITLES: Final = ("untitled", "microsoft word", "powerpoint", "slide 1", "document")


def load_pdf(data: bytes, *, max_characters: int = sys.maxsize) -> LoadedDocument:
    """Reads every page's text layer; blocks carry their page. Nothing is recognised from images.

    Raises:
        DocumentRejected: ``encrypted``, ``corrupt``, ``no_text`` for scans, or ``too_large`` for
            more than ``max_characters``: pages may share what they show.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise _rejection(error) from error
    try:
        pages = _read_pages(document, max_characters)
        first = next((n for n, lines in enumerate(pages) if lines is not None), None)
        if first is None:
            raise _corrupt()
        has_images = _has_images(document, first)
        title, metadata = _properties(document.get_metadata_dict(skip_empty=True))
    finally:
        document.close()
    pieces, heading = layout_pieces([lines or [] for lines in pages])
    letters = sum(sum(map(str.isalnum, piece.text)) for piece in pieces)
    if letters == 0 or (letters < _MIN_TEXT and has_images):
        raise DocumentRejected(
            "no_text",
            "The PDF has pictures of pages but no text; run text recognition, e.g. with ocrmypdf, "
            "and ingest again.",
        )
    metadata["pages"] = len(pages)
    return compose(pieces, title=title or heading, metadata=metadata)


def _rejection(error: pdfium.PdfiumError) -> DocumentRejected:
    if error.err_code in (_PASSWORD_ERROR, _SECURITY_ERROR):
        return DocumentRejected(
            "encrypted",
            "The PDF needs a password; remove it, e.g. with qpdf --decrypt, and ingest again.",
        )
    return _corrupt()


def _corrupt() -> DocumentRejected:
    return DocumentRejected(
        "corrupt", "The PDF is damaged or incomplete; get a complete copy and ingest it again."
    )


def _read_pages(document: pdfium.PdfDocument, max_characters: int) -> list[list[Line] | None]:
    """The lines of each page; ``None`` for a broken one, which does not cost the others."""
    pages: list[list[Line] | None] = []
    characters = 0
    for number in range(len(document)):
        try:
            with closing(document[number]) as page, closing(page.get_textpage()) as text:
                characters += text.count_chars()
                require_size(characters, max_characters)
                pages.append(page_lines(text, page=number + 1, height=page.get_height()))
        except pdfium.PdfiumError:
            pages.append(None)
    return pages


def _has_images(document: pdfium.PdfDocument, number: int) -> bool:
    """Whether a page shows a picture; a scan does on every one."""
    try:
        objects = document[number].get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])
        return any(True for _ in objects)
    except pdfium.PdfiumError:
        return False


def _properties(information: dict[str, str]) -> tuple[str, dict[str, MetadataValue]]:
    """Title, and metadata with author and date where the file states them."""
    metadata: dict[str, MetadataValue] = {"format": "pdf"}
    if author := clean_lines(information.get("Author", "")):
        metadata["author"] = author
    if day := iso_day(information.get("CreationDate")) or iso_day(information.get("ModDate")):
        metadata["date"] = day
    title = clean_lines(information.get("Title", ""))
    return ("" if title.lower().startswith(_PLACEHOLDER_TITLES) else title), metadata
