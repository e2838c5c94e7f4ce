"""LaTeX sources: structure, prose and formulas; nothing is typeset and nothing is included.

Formulas stay in their source form, which is what people search for and language models read.
"""

from __future__ import annotations

import re
from typing import Final

from app.domain.documents import BlockKind, MetadataValue
from ingest.loaders.compose import compose
from ingest.loaders.dates import iso_day
from ingest.loaders.encodings.cleaning import clean_lines, normalise
from ingest.loaders.encodings.encoding import decode
from ingest.loaders.latex.blocks import LatexBlocks
from ingest.loaders.latex.inline import (
    LINE,
    Inline,
    balanced,
    environment_labels,
    macro_definitions,
    parse_latex,
)
from ingest.loaders.model import LoadedDocument, Piece

_DECLARED: Final = re.compile(rb"\\usepackage\s*\[([\w-]+)\]\s*\{inputenc\}")
_ENCODINGS: Final = {
    "latin1": "cp1252",
    "ansinew": "cp1252",
    "utf8x": "utf-8",
    "latin9": "iso8859-15",
}
_BODY: Final = re.compile(r"\\begin\s*\{document\}(.*?)(?:\\end\s*\{document\}|\Z)", re.DOTALL)
_COMMENT: Final = re.compile(r"(?<!\\)%[^\n]*")
_AND: Final = re.compile(r"\\and\b|\\And\b|\\AND\b")


def load_latex(data: bytes) -> LoadedDocument:
    r"""Reads one file; of the preamble, title, author, date and macros without arguments count.

    Raises:
        DocumentRejected: ``empty`` or ``undecodable``.
    """
    found = _DECLARED.search(data)
    name = found[1].decode("ascii") if found else None
    decoded = decode(data, declared=_ENCODINGS.get(name, name) if name else None)
    text = normalise(decoded.text)
    match = _BODY.search(text)
    body = match[1] if match else text
    source = _COMMENT.sub("", text)
    inline = Inline(macro_definitions(source), environment_labels(source))
    title = clean_lines(inline.of_source(_argument(source, "title")).replace(LINE, " "))
    blocks = LatexBlocks(inline)
    blocks.write(parse_latex(body))
    pieces = blocks.finish()
    if pieces and title:
        pieces.insert(0, Piece(BlockKind.HEADING, title, level=1))
    metadata: dict[str, MetadataValue] = {"format": "latex"}
    if author := _authors(inline, _argument(source, "author")):
        metadata["author"] = author
    if day := iso_day(_argument(source, "date")):
        metadata["date"] = day
    if decoded.encoding != "utf-8":
        metadata["encoding"] = decoded.encoding
    return compose(pieces, title=title, metadata=metadata)


def _authors(inline: Inline, source: str) -> str:
    """Names only: the first line of each, since addresses follow below."""
    entries = (inline.of_source(entry).strip() for entry in _AND.split(source))
    names = (clean_lines(re.split(f"{LINE}|\n", entry, maxsplit=1)[0]) for entry in entries)
    return ", ".join(name.strip(" ,") for name in names if name.strip(" ,"))


def _argument(source: str, macro: str) -> str:
    r"""What stands in the braces of the first ``\macro{…}``, an optional argument aside."""
    match = re.search(
        rf"^[^%\n]*?\\{macro}\s*+(?:\[[^\]]{{0,500}}\])?\s*+\{{", source, re.MULTILINE
    )
    return balanced(source, match.end()) if match else ""
