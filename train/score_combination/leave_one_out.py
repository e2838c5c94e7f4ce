"""Scores of a set under weights that were fitted without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from app.retrieval.ranking.learned import Combination
from app.settings import RetrievalSettings
from eval.metrics.measure import Measure
from eval.statistics.holm import holm
from eval.statistics.significance import PairedTest, paired_test
from train.score_combination.reranked_questions import RerankedQuestion

MEASURES: Final = (Measure("hit", 1), Measure("mrr", 10), Measure("ndcg", 10))
FUSED: Final = "fused"
MATCHED: Final = "matched"
RERANKED: Final = "reranked"
STOPPED: Final = "stopped"
"""Orders that are compared: fused, with term match, with the reranker, and with early stopping.

Early stopping uses the default of ``retrieval.rerank_stop``.
"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of two orders of a set's candidates, by the label of the measure.

    ``corrected`` are the p-values of ``tests`` after Holm's correction for all sets and measures.
    """

    order: str
    baseline: str
    tests: Mapping[str, PairedTest]
    corrected: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LeftOutSet:
    """A left-out set, scored by the combination that was fitted to the other sets.

    ``scores`` are by order and measure. ``calibration_error`` is over the hits that a search
    returns, by reranker and language. ``read`` is the mean number of candidates that the reranker
    reads with early stopping, of ``readable``.
    """

    name: str
    questions: int
    readable: float
    read: float
    combination: Combination
    scores: Mapping[str, Mapping[str, float]]
    comparisons: tuple[Comparison, ...]
    calibration_error: Mapping[str, Mapping[str, float]]


def compare_orders(
    questions: Sequence[RerankedQuestion], combination: Combination, *, reranked: bool
) -> tuple[dict[str, dict[str, float]], tuple[Comparison, ...]]:
    """Mean scores by order and measure, and tests of each order against those before it.

    Args:
        questions: Of one set.
        combination: FittedCombination on others.
        reranked: Whether there is a reranker.
    """
    orders = {
        FUSED: [question.fused for question in questions],
        MATCHED: [question.unreranked().combined(combination) for question in questions],
    }
    pairs = [(MATCHED, FUSED)]
    if reranked:
        orders[RERANKED] = [question.combined(combination) for question in questions]
        stopped = stopped_early(questions, combination)
        orders[STOPPED] = [question.combined(combination) for question in stopped]
        pairs += [(RERANKED, FUSED), (RERANKED, MATCHED), (STOPPED, RERANKED)]
    scored = {
        order: {
            m.label: [q.score(s, m) for q, s in zip(questions, scores, strict=True)]
            for m in MEASURES
        }
        for order, scores in orders.items()
    }
    means = {
        order: {label: float(np.mean(values)) for label, values in found.items()}
        for order, found in scored.items()
    }
    return means, tuple(
        Comparison(
            order=order,
            baseline=baseline,
            tests={
                label: paired_test(scored[order][label], scored[baseline][label])
                for label in scored[order]
            },
            corrected={},
        )
        for order, baseline in pairs
    )


def stopped_early(
    questions: Sequence[RerankedQuestion], combination: Combination
) -> list[RerankedQuestion]:
    """Applies `RerankedQuestion.stopped` to each question."""
    below = RetrievalSettings().rerank_stop
    return [question.stopped(combination, below=below) for question in questions]


def read_by_question(questions: Sequence[RerankedQuestion]) -> float:
    """Mean number of candidates with a rerank score."""
    return float(np.mean([(~np.isnan(question.rerank)).sum() for question in questions]))


def with_corrected(found: Sequence[LeftOutSet]) -> tuple[LeftOutSet, ...]:
    """Corrects the p-values of each comparison for the number of sets and measures."""
    columns = [_column(column) for column in zip(*(one.comparisons for one in found), strict=True)]
    return tuple(
        replace(one, comparisons=row)
        for one, row in zip(found, zip(*columns, strict=True), strict=True)
    )


def _column(comparisons: Sequence[Comparison]) -> list[Comparison]:
    p_values = [test.p_randomisation for one in comparisons for test in one.tests.values()]
    corrected = iter(holm(p_values))
    return [
        replace(one, corrected={label: next(corrected) for label in one.tests})
        for one in comparisons
    ]
