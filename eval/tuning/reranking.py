"""Tunes the depth of reranking and the weights of term match and reranker."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from app.domain.hits import CandidateTrace, Fused
from app.retrieval.ranking.combination import Weights, best_recalled, combine
from app.retrieval.ranking.learned import NO_RERANKER, Learned
from app.settings import RetrievalSettings
from eval.metrics.relevance_grades import is_relevant
from eval.retrieval.runs import collapse
from eval.tuning.candidate_arrays import Ints
from eval.tuning.choosing import Choice, choose_one
from eval.tuning.trial import ChoiceMethod, Trial
from eval.tuning.tuning_report import Attempt, Scope

DEEPEST: Final = 50
"""Number of candidates with term matches and rerank scores."""
MATCH_DEPTHS: Final = (10, 20, DEEPEST)
MATCH_WEIGHTS: Final = (0.0, 0.5, 1.0, 2.0)
RERANK_DEPTHS: Final = (5, 10, 20, DEEPEST)
RERANK_WEIGHTS: Final = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class RerankedCandidates:
    """The candidates of a question; the first `DEEPEST` fused ranks have scores.

    Without a reranker they have only term matches.
    """

    question: str
    candidates: tuple[CandidateTrace, ...]


@dataclass(frozen=True, slots=True)
class RerankSetting:
    """See the settings with these names in `app.settings.RetrievalSettings`."""

    match_depth: int
    match_weight: float
    rerank_depth: int
    rerank_weight: float


def tune_reranking(
    questions: Sequence[RerankedCandidates],
    qrels: Mapping[str, Mapping[str, int]],
    configured: RetrievalSettings,
    *,
    learned: Learned,
    seed: int,
) -> Attempt:
    """Chooses depth and weights like `eval.tuning.tune.tune` chooses fusion.

    Not reranking is one of the choices, so a harmful reranker is detected.
    """
    default = RerankSetting(
        min(configured.match_depth, DEEPEST),
        configured.match_weight,
        min(configured.rerank_depth, DEEPEST),
        configured.rerank_weight,
    )
    scored = any(c.rerank_score is not None for found in questions for c in found.candidates)
    if scored:
        grid = itertools.product(
            (default.match_depth,), MATCH_WEIGHTS, RERANK_DEPTHS, (0.0, *RERANK_WEIGHTS)
        )
    else:
        grid = itertools.product(
            MATCH_DEPTHS, MATCH_WEIGHTS, (default.rerank_depth,), (default.rerank_weight,)
        )
    tried = list(
        dict.fromkeys(
            [
                default,
                replace(default, match_weight=0.0),
                *itertools.starmap(RerankSetting, grid),
            ]
        )
    )
    ranks = np.stack([_ranks(questions, qrels, setting, learned) for setting in tried])

    def describe(choice: Choice, _: Scope) -> dict[str, object]:
        return asdict(tried[choice.default])

    trial = Trial.of(ranks, describe, seed=seed)
    way = ChoiceMethod(
        "reranking", [""] * len(questions), partial(choose_one, trial.scores, prefer=0)
    )
    attempts, _ = trial.attempts([way])
    return attempts[0]


def _ranks(
    questions: Sequence[RerankedCandidates],
    qrels: Mapping[str, Mapping[str, int]],
    setting: RerankSetting,
    learned: Learned,
) -> Ints:
    """Ranks ``(q,)`` of the first relevant document; 0 for none."""
    return np.array([_rank(found, qrels[found.question], setting, learned) for found in questions])


def _rank(
    found: RerankedCandidates,
    judgments: Mapping[str, int],
    setting: RerankSetting,
    learned: Learned,
) -> int:
    by_fusion = sorted(found.candidates, key=lambda candidate: candidate.fused_rank)
    fused = [Fused(c.chunk_id, c.fused_rank, c.fused_score, c.routes) for c in by_fusion]
    weights = Weights(match=setting.match_weight, rerank=setting.rerank_weight)
    part = by_fusion[: setting.match_depth]
    matches = {c.chunk_id: c.term_match for c in part if c.term_match is not None}
    scores = {c.chunk_id: c.rerank_score for c in part if c.rerank_score is not None}
    read = best_recalled(
        fused[: setting.match_depth],
        matches,
        count=setting.rerank_depth,
        weights=weights,
        combination=learned.combination,
    )
    order = combine(
        fused,
        matches,
        {chunk_id: scores[chunk_id] for chunk_id in read if chunk_id in scores},
        depth=setting.match_depth,
        weights=weights,
        learned=learned,
        reranker=NO_RERANKER,
    )
    documents = {c.chunk_id: c.document_id for c in by_fusion}
    ranking = collapse([(documents[c.fused.chunk_id], c.score) for c in order])
    for rank, (document, _) in enumerate(ranking, start=1):
        if is_relevant(document, judgments):
            return rank
    return 0
