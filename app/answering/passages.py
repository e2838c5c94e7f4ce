"""Numbered passages, and the sentences of theirs that an answer may quote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain import BlockKind, Span
from app.text.sentences import split_sentences

_PROSE: Final = frozenset((BlockKind.PARAGRAPH, BlockKind.LIST))


@dataclass(frozen=True, slots=True)
class Passage:
    """One numbered source of an answer.

    ``n`` counts from 1 and is what the answer cites; ``context`` is the title and the headings
    above; ``text`` is ``document.text[span[0]:span[1]]``.
    """

    n: int
    chunk_id: str
    document_id: str
    title: str
    context: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence of passage ``n``. ``text`` is ``document.text[span[0]:span[1]]``, verbatim."""

    n: int
    span: Span
    text: str


def quotable_sentences(
    passages: Sequence[Passage], *, min_chars: int = 8, max_chars: int = 600
) -> list[Quotation]:
    """The sentences that can stand in an answer, by passage and then in reading order.

    Headings, code, rules and table rows are left out, as are sentences outside the bounds: a
    fragment answers nothing, and what has no end for 600 characters is no sentence. Where passages
    overlap, a sentence belongs to the first that holds it.
    """
    return [
        quotation
        for quotation, kind in _sentences(passages)
        if kind in _PROSE and min_chars <= len(quotation.text) <= max_chars
    ]


def all_sentences(passages: Sequence[Passage]) -> list[Quotation]:
    """Every sentence, heading, table row and line of code, in the order of `quotable_sentences`."""
    return [quotation for quotation, _ in _sentences(passages)]


def _sentences(passages: Sequence[Passage]) -> Iterator[tuple[Quotation, BlockKind]]:
    seen: set[tuple[str, Span]] = set()
    for passage in passages:
        offset = passage.span[0]
        for sentence in split_sentences(passage.text):
            start, end = sentence.span
            span = start + offset, end + offset
            if (passage.document_id, span) not in seen:
                seen.add((passage.document_id, span))
                yield Quotation(passage.n, span, passage.text[start:end]), sentence.kind
