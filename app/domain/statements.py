"""Statements: the smallest things that can answer, in their settings."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.documents import NOWHERE, BlockKind, Cell, Locator, Span


@dataclass(frozen=True, slots=True)
class Validity:
    """What a document says of its own standing.

    ``superseded`` is whether another one took its place; ``date`` is the day from which it holds,
    or of which it is (``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``), and ``version`` its edition; both
    are empty where the document does not say.
    """

    superseded: bool = False
    date: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands around a statement and says what it is about; nothing of it is quoted.

    ``question`` is the question or term that it stands under (FAQ, definition, caption),
    ``lead_in`` the sentence or the item that announces its list, ``row`` the label of its table
    row, ``heads`` what the columns of its cells are called, ``antecedent`` the sentence that names
    what its pronoun stands for, or what its line begins with, ``before`` the one before it where it
    is too short to say what it is about: that one is read with it, and lends it nothing.
    ``locator`` says where in its file the statement begins.
    """

    title: str = ""
    headings: tuple[str, ...] = ()
    question: str = ""
    lead_in: str = ""
    row: str = ""
    heads: tuple[str, ...] = ()
    antecedent: str = ""
    before: str = ""
    locator: Locator = NOWHERE
    validity: Validity = Validity()

    @property
    def path(self) -> tuple[str, ...]:
        """Title, headings, question and lead-in, from the outermost on, none twice."""
        parts = (self.title, *self.headings, self.question, self.lead_in)
        return tuple(dict.fromkeys(part for part in parts if part))

    @property
    def text(self) -> str:
        """All that says what the statement is about, joined by `` › ``."""
        return " › ".join(dict.fromkeys((*self.path, *filter(None, (self.antecedent,)))))


@dataclass(frozen=True, slots=True)
class Statement:
    """The smallest thing that can answer: a sentence, an item, a row, a line of code.

    ``text`` is ``document.text[span[0]:span[1]]``, verbatim. ``n`` is the number of the passage
    that it was found in, from 1. ``group`` numbers the list or the table that it belongs to within
    its document; ``None`` outside of those. ``cells`` are those of a row, by position in the
    document. ``first`` is whether it is the first below its heading or question.
    """

    document_id: str
    n: int
    span: Span
    text: str
    kind: BlockKind
    setting: Setting = Setting()
    group: int | None = None
    cells: tuple[Cell, ...] = ()
    first: bool = False

    @property
    def in_setting(self) -> str:
        """The statement below what it is about: what is matched, read and embedded."""
        about = self.setting.text
        text = " ".join(self.text.split())
        return f"{about}\n{text}" if about else text

    def cell_text(self, cell: Cell) -> str:
        """What stands in one of its ``cells``."""
        start, end = (max(0, place - self.span[0]) for place in cell.span)
        return self.text[start:end]
