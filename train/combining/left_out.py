"""What a set says of numbers that were learned without it."""

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
from train.mined.questions import Question

MEASURES: Final = (Measure("hit", 1), Measure("mrr", 10), Measure("ndcg", 10))
FUSED: Final = "fused"
MATCHED: Final = "matched"
RERANKED: Final = "reranked"
STOPPED: Final = "stopped"
"""Orders: of recall alone, with term matches, with the reranker too, and with one that stops early.

The last stops where the default of ``retrieval.rerank_stop`` lets it.
"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two orders of a set's candidates, by the label of the measure.

    ``corrected`` are the p-values of ``tests`` by Holm over all sets and measures.
    """

    order: str
    baseline: str
    tests: Mapping[str, PairedTest]
    corrected: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One set, scored by what was chosen on the other sets.

    ``scores`` are by order and measure; ``calibration_error``, over the hits that a search returns,
    by reranker and language. ``read`` is how many candidates a question the reranker read of
    ``readable``, where it stopped early.
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
    questions: Sequence[Question], combination: Combination, *, reranked: bool
) -> tuple[dict[str, dict[str, float]], tuple[Comparison, ...]]:
    """Mean scores by order and measure, and the tests of each order against those before it.

    Args:
        questions: Of one set.
        combination: Learned on others.
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


def stopped_early(questions: Sequence[Question], combination: Combination) -> list[Question]:
    """See `Question.stopped`."""
    below = RetrievalSettings().rerank_stop
    return [question.stopped(combination, below=below) for question in questions]


def read_by_question(questions: Sequence[Question]) -> float:
    """How many candidates have a rerank score, on average."""
    return float(np.mean([(~np.isnan(question.rerank)).sum() for question in questions]))


def with_corrected(found: Sequence[LeftOut]) -> tuple[LeftOut, ...]:
    """With p-values for as many sets and measures as each two orders are compared on."""
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
