"""Reads a draft while it grows: sentences as soon as they are final, and when to stop."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from app.answering.generating.draft import leading_marks, parse_draft
from app.answering.verifying.claims import comparable
from app.domain.answers import DraftSentence
from app.text.sentences import sentence_spans

LOOKAHEAD: Final = 40
"""Characters behind a sentence, more than which no citation mark of it is long."""
MAX_SENTENCE_CHARACTERS: Final = 600
"""A draft that has not ended its sentence by now won't."""

_SETTLED: Final = re.compile(r"\s*+(?:[^\s\[【［(]\S*+\s|[\u3400-\u9fff])")
"""A whole word behind a sentence, or a Chinese character, that opens no mark: where the sentence
ends depends on no more."""
_FINISHED: Final = re.compile(r"[.!?。！？…][\"'”’」』）)\]】》*]*\s*$|[\]】］]\s*$")


def read_draft(
    pieces: Iterable[str], *, cut_short: Callable[[], bool] = lambda: False
) -> Iterator[DraftSentence]:
    """The sentences of a draft, each once it can't change any more.

    Ends with ``pieces``, or before, where the draft repeats a sentence or does not come to the end
    of one: a small model that has begun to loop does nothing else. ``cut_short`` tells at the end
    of ``pieces`` whether the model had more to say; a last sentence that it did not finish is left
    out, as is one without an end behind one that has it.
    """
    said: set[str] = set()
    for part in _parts(pieces, cut_short):
        for sentence in parse_draft(part):
            form = comparable(sentence.text).casefold()
            if form in said or len(sentence.text) > MAX_SENTENCE_CHARACTERS:
                return
            said.add(form)
            yield sentence


def _parts(pieces: Iterable[str], cut_short: Callable[[], bool]) -> Iterator[str]:
    """The draft, cut between sentences; citation marks go with the sentence they belong to.

    What was cut off is not looked at again, so that no sentence comes twice or is passed over when
    more of the draft changes where an earlier one would have ended.
    """
    rest, first = "", True
    marks_first: bool | None = None
    for piece in pieces:
        rest += piece
        if marks_first is None and _SETTLED.match(rest, leading_marks(rest)):
            marks_first = leading_marks(rest) > 0
        while marks_first is not None:
            cut = _cut(rest, marks_first=marks_first)
            if cut is None:
                break
            yield rest[:cut]
            rest, first = rest[cut:], False
        if len(rest) > MAX_SENTENCE_CHARACTERS + LOOKAHEAD:
            return
    marks_first = leading_marks(rest) > 0 if marks_first is None else marks_first
    start = _last_start(rest, marks_first=marks_first)
    finished, last = rest[:start], rest[start:]
    yield finished
    alone = first and not finished.strip() and not cut_short()
    if alone or _FINISHED.search(last):
        yield last


def _cut(rest: str, *, marks_first: bool) -> int | None:
    """Where the first sentence ends, or ``None`` while that is open."""
    spans = sentence_spans(rest)
    if not spans:
        return None
    end = spans[0][1]
    if not marks_first:
        end += leading_marks(rest[end:])
    settled = len(rest) - end > LOOKAHEAD or _SETTLED.match(rest, end)
    return end if settled else None


def _last_start(rest: str, *, marks_first: bool) -> int:
    """Where the last sentence begins, behind the marks of the one before it."""
    spans = sentence_spans(rest)
    start = spans[-1][0] if len(spans) > 1 else 0
    return start if marks_first else start + leading_marks(rest[start:])
