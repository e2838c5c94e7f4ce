"""Questions about passages with annotated answer spans, and the statements of a passage.

The sentence that contains the answer is positive and the others are negatives. A sentence that
repeats the answer's words elsewhere may answer too, so it is neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from app.answering.context.asides import is_curt, leans
from app.domain.documents import Span
from app.text.sentences import sentence_spans
from train.errors import InvalidPairs
from train.reader.statement_groups import LabelledStatement

LONGEST: Final = 420
LONGEST_WIDE: Final = 140
"""Longest statement in characters, Latin and Han; the end of a longer sentence is not read."""
SHORTEST: Final = 4
LONGEST_NAMED: Final = 120
"""Longest sentence that becomes a setting, in characters."""
_MOST_OF_ANSWER: Final = 0.6
"""A statement answers if it holds at least this share of an answer."""
_CLAUSE: Final = re.compile(r"[,;:，；：、](?=\s|[^\x00-\x7f])")
_TABLE_RULE: Final = re.compile(r"\|[\s:|-]{3,}$")
_CJK: Final = "\u2e80"


@dataclass(frozen=True, slots=True)
class SpanExample:
    """A question about a passage; ``answers`` are spans of it, empty if it has no answer."""

    query: str
    passage: str
    answers: tuple[Span, ...]
    title: str
    source: str
    lang: str

    @property
    def whole(self) -> bool:
        """Whether the whole passage is the answer, so it gives no negatives."""
        return self.answers == ((0, len(self.passage)),)


def parse_span_example(raw: dict[str, Any], source: str) -> SpanExample | None:
    """Parses a line of a file of answer spans; ``None`` where the answer was not annotated.

    Raises:
        InvalidPairs: it is no such line, or a span is not what it says.
    """
    try:
        query, passage, answers = str(raw["query"]), str(raw["passage"]), raw["answers"]
        if answers is None:
            return None
        spans = []
        for answer in answers:
            start, text = int(answer["start"]), str(answer["text"])
            if not text or passage[start : start + len(text)] != text:
                raise InvalidPairs(f"{source}: the passage has no {text!r} at {start}")
            spans.append((start, start + len(text)))
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidPairs(
            f"{source}: a line needs query, passage and answers ({error!r} is missing or malformed)"
        ) from error
    title, lang = str(raw.get("title") or ""), str(raw.get("lang") or "en")
    return SpanExample(query, passage, tuple(spans), title, source, lang)


def statement_spans(passage: str) -> list[Span]:
    """Splits ``passage`` into sentences, and long sentences at the ends of clauses."""
    return [
        part
        for start, end in sentence_spans(passage)
        if not _TABLE_RULE.match(passage[start:end])
        for part in _parts(passage, start, end)
        if part[1] - part[0] >= SHORTEST
    ]


def _parts(passage: str, start: int, end: int) -> Iterator[Span]:
    wide = sum(c >= _CJK for c in passage[start:end]) * 3 > end - start
    longest = LONGEST_WIDE if wide else LONGEST
    while end - start > longest:
        half, whole = start + longest // 2, start + longest
        cut = max((m.end() for m in _CLAUSE.finditer(passage, half, whole)), default=whole)
        yield start, cut
        start = cut
        while start < end and passage[start].isspace():
            start += 1
    yield start, end


def judged(row: SpanExample) -> tuple[list[LabelledStatement], list[LabelledStatement]]:
    """Returns the statements of the passage that answer, and those that do not.

    A statement whose subject is a pronoun has the last sentence that names something as setting.
    """
    texts = {row.passage[start:end].casefold() for start, end in row.answers}
    right, wrong = [], []
    named = ""
    for start, end in statement_spans(row.passage):
        text = row.passage[start:end]
        above = named if leans(text) or is_curt(text) else ""
        named = named if above else " ".join(text.split())[:LONGEST_NAMED]
        touched = [(a, b) for a, b in row.answers if a < end and b > start]
        held = [(a, b) for a, b in touched if _share((a, b), (start, end)) > _MOST_OF_ANSWER]
        if held:
            a, b = min(held, key=lambda span: span[1] - span[0])
            right.append(
                LabelledStatement(
                    text, above, answers=True, span=(max(a, start) - start, min(b, end) - start)
                )
            )
        elif not touched and not any(words in text.casefold() for words in texts):
            wrong.append(LabelledStatement(text, above))
    return right, wrong


def _share(answer: Span, statement: Span) -> float:
    inside = min(answer[1], statement[1]) - max(answer[0], statement[0])
    return inside / (answer[1] - answer[0])
