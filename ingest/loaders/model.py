"""What loaders return, and the pieces that they make it of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from app.domain.documents import NOWHERE, Block, BlockKind, Cell, Locator, Metadata
from app.errors import DocumentRejected


def require_size(characters: int, max_characters: int) -> None:
    """Raises `DocumentRejected` where a document's text has more than ``max_characters``."""
    if characters > max_characters:
        raise DocumentRejected(
            "too_large",
            f"The text has more than {max_characters:,} characters; split the document, "
            "or raise ingest.max_document_characters.",
        )


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
    items of one list, rows of one table, a term and what it heads. ``level`` is the block's. Spans
    of ``cells`` point into ``text``, which is clean already where there are any. ``strong`` says
    that all of it is set in bold type. ``locator_starts`` are positions in ``text``, before it
    is cleaned, where a further place begins, such as the next page.
    """

    kind: BlockKind
    text: str
    level: int = 0
    locator: Locator = NOWHERE
    tight: bool = False
    cells: tuple[Cell, ...] = ()
    strong: bool = False
    locator_starts: tuple[tuple[int, Locator], ...] = ()

    def standing_apart(self) -> Self:
        """The piece behind a blank line."""
        return replace(self, tight=False)
