"""Textbook rankings by words, to compare the routes of a collection with.

They rank its chunks by the analyzer's terms, in memory and without an index: for evaluation alone.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from app.ports.analyzer import Analyzer
from app.ports.store import Collection
from eval.errors import EvaluationError
from eval.retrieval.evaluate import Searcher, StageResults
from eval.retrieval.runs import Ranking

Scores: TypeAlias = NDArray[np.float64]
"""One a chunk, in the order of the chunks; 0 where nothing matches."""
Score: TypeAlias = Callable[[Sequence[str]], Scores]
"""Scores of all chunks for the terms of a query."""
DEPTH: Final = 100
"""Chunks of a ranking."""
BM25: Final = re.compile(r"bm25:(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)")


def tf_idf(texts: Sequence[Sequence[str]]) -> Score:
    """Cosine of query and text, each term weighing (1 + ln tf) · ln(N / df) on both sides.

    Source: G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval",
    Information Processing & Management 24(5), 1988.
    """
    found = Counter(term for terms in texts for term in set(terms))
    rarity = {term: math.log(len(texts) / count) for term, count in found.items()}
    postings: dict[str, dict[int, float]] = defaultdict(dict)
    for row, terms in enumerate(texts):
        for term, weight in _unit(terms, rarity).items():
            postings[term][row] = weight

    def score(terms: Sequence[str]) -> Scores:
        scores = np.zeros(len(texts))
        for term, weight in _unit(terms, rarity).items():
            for row, of_text in postings[term].items():
                scores[row] += weight * of_text
        return scores

    return score


def _unit(terms: Sequence[str], rarity: Mapping[str, float]) -> dict[str, float]:
    weights = {
        term: (1.0 + math.log(count)) * rarity[term]
        for term, count in Counter(terms).items()
        if rarity.get(term)
    }
    length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
    return {term: weight / length for term, weight in weights.items()}


def okapi(texts: Sequence[Sequence[str]], *, k1: float, b: float) -> Score:
    """BM25 as rank-bm25 has it, with these parameters."""
    engine = BM25Okapi([list(terms) for terms in texts], k1=k1, b=b)
    return lambda terms: np.asarray(engine.get_scores(list(terms)), dtype=np.float64)


def scoring(name: str, texts: Sequence[Sequence[str]]) -> Score:
    """What ``tfidf`` and ``bm25:K1,B`` stand for.

    Raises:
        EvaluationError: it is neither.
    """
    if name == "tfidf":
        return tf_idf(texts)
    found = BM25.fullmatch(name)
    if found is None or float(found[2]) > 1.0:
        raise EvaluationError(
            f"there is no baseline {name!r}; there are tfidf and bm25:K1,B, as in bm25:0.9,0.4"
        )
    return okapi(texts, k1=float(found[1]), b=float(found[2]))


class WithBaselines:
    """Implements `eval.retrieval.evaluate.Searcher`: another one's stages, and baselines."""

    def __init__(
        self, searcher: Searcher, names: Sequence[str], collection: Collection, analyzer: Analyzer
    ) -> None:
        """``names`` are as in `scoring`, which says what it raises."""
        chunks = [
            chunk
            for record in collection.records()
            for chunk in collection.document_chunks(record.id)
        ]
        texts = [analyzer.terms(chunk.indexed_text) for chunk in chunks]
        self._searcher = searcher
        self._analyzer = analyzer
        self._documents = [chunk.document_id for chunk in chunks]
        self._ids = [chunk.id for chunk in chunks]
        self._scores = {name: scoring(name, texts) for name in dict.fromkeys(names)}

    def routes(self) -> tuple[str, ...]:
        """See `Searcher.routes`."""
        return (*self._searcher.routes(), *self._scores)

    def search(self, query: str) -> StageResults:
        """See `Searcher.search`."""
        found = self._searcher.search(query)
        terms = self._analyzer.query_terms(query)
        baselines = {name: self._ranking(score(terms)) for name, score in self._scores.items()}
        of_routes = {name: found.stages[name] for name in self._searcher.routes()}
        return StageResults(of_routes | baselines | dict(found.stages), found.degraded)

    def _ranking(self, scores: Scores) -> Ranking:
        rows = np.flatnonzero(scores).tolist()
        best = sorted(rows, key=lambda row: (-scores[row], self._ids[row]))[:DEPTH]
        return [(self._documents[row], float(scores[row])) for row in best]
