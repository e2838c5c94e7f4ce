"""Reranks passages by what stands in them: the statement that answers best, as the reader says.

A passage that is on the topic shares most of its words with the question, and need not answer it.
The reader of statements was trained to tell these apart; here it reads the lines and sentences of a
passage, each below the passage's first line, where title and headings stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

from app.domain.probability import log_odds
from app.models.readers.statement_pairs import SETTING_SEPARATOR
from app.ports.models import Reader
from app.text.sentences import sentence_spans

MOST_STATEMENTS: Final = 16
"""Statements of a passage that are read; it bounds the work, and all but tables have fewer."""
SHORTEST: Final = 4
"""Characters below which a sentence is no statement."""
LONGEST_SETTING: Final = 200
"""Characters that are taken of a passage's first line."""
_WORD: Final = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")


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
        statements = [statements_of(passage, query) for passage in passages]
        read = self._reader.read(query, [one for of_passage in statements for one in of_passage])
        ends = accumulate((len(of_passage) for of_passage in statements), initial=0)
        return [log_odds(max(read[start:end], default=0.0)) for start, end in pairwise(ends)]


def statements_of(passage: str, query: str) -> list[str]:
    """The statements of ``passage``, each below its first line; none of a blank one.

    A line is a statement, or as many as it has sentences. Of more than `MOST_STATEMENTS`,
    those that share most words with ``query`` are taken, in their order. The first line is read as
    well, unless it is made of headings or a question, which answers nothing.
    """
    first, _, below = passage.strip().partition("\n")
    setting = first.strip()[:LONGEST_SETTING]
    found = [f"{setting}\n{text}" for line in below.splitlines() for text in _sentences(line)]
    if not found or not (SETTING_SEPARATOR in setting or setting.endswith(("?", "？"))):
        found = [f"\n{text}" for text in _sentences(first)] + found
    if len(found) > MOST_STATEMENTS:
        wanted = _words(query)
        shared = [len(wanted & _words(text)) for text in found]
        best = sorted(range(len(found)), key=lambda at: (-shared[at], at))[:MOST_STATEMENTS]
        found = [found[at] for at in sorted(best)]
    return found


def _sentences(line: str) -> list[str]:
    """Those of one line; the line as a whole where none is long enough."""
    texts = [line[start:end] for start, end in sentence_spans(line) if end - start >= SHORTEST]
    return texts or [text for text in [line.strip()] if text]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
