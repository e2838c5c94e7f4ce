"""Statements of other passages that share words with a question, as recall would bring them."""

from __future__ import annotations

import math
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from app.domain.documents import Span
from train.reader.groups import Said
from train.reader.rows import Row, statement_spans

_WORD: Final = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_COMMON: Final = 0.05
"""Share of the statements above which a term tells nothing."""
_SHORTEST: Final = 12
_BEYOND: Final = 2
"""Best matches that are left out where the whole passage is the answer: they may answer as well."""


def near_statements(
    rows: Sequence[Row], *, most: int, titled: float, rng: random.Random
) -> list[list[Said]]:
    """For each row up to ``most`` similar statements and, last, one at random.

    None is of the row's own passage or says the answer. ``titled`` is the share that keeps its
    passage's title as its setting.
    """
    store = _Statements(rows)
    found = []
    for row in rows:
        texts = {row.passage[a:b].casefold() for a, b in row.answers}
        best = store.best(row.query, most + _BEYOND)
        numbers = best[_BEYOND:] if row.whole else best[:most]
        numbers = [*numbers, rng.randrange(len(store.texts))] if store.texts else []
        said = []
        for number in numbers:
            text, home = store.texts[number], store.homes[number]
            same = home.passage == row.passage or (row.whole and home.title == row.title != "")
            if not same and not any(words in text.casefold() for words in texts):
                said.append(Said(text, home.title if rng.random() < titled else ""))
        found.append(said)
    return found


class _Statements:
    """The statements of all passages, and which term is in which of them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.texts: list[str] = []
        self.homes: list[Row] = []
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
        """Numbers of the statements that share most with ``query``, rare terms counting more."""
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
    """Words, and pairs of neighbours of Han characters."""
    terms: list[str] = []
    for run in _WORD.findall(text.casefold()):
        if run.isascii() or len(run) == 1:
            terms.append(run)
        else:
            terms.extend(run[i : i + 2] for i in range(len(run) - 1))
    return terms
