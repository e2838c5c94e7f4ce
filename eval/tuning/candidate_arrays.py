"""Candidates of all routes and questions as arrays: recalled once, fused in many ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.domain.hits import Candidate
from eval.metrics.relevance_grades import RELEVANT_GRADE

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

UNRANKED: Final = 0
"""Rank of a chunk on a route that did not return it."""


@dataclass(frozen=True, slots=True)
class CandidateArrays:
    """The candidates of ``q`` questions on ``r`` routes.

    All candidates of a question, whichever route found them, stand in one row of ``w`` columns, in
    the order of their ids, so that ties break as in `app.retrieval.fusion.fuse`. Columns beyond a
    question's candidates have the document −1.

    Attributes:
        questions: Ids of the questions.
        languages: Language of each question.
        kinds: What sort of query each is, see `app.text.query_kind`.
        routes: Names of the routes.
        factors: ``(r, q)`` what each route's weight is multiplied by for a question, 0 to 1.
        ranks: ``(r, q, w)`` ranks from 1; `UNRANKED` where a route did not return the chunk.
        scores: ``(r, q, w)`` the routes' own scores; 0 where unranked.
        documents: ``(q, w)`` number of the candidate's document within its question, or −1.
        relevant: ``(q, w)`` whether that document is relevant.
    """

    questions: tuple[str, ...]
    languages: tuple[str, ...]
    kinds: tuple[str, ...]
    routes: tuple[str, ...]
    factors: Floats
    ranks: Ints
    scores: Floats
    documents: Ints
    relevant: Flags

    @property
    def present(self) -> Flags:
        """``(q, w)`` whether a column holds a candidate."""
        return self.documents >= 0


@dataclass(frozen=True, slots=True)
class Question:
    """One recalled question; ``factors`` are by route."""

    id: str
    language: str
    kind: str
    rankings: Mapping[str, Sequence[Candidate]]
    factors: Mapping[str, float]


def to_arrays(
    questions: Sequence[Question],
    *,
    routes: Sequence[str],
    qrels: Mapping[str, Mapping[str, int]],
    document_of: Callable[[str], str],
) -> CandidateArrays:
    """Converts the rankings of routes to arrays.

    Args:
        questions: What was recalled. A route that is missing returned nothing.
        routes: The routes, in the order that weights will have.
        qrels: Judgments of each question.
        document_of: From a chunk's id to its document's.
    """
    columns = [
        sorted({c.chunk_id for ranking in question.rankings.values() for c in ranking})
        for question in questions
    ]
    width = max(1, max(map(len, columns), default=1))
    shape = (len(questions), width)
    ranks = np.full((len(routes), *shape), UNRANKED, dtype=np.int64)
    scores = np.zeros((len(routes), *shape))
    documents = np.full(shape, -1, dtype=np.int64)
    relevant = np.zeros(shape, dtype=bool)
    for row, question in enumerate(questions):
        place = {chunk_id: column for column, chunk_id in enumerate(columns[row])}
        number: dict[str, int] = {}
        for chunk_id, column in place.items():
            document = document_of(chunk_id)
            documents[row, column] = number.setdefault(document, len(number))
            relevant[row, column] = qrels[question.id].get(document, 0) >= RELEVANT_GRADE
        for r, route in enumerate(routes):
            for candidate in question.rankings.get(route, ()):
                column = place[candidate.chunk_id]
                ranks[r, row, column] = candidate.rank
                scores[r, row, column] = candidate.score
    return CandidateArrays(
        questions=tuple(question.id for question in questions),
        languages=tuple(question.language for question in questions),
        kinds=tuple(question.kind for question in questions),
        routes=tuple(routes),
        factors=np.array([[q.factors.get(route, 1.0) for q in questions] for route in routes]),
        ranks=ranks,
        scores=scores,
        documents=documents,
        relevant=relevant,
    )


def ranks_alone(recalled: CandidateArrays, route: str) -> Ints:
    """Ranks ``(q,)`` of the first relevant document on one route; 0 for none.

    This differs from a weight of 1 for the route: if its factor is 0, all routes get equal weights.
    """
    ranks = recalled.ranks[recalled.routes.index(route)]
    return first_relevant_ranks(recalled, np.where(ranks == UNRANKED, -np.inf, -ranks))


def first_relevant_ranks(recalled: CandidateArrays, fused: Floats) -> Ints:
    """Ranks ``(q,)``, from 1, of the first relevant document by fused scores; 0 for none.

    Args:
        recalled: The candidates.
        fused: ``(q, w)`` fused scores. A document stands where its best chunk does; equal scores
            break on the chunk's id. A candidate with the score −inf is not ranked.
    """
    count, width = fused.shape
    scores = np.where(recalled.present, fused, -np.inf)
    relevant = np.where(recalled.relevant, scores, -np.inf)
    target = relevant.argmax(axis=1)  # the first of equals, as ids break ties
    best = relevant[np.arange(count), target]
    found = best > -np.inf
    column = np.arange(width)
    ahead = (scores > best[:, None]) | ((scores == best[:, None]) & (column < target[:, None]))
    # Several chunks of one document take one place.
    rows, columns = np.nonzero(ahead & found[:, None])
    keys = rows * (width + 1) + recalled.documents[rows, columns]
    distinct = np.unique(keys) // (width + 1)
    places = np.bincount(distinct, minlength=count) + 1
    return np.where(found, places, 0)
