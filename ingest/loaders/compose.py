"""How pieces become one text with spans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app.domain.documents import Block, BlockKind, Cell, Locator, Metadata
from app.errors import DocumentRejected
from ingest.loaders.encodings.cleaning import clean_lines, clean_paragraph, clean_verbatim
from ingest.loaders.fields import mark_fields
from ingest.loaders.model import LoadedDocument, Piece
from ingest.loaders.plain.terms import mark_terms


def compose(
    pieces: Iterable[Piece], *, title: str = "", metadata: Metadata | None = None
) -> LoadedDocument:
    """Cleans pieces and joins them, paragraphs by a blank line.

    Raises:
        DocumentRejected: ``empty``, when no piece has a visible character.
    """
    parts: list[str] = []
    blocks: list[Block] = []
    end = 0
    filled = [piece for piece in pieces if not piece.text.isspace() and piece.text]
    for piece in mark_terms(list(mark_fields(filled))):
        text = _clean(piece)
        if not text:
            continue
        if parts:
            gap = "\n" if piece.tight and _belong_together(blocks[-1].kind, piece.kind) else "\n\n"
            parts.append(gap)
            end += len(gap)
        parts.append(text)
        span = (end, end + len(text))
        cells = tuple(Cell((end + a, end + b), head) for a, b, head in _spans(piece))
        starts = tuple((end + at, locator) for at, locator in _locator_starts(piece, text))
        blocks.append(Block(piece.kind, span, piece.level, piece.locator, cells, starts))
        end = span[1]
    if not blocks:
        raise DocumentRejected("empty", "The document has no text; add some or leave it out.")
    return LoadedDocument("".join(parts), clean_lines(title), tuple(blocks), dict(metadata or {}))


def first_heading(pieces: Sequence[Piece]) -> str:
    """The first heading of the highest level, or nothing."""
    headings = [piece for piece in pieces if piece.kind is BlockKind.HEADING]
    first = min(headings, key=lambda piece: piece.level, default=None)
    return clean_lines(first.text) if first else ""


def _belong_together(above: BlockKind, below: BlockKind) -> bool:
    return above is below or BlockKind.TERM in (above, below)


def _spans(piece: Piece) -> Iterator[tuple[int, int, str]]:
    for cell in piece.cells:
        yield *cell.span, cell.head


def _locator_starts(piece: Piece, text: str) -> Iterator[tuple[int, Locator]]:
    """Where further places begin in the cleaned ``text`` of a piece."""
    read = before = 0
    for at, locator in piece.locator_starts:
        before += len(_clean(replace(piece, text=piece.text[read:at])))
        before = min(before + text[before : before + 1].isspace(), len(text))
        read = at
        yield before, locator


def _clean(piece: Piece) -> str:
    if piece.cells:
        return piece.text
    match piece.kind:
        case BlockKind.CODE | BlockKind.FORMULA:
            return clean_verbatim(piece.text)
        case BlockKind.HEADING | BlockKind.TABLE | BlockKind.TERM:
            return clean_lines(piece.text)
        case BlockKind.LIST:
            return clean_paragraph(piece.text, keep_indent=True)
        case BlockKind.PARAGRAPH:
            return clean_paragraph(piece.text)
