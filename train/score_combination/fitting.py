"""Fits the weights of term match and reranker, validated by leaving one set out at a time.

Weights are no evidence on the questions that they were fitted to. So each set is scored with
weights fitted to all the other sets, and compared with the fused order by a paired test. The
shipped weights are fitted to all sets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Final

import numpy as np

from app.retrieval.ranking.learned import Combination
from app.retrieval.ranking.relevance import Calibration, Floats
from eval.json_files import Json
from eval.metrics.measure import Measure
from train.score_combination.calibration import calibrations, errors_by_language, predict_hits
from train.score_combination.leave_one_out import (
    LeftOutSet,
    compare_orders,
    read_by_question,
    stopped_early,
    with_corrected,
)
from train.score_combination.reranked_questions import QuestionSets

MATCHES: Final = tuple(0.25 * step for step in range(17))
TRUSTS: Final = tuple(round(0.1 * step, 1) for step in range(26))
CHOSEN_BY: Final = Measure("mrr", 10)


@dataclass(frozen=True, slots=True)
class FittedCombination:
    """The fitted combination, and its scores on each set when that set is left out.

    ``calibration_error`` is over all left-out sets, by reranker and language.
    """

    combination: Combination
    calibrations: tuple[Calibration, ...]
    calibration_error: Mapping[str, Mapping[str, float]]
    left_out: tuple[LeftOutSet, ...]

    def as_json(self) -> dict[str, Json]:
        """Content of the file that `app.retrieval.ranking.learned.read_learned` reads."""
        return asdict(self)


def fit_combination(sets: QuestionSets, *, reranker: str | None) -> FittedCombination:
    """Fits to all sets with equal weights, and to all but each in turn.

    Args:
        sets: Questions by the name of their set; three or more.
        reranker: The id of the one that scored them; ``None``: nothing did.
    """
    chooser = _Chooser(sets, has_reranker=reranker is not None)
    left_out, predicted = [], []
    for name, questions in sets.items():
        others = {other: found for other, found in sets.items() if other != name}
        combination = chooser.choose(tuple(others))
        scores, comparisons = compare_orders(questions, combination, reranked=reranker is not None)
        predicted.append(
            {
                calibration.reranker: predict_hits(questions, combination, calibration)
                for calibration in calibrations(others, combination, reranker)
            }
        )
        left_out.append(
            LeftOutSet(
                name=name,
                questions=len(questions),
                readable=read_by_question(questions),
                read=read_by_question(stopped_early(questions, combination)),
                combination=combination,
                scores=scores,
                comparisons=comparisons,
                calibration_error={
                    id_: errors_by_language([hits]) for id_, hits in predicted[-1].items()
                },
            )
        )
    combination = chooser.choose(tuple(sets))
    return FittedCombination(
        combination=combination,
        calibrations=calibrations(sets, combination, reranker),
        calibration_error={
            id_: errors_by_language(of_set[id_] for of_set in predicted) for id_ in predicted[0]
        },
        left_out=with_corrected(left_out),
    )


class _Chooser:
    """Chooses the weight of term matches and then, given it, that of the reranker."""

    def __init__(self, sets: QuestionSets, *, has_reranker: bool) -> None:
        self._sets = sets
        self._has_reranker = has_reranker
        self._scores = cache(self._scores_uncached)

    def choose(self, names: tuple[str, ...]) -> Combination:
        """Chooses by the questions of the named sets."""
        unaided = self._best(names, tuple(Combination(match, 0.0) for match in MATCHES))
        if not self._has_reranker:
            return unaided
        return self._best(names, tuple(Combination(unaided.match, trust) for trust in TRUSTS))

    def _best(self, names: Sequence[str], grid: tuple[Combination, ...]) -> Combination:
        """Picks the smallest weight that is within one standard error of the best.

        Source: L. Breiman et al., "Classification and Regression Trees", 1984 (the 1-SE rule).
        """
        scores = [self._scores(name, grid) for name in names]
        best = int(np.mean([found.mean(axis=1) for found in scores], axis=0).argmax())
        behind = [found[best] - found for found in scores]
        mean = np.mean([difference.mean(axis=1) for difference in behind], axis=0)
        variances = [difference.var(axis=1) / difference.shape[1] for difference in behind]
        error = np.sqrt(np.sum(variances, axis=0)) / len(names)
        return grid[int(np.argmax(mean <= error))]

    def _scores_uncached(self, name: str, grid: tuple[Combination, ...]) -> Floats:
        """Scores ``(g, q)`` of the measure that is maximised."""
        return np.array(
            [
                [question.score(question.combined(point), CHOSEN_BY) for point in grid]
                for question in self._sets[name]
            ]
        ).T
