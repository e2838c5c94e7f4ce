"""HTML pages: their visible content, title, author and date."""

from __future__ import annotations

import re
from typing import Final

from lxml.etree import _Element as Element

from app.domain.documents import BlockKind, MetadataValue
from ingest.loaders.compose import compose
from ingest.loaders.dates import iso_day
from ingest.loaders.encodings.cleaning import clean_lines
from ingest.loaders.encodings.encoding import decode
from ingest.loaders.html.blocks import html_pieces
from ingest.loaders.html.boilerplate import content_root, remove_boilerplate
from ingest.loaders.html.tree import parse_html
from ingest.loaders.html.unseen import remove_unseen
from ingest.loaders.model import LoadedDocument, Piece

_DECLARATION_BYTES: Final = 2_048
_DECLARED: Final = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)|<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w-]+)""",
    re.IGNORECASE,
)
_AUTHOR: Final = ("author", "article:author", "dc.creator", "citation_author", "byl")
_DATE: Final = (
    "article:published_time", "date", "dc.date", "dc.date.issued", "citation_publication_date",
    "datepublished", "pubdate", "last-modified",
)  # fmt: skip


def load_html(data: bytes) -> LoadedDocument:
    """Reads one page.

    Raises:
        DocumentRejected: ``empty``, ``undecodable``, or ``too_large`` for the work that it makes.
    """
    declared = _DECLARED.search(data[:_DECLARATION_BYTES])
    name = (declared[1] or declared[2]).decode("ascii") if declared else None
    decoded = decode(data, declared=name)
    root = parse_html(decoded.text)
    remove_unseen(root)
    remove_boilerplate(root)
    pieces = html_pieces(content_root(root))
    fields = _meta_fields(root)
    metadata: dict[str, MetadataValue] = {"format": "html"}
    if author := next((fields[key] for key in _AUTHOR if fields.get(key)), ""):
        metadata["author"] = clean_lines(author)
    days = (iso_day(fields.get(key)) for key in _DATE)
    if day := next((day for day in days if day), None):
        metadata["date"] = day
    if decoded.encoding != "utf-8":
        metadata["encoding"] = decoded.encoding
    return compose(pieces, title=_title(root, fields, pieces), metadata=metadata)


def _meta_fields(root: Element) -> dict[str, str]:
    """Content of ``<meta>`` by lower-case name, the first of each."""
    fields: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or meta.get("itemprop")
        content = (meta.get("content") or "").strip()
        if name and content:
            fields.setdefault(name.lower(), content)
    return fields


def _title(root: Element, fields: dict[str, str], pieces: list[Piece]) -> str:
    """``<title>``, without the name of the site where the page's own heading begins it."""
    title = clean_lines(root.findtext(".//title") or fields.get("og:title", ""))
    heading = next((piece for piece in pieces if piece.kind is BlockKind.HEADING), None)
    if heading is None:
        return title
    first = clean_lines(heading.text)
    return first if not title or title.startswith(first) else title
