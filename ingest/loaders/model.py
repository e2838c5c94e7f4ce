"""What loaders return, and how their pieces become one text with spans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.domain import Block, BlockKind, Metadata
from app.errors import DocumentRejected
from ingest.loaders.cleaning import clean_lines, clean_paragraph, clean_verbatim


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """A document as its loader read it; it becomes a `Document` once it has an id.

    ``blocks`` cover all of ``text`` but the line ends between them. ``metadata`` has ``format``
    and, where known, ``author``, ``date`` (``YYYY-MM-DD``), ``pages`` and ``encoding`` (when it
    is not UTF-8), next to the scalar fields of a front matter. ``title`` may be empty.
    """

    text: str
    title: str = ""
    blocks: tuple[Block, ...] = ()
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of a block before its place in the document is known.

    ``tight`` pieces follow the piece before them on the next line, without a blank one between:
    items of one list, rows of one table.
    """

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None
    tight: bool = False


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
    for piece in pieces:
        text = _clean(piece)
        if not text:
            continue
        if parts:
            gap = "\n" if piece.tight and blocks[-1].kind is piece.kind else "\n\n"
            parts.append(gap)
            end += len(gap)
        parts.append(text)
        span = (end, end + len(text))
        blocks.append(Block(piece.kind, span, level=piece.level, page=piece.page))
        end = span[1]
    if not blocks:
        raise DocumentRejected("empty", "The document has no text; add some or leave it out.")
    return LoadedDocument("".join(parts), clean_lines(title), tuple(blocks), dict(metadata or {}))


def first_heading(pieces: Sequence[Piece]) -> str:
    """The first heading of the highest level, or nothing."""
    headings = [piece for piece in pieces if piece.kind is BlockKind.HEADING]
    first = min(headings, key=lambda piece: piece.level, default=None)
    return clean_lines(first.text) if first else ""


def _clean(piece: Piece) -> str:
    match piece.kind:
        case BlockKind.CODE | BlockKind.FORMULA:
            return clean_verbatim(piece.text)
        case BlockKind.HEADING | BlockKind.TABLE:
            return clean_lines(piece.text)
        case BlockKind.LIST:
            return clean_paragraph(piece.text, keep_indent=True)
        case BlockKind.PARAGRAPH:
            return clean_paragraph(piece.text)
