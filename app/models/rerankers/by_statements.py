"""Reranks passages by what stands in them: the statement that answers best, as the reader says.

A passage that is on the topic shares most of its words with the question, and need not answer it.
The reader of statements was trained to tell these apart; here it reads each sentence of a passage
below the title and headings of the passage.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

from app.models.readers.statement_pairs import SETTING_SEPARATOR
from app.ports.models import Reader
from app.text.sentences import sentence_spans

MOST_STATEMENTS: Final = 16
"""Sentences of a passage that are read; it bounds the work, a chunk rarely has more."""
SHORTEST: Final = 4
"""Characters below which a sentence is no statement."""
LONGEST_CONTEXT: Final = 200
"""Characters of a first line that may be the title and headings above a passage."""
LEAST: Final = 1e-4
"""Probability that counts as none in log odds."""


class StatementReranker:
    """Implements the `Reranker` port. Scores are log odds that a passage holds an answer."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @property
    def id(self) -> str:
        """Names the model."""
        return f"reader {self._reader.id}"

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """One score a passage, in their order: that of its best statement."""
        statements = [statements_of(passage) for passage in passages]
        read = self._reader.read(query, [one for of_passage in statements for one in of_passage])
        ends = accumulate((len(of_passage) for of_passage in statements), initial=0)
        return [_log_odds(max(read[start:end], default=0.0)) for start, end in pairwise(ends)]


def statements_of(passage: str) -> list[str]:
    """The first sentences of ``passage``, each below the line of title and headings, if any.

    Never empty, unless the passage is blank.
    """
    above, newline, below = passage.partition("\n")
    setting = above if newline and _is_context(above) else ""
    text = below if setting else passage
    spans = [span for span in sentence_spans(text) if span[1] - span[0] >= SHORTEST]
    found = [text[start:end] for start, end in spans[:MOST_STATEMENTS]] or [passage.strip()]
    return [f"{setting}\n{statement}" for statement in found if statement]


def _is_context(line: str) -> bool:
    """Whether a passage's first line is its title and headings rather than a sentence of it."""
    short = len(line) <= LONGEST_CONTEXT
    return short and (SETTING_SEPARATOR in line or not line.rstrip().endswith(tuple(".!?。！？")))


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, LEAST), 1.0 - LEAST)
    return math.log(bounded / (1.0 - bounded))
