"""Learns what term matches and a reranker count, with whole sets of questions left out in turn.

What suits the questions that it was chosen on proves nothing. So each set is scored by numbers that
were chosen on all the others, and is held to the fused order by a paired test. What ships is chosen
on all of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.retrieval.combination import (
    NO_RERANKER,
    Calibration,
    Combination,
    Weights,
    combined_scores,
    relevance,
)
from eval.holm import holm
from eval.json_files import Json
from eval.metrics.measure import Measure
from eval.significance import PairedTest, paired_test
from train.calibration import Pairs, expected_calibration_error, fit_logistic

Floats = NDArray[np.float64]
MATCHES: Final = tuple(0.25 * step for step in range(17))
BASES: Final = tuple(round(0.1 * step, 1) for step in range(16))
AGREEMENTS: Final = tuple(round(0.2 * step, 1) for step in range(6))
"""None below 0: a reranker that contradicts recall must not be trusted more for it."""
MEASURES: Final = (Measure("hit", 1), Measure("mrr", 10), Measure("ndcg", 10))
"""What orders are compared by; the second is what is maximised."""
CHOSEN_BY: Final = MEASURES[1]
HITS: Final = 10
"""How many of its candidates a search returns by default."""
FUSED: Final = "fused"
MATCHED: Final = "matched"
RERANKED: Final = "reranked"
"""Orders: of recall alone, with term matches, and with the reranker too."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question's best candidates, in their fused order.

    ``fused``, ``matches`` and ``rerank`` are ``(n,)`` scores, the last NaN where nothing reranked;
    ``documents`` are the ids of what the candidates are passages of, ``judged`` the grades of
    documents.
    """

    fused: Floats
    matches: Floats
    rerank: Floats
    documents: tuple[str, ...]
    judged: Mapping[str, int]
    language: str

    def ranking(self, scores: Floats) -> list[str]:
        """Documents by their best passage; ties keep the fused order."""
        order = np.argsort(-scores, kind="stable")
        return list(dict.fromkeys(self.documents[place] for place in order))

    def combined(self, combination: Combination) -> Floats:
        """Scores by what was learned."""
        return combined_scores(
            self.fused, self.matches, self.rerank, weights=Weights(), combination=combination
        )

    @property
    def best(self) -> float:
        """See `Calibration`."""
        unread = np.isnan(self.rerank).all()
        return float(self.matches.max() if unread else np.nanmax(self.rerank))


Sets: TypeAlias = Mapping[str, Sequence[Question]]


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
    by reranker and language.
    """

    name: str
    questions: int
    combination: Combination
    scores: Mapping[str, Mapping[str, float]]
    comparisons: tuple[Comparison, ...]
    calibration_error: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Learned:
    """What ships, and what each set says of it when it is left out."""

    combination: Combination
    calibrations: tuple[Calibration, ...]
    left_out: tuple[LeftOut, ...]

    def as_json(self) -> dict[str, Json]:
        """The file that `app.retrieval.combination.learned` reads."""
        return asdict(self)


def learn(sets: Sets, *, reranker: str | None) -> Learned:
    """Chooses on all sets, each counting alike, and on all but each.

    Args:
        sets: Questions by the name of their set; three or more.
        reranker: The id of the one that scored them; ``None``: nothing did.
    """
    chooser = _Chooser(sets, has_reranker=reranker is not None)
    left_out = []
    for name, questions in sets.items():
        others = {other: found for other, found in sets.items() if other != name}
        combination = chooser.choose(tuple(others))
        calibrations = _calibrations(others, combination, reranker)
        left_out.append(_left_out(name, questions, combination, calibrations))
    combination = chooser.choose(tuple(sets))
    return Learned(
        combination, _calibrations(sets, combination, reranker), _with_corrected(left_out)
    )


class _Chooser:
    """Chooses what matches count, then, beside them, how far the reranker is trusted."""

    def __init__(self, sets: Sets, *, has_reranker: bool) -> None:
        self._sets = sets
        self._has_reranker = has_reranker
        self._scores = cache(self._scores_uncached)

    def choose(self, names: tuple[str, ...]) -> Combination:
        """By the questions of the sets that are named."""
        match = self._best(names, tuple(Combination(match, 0.0, 0.0) for match in MATCHES)).match
        if not self._has_reranker:
            return Combination(match, 0.0, 0.0)
        trusts = sorted(itertools.product(BASES, AGREEMENTS), key=lambda trust: (sum(trust), trust))
        return self._best(names, tuple(Combination(match, *trust) for trust in trusts))

    def _best(self, names: Sequence[str], grid: tuple[Combination, ...]) -> Combination:
        """The first, which trusts the least, that is no worse than the best by a standard error.

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
        """``(g, q)`` of the measure that is maximised."""
        return np.array(
            [
                [_score(question, question.combined(point), CHOSEN_BY) for point in grid]
                for question in self._sets[name]
            ]
        ).T


def _unreranked(question: Question) -> Question:
    return replace(question, rerank=np.full_like(question.fused, np.nan))


def _score(question: Question, scores: Floats, measure: Measure) -> float:
    return measure.score(question.ranking(scores), question.judged)


def _calibrations(
    sets: Sets, combination: Combination, reranker: str | None
) -> tuple[Calibration, ...]:
    """Of no reranker, and of the one that there is."""
    plain = {name: [_unreranked(q) for q in questions] for name, questions in sets.items()}
    found = [_calibration(plain, combination, NO_RERANKER)]
    if reranker is not None:
        found.append(_calibration(sets, combination, reranker))
    return tuple(found)


def _calibration(sets: Sets, combination: Combination, reranker: str) -> Calibration:
    parts = [_pairs(questions, combination) for questions in sets.values()]
    intercept, score, best = fit_logistic(parts)
    return Calibration(reranker=reranker, intercept=intercept, score=score, best=best)


def _pairs(
    questions: Sequence[Question], combination: Combination, *, first: int | None = None
) -> Pairs:
    """Candidates, the ``first`` or all: score, best of the query, and whether it is relevant."""
    features, relevant = [], []
    for question in questions:
        scores, best = question.combined(combination), question.best
        for place in np.argsort(-scores, kind="stable")[:first]:
            features.append((float(scores[place]), best))
            relevant.append(question.judged.get(question.documents[place], 0) > 0)
    return Pairs(np.array(features), np.array(relevant, dtype=np.float64))


def _left_out(
    name: str,
    questions: Sequence[Question],
    combination: Combination,
    calibrations: Sequence[Calibration],
) -> LeftOut:
    plain = [_unreranked(question) for question in questions]
    orders = {FUSED: [q.fused for q in plain], MATCHED: [q.combined(combination) for q in plain]}
    pairs = [(MATCHED, FUSED)]
    if len(calibrations) > 1:
        orders[RERANKED] = [question.combined(combination) for question in questions]
        pairs += [(RERANKED, FUSED), (RERANKED, MATCHED)]
    scored = {
        order: {
            m.label: [_score(q, s, m) for q, s in zip(questions, scores, strict=True)]
            for m in MEASURES
        }
        for order, scores in orders.items()
    }
    return LeftOut(
        name=name,
        questions=len(questions),
        combination=combination,
        scores={
            order: {label: float(np.mean(values)) for label, values in found.items()}
            for order, found in scored.items()
        },
        comparisons=tuple(
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
        ),
        calibration_error={
            calibration.reranker: _errors(
                plain if calibration.reranker == NO_RERANKER else questions,
                combination,
                calibration,
            )
            for calibration in calibrations
        },
    )


def _errors(
    questions: Sequence[Question], combination: Combination, calibration: Calibration
) -> dict[str, float]:
    """Over the hits that a search returns."""
    errors: dict[str, float] = {}
    for language in sorted({question.language for question in questions}):
        asked = [question for question in questions if question.language == language]
        pairs = _pairs(asked, combination, first=HITS)
        probabilities = relevance(pairs.features[:, 0], pairs.features[:, 1], calibration)
        errors[language] = expected_calibration_error(probabilities, pairs.relevant)
    return errors


def _with_corrected(found: Sequence[LeftOut]) -> tuple[LeftOut, ...]:
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
