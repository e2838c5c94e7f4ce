"""Negatives from other passages that share words with a question, as recall returns them."""

from __future__ import annotations

import math
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from app.domain.documents import Span
from train.reader.span_examples import SpanExample, statement_spans
from train.reader.statement_groups import LabelledStatement

_WORD: Final = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_COMMON: Final = 0.05
"""Terms in more than this share of the statements are ignored."""
_SHORTEST: Final = 12
_BEYOND: Final = 2
"""Best matches that are skipped if the whole passage is the answer: they may answer too."""


def lexical_negatives(
    rows: Sequence[SpanExample], *, most: int, titled: float, rng: random.Random
) -> list[list[LabelledStatement]]:
    """Finds for each example up to ``most`` similar statements and, last, a random one.

    None of them is from the example's own passage or contains the answer. ``titled`` is the share
    that keeps the title of its passage as setting.
    """
    store = _Statements(rows)
    found = []
    for row in rows:
        texts = {row.passage[a:b].casefold() for a, b in row.answers}
        best = store.best(row.query, most + _BEYOND)
        numbers = best[_BEYOND:] if row.whole else best[:most]
        numbers = [*numbers, rng.randrange(len(store.texts))] if store.texts else []
        statements = []
        for number in numbers:
            text, home = store.texts[number], store.homes[number]
            same = home.passage == row.passage or (row.whole and home.title == row.title != "")
            if not same and not any(words in text.casefold() for words in texts):
                statements.append(
                    LabelledStatement(text, home.title if rng.random() < titled else "")
                )
        found.append(statements)
    return found


class _Statements:
    """An inverted index of the statements of all passages."""

    def __init__(self, rows: Sequence[SpanExample]) -> None:
        self.texts: list[str] = []
        self.homes: list[SpanExample] = []
        self._with: dict[str, list[int]] = defaultdict(list)
        seen: set[tuple[str, str]] = set()
        spans: dict[str, list[Span]] = {}
        for row in rows:
            for start, end in spans.setdefault(row.passage, statement_spans(row.passage)):
                text = row.passage[start:end]
                if end - start <= _SHORTEST or (text, row.title) in seen:
                    continue
                seen.add((text, row.title))
                for term in set(_terms(f"{text} {row.title}")):
                    self._with[term].append(len(self.texts))
                self.texts.append(text)
                self.homes.append(row)

    def best(self, query: str, most: int) -> list[int]:
        """Indexes of the statements that share most terms with ``query``, weighted by rarity."""
        scores: dict[int, float] = defaultdict(float)
        count = len(self.texts)
        for term in sorted(set(_terms(query))):
            holding = self._with.get(term, ())
            if len(holding) > max(_COMMON * count, 50):
                continue
            for number in holding:
                scores[number] += math.log(1 + count / len(holding)) / (
                    1 + len(self.texts[number]) / 400
                )
        return sorted(scores, key=lambda number: (-scores[number], number))[:most]


def _terms(text: str) -> list[str]:
    """Words, and bigrams of Han characters."""
    terms: list[str] = []
    for run in _WORD.findall(text.casefold()):
        if run.isascii() or len(run) == 1:
            terms.append(run)
        else:
            terms.extend(run[i : i + 2] for i in range(len(run) - 1))
    return terms
