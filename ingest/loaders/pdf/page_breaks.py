"""Paragraphs that a page break cuts in two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.domain.documents import Locator
from app.text.function_words import is_english_function_word
from ingest.loaders.encodings.cleaning import clean_lines, join_lines
from ingest.loaders.pdf.headings import is_heading
from ingest.loaders.pdf.lines import Line
from ingest.loaders.pdf.paragraphs import (
    OTHER_SIZE,
    begins_item,
    ends_with_hyphen,
    fills_column,
    is_row,
    join,
    join_hyphenated,
)

_MIN_WIDTH: Final = 0.6
"""Share of the page's widest line that a line broken for want of room has at least."""
_MIN_LETTERS: Final = 3
"""Letters of a line that goes on with a sentence."""
_CLOSING: Final = " ■□∎\"'”’»)]）」』】"
_SENTENCE_END: Final = (".", "!", "?", ":", ";", "。", "！", "？", "：", "；", "…")
_Lines: TypeAlias = Sequence[Line]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together, or those of a table.

    ``stretches`` are its lines on each page that it stands on, with all lines of that page.
    """

    stretches: list[tuple[_Lines, _Lines]]
    is_table: bool = False

    @property
    def lines(self) -> _Lines:
        """Its lines on the first page."""
        return self.stretches[0][0]

    def text(self, words: Counter[str]) -> tuple[str, tuple[tuple[int, Locator], ...]]:
        """All of it, and where in it each page but the first begins, and which.

        ``words`` count those of the document.
        """
        first, page = self.stretches[0]
        text, last = join(first, page, words), first[-1]
        starts: list[tuple[int, Locator]] = []
        for lines, page_lines in self.stretches[1:]:
            below = join(lines, page_lines, words)
            if last.hyphenated or ends_with_hyphen(last):
                text = join_hyphenated(text.removesuffix("-"), below, words)
            else:
                text = text[:-2] + join_lines(f"{text[-2:]}\n{below[:1]}") + below[1:]
            starts.append((len(text) - len(below), Locator(page=lines[0].page)))
            last = lines[-1]
        return text, tuple(starts)


def joined_over_pages(pages: Sequence[Sequence[Paragraph]], body: float) -> Iterator[Paragraph]:
    """Paragraphs of all pages; one that goes on behind a page break is one.

    What stands between its halves, such as notes and tables at the edges of the pages, follows.
    ``body`` is the type size of the text, in points.
    """
    waiting: list[Paragraph] = []
    end: Paragraph | None = None
    for page in pages:
        text = [part for part in page if _is_text(part, body)]
        joined = text[0] if text and end is not None and _goes_on(end, text[0], body) else None
        if end is not None and joined is not None:
            end.stretches.extend(joined.stretches)
        if text[1:] or (text and joined is None) or not page:
            yield from waiting
            waiting.clear()
            end = text[-1] if text else None
        waiting += [part for part in page if part is not joined]
    yield from waiting


def _is_text(part: Paragraph, body: float) -> bool:
    first = part.lines[0]
    return not part.is_table and abs(first.size - body) <= OTHER_SIZE * body and not is_row(first)


def _goes_on(above: Paragraph, below: Paragraph, body: float) -> bool:
    lines, page = above.stretches[-1]
    last, first = lines[-1], below.lines[0]
    if is_heading(last, body) or is_heading(first, body) or begins_item(first):
        return False
    if last.hyphenated or (ends_with_hyphen(last) and first.text[:1].islower()):
        return True
    return _is_cut(last, first, page)


def _is_cut(last: Line, first: Line, page: Sequence[Line]) -> bool:
    """Whether a sentence was broken for want of room between two lines; ``page`` is the first's."""
    end = clean_lines(last.text)
    if end.rstrip(_CLOSING).endswith(_SENTENCE_END):
        return False
    if sum(map(str.isalpha, first.text)) < _MIN_LETTERS:
        return False
    if is_english_function_word(end.rpartition(" ")[2]):
        return True
    widest = max(line.right - line.left for line in page if line.size == last.size)
    if last.right - last.left < _MIN_WIDTH * widest:
        return False  # a formula, a label of a figure
    begins_lower = first.text[:1].islower() and len(first.text.split()) > 1
    return begins_lower or fills_column(last, page)
