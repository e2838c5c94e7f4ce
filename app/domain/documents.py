"""Documents, their blocks and chunks, and what is stored of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Span: TypeAlias = tuple[int, int]
Scalar: TypeAlias = str | int | float | bool
MetadataValue: TypeAlias = Scalar | tuple[Scalar, ...]
Metadata: TypeAlias = Mapping[str, MetadataValue]
Vector: TypeAlias = NDArray[np.float32]
"""``(dim,) float32``."""
Vectors: TypeAlias = NDArray[np.float32]
"""``(n, dim) float32``, one row a text, in the order of the texts."""
SparseVector: TypeAlias = Mapping[int, float]
"""Weights above 0 of the tokens that a text is about, by their ids in a model's vocabulary."""


class BlockKind(StrEnum):
    """What a stretch of a document is, as its loader saw it."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"
    FORMULA = "formula"
    TERM = "term"
    """A line that says what the blocks behind it are about: a question of an FAQ, the term of a
    definition, the summary of a folded part, the caption of a table."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One filled cell of a table row, or one value of a record.

    ``span`` points into ``Document.text``; ``head`` is what its column or its key is called, empty
    where nothing says so. The head may, but need not, stand in the text too.
    """

    span: Span
    head: str = ""


@dataclass(frozen=True, slots=True)
class Locator:
    """Where in its file a text stands, as a reader of that file would look it up.

    ``page`` and ``slide`` count from 1, ``cell`` is written as in ``B7``, and ``symbol`` is the
    qualified name of what source code declares, such as ``Store.open``. A part that the format
    does not have is ``None``.
    """

    page: int | None = None
    slide: int | None = None
    sheet: str | None = None
    cell: str | None = None
    symbol: str | None = None

    @property
    def known(self) -> Mapping[str, int | str]:
        """The parts that are known, by their names."""
        parts = {
            "page": self.page,
            "slide": self.slide,
            "sheet": self.sheet,
            "cell": self.cell,
            "symbol": self.symbol,
        }
        return {name: part for name, part in parts.items() if part is not None}

    def __str__(self) -> str:
        return ", ".join(f"{name} {part}" for name, part in self.known.items())


NOWHERE: Final = Locator()
"""Of a text in a format that has no such parts."""


@dataclass(frozen=True, slots=True)
class Block:
    """One structural unit of a document.

    ``level`` is 1–6 for headings, how deep an item of a list is nested (from 0), and 0 otherwise;
    ``cells`` are those of a table row, in their order. Blocks of a document are ordered and do not
    overlap. ``locator`` says where the block begins, and ``locator_starts`` are the positions in
    ``Document.text`` where each further one begins within it, such as the next page.
    """

    kind: BlockKind
    span: Span
    level: int = 0
    locator: Locator = NOWHERE
    cells: tuple[Cell, ...] = ()
    locator_starts: tuple[tuple[int, Locator], ...] = ()

    def locator_at(self, position: int) -> Locator:
        """Where the text at a position within the block stands."""
        later = (locator for at, locator in reversed(self.locator_starts) if at <= position)
        return next(later, self.locator)


@dataclass(frozen=True, slots=True)
class Document:
    """A source text, loaded: what spans point into and citations quote.

    ``id`` is the name the client knows it by. ``blocks`` is empty for text without structure.
    """

    id: str
    text: str
    title: str = ""
    uri: str = ""
    metadata: Metadata = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A retrievable passage of a document.

    ``text`` is ``document.text[span[0]:span[1]]``, verbatim. ``position`` counts from 0 within the
    document; ``metadata`` is the document's, with what is known of this passage alone added.
    """

    id: str
    document_id: str
    position: int
    text: str
    span: Span
    title: str = ""
    heading_path: tuple[str, ...] = ()
    metadata: Metadata = field(default_factory=dict)

    @property
    def context(self) -> str:
        """Title and headings above the passage, joined by `` › ``; empty where there are none."""
        path = self.heading_path
        if self.title and (not path or path[0] != self.title):
            path = (self.title, *path)
        return " › ".join(path)

    @property
    def indexed_text(self) -> str:
        """What every index sees: the passage below its context."""
        return f"{self.context}\n{self.text}" if self.context else self.text

    @property
    def attributes(self) -> Metadata:
        """What filters see: the metadata, and the names that every chunk has."""
        named = {"document_id": self.document_id, "title": self.title}
        return dict(self.metadata) | named


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document ready for a store: its chunks and one vector for each.

    ``content_hash`` identifies the source bytes and their metadata, so that an unchanged document
    is recognised before it is loaded again. ``sparse`` has one vector for each chunk where the
    collection keeps sparse weights, and is empty where it does not.
    """

    document: Document
    chunks: tuple[Chunk, ...]
    vectors: Vectors
    content_hash: str
    sparse: tuple[SparseVector, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """What a listing tells of a stored document. ``updated_at`` is ISO 8601, UTC."""

    id: str
    title: str
    uri: str
    content_hash: str
    version: int
    chunks: int
    characters: int
    updated_at: str
    metadata: Metadata
