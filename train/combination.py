"""Learns how far rerankers are to be trusted, with whole sets of questions left out in turn.

What suits the questions that it was chosen on proves nothing. So each set is scored by numbers that
were chosen on all the others, and is held to the fused order by a paired test. What ships is chosen
on all of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.retrieval.combination import Calibration, Combination, combined_scores, relevance
from eval.holm import holm
from eval.json_files import Json
from eval.metrics.measure import Measure
from eval.runs import collapse
from eval.significance import PairedTest, paired_test
from train.calibration import Pairs, expected_calibration_error, fit_logistic

Floats = NDArray[np.float64]
BASES: Final = tuple(round(0.1 * step, 1) for step in range(-5, 16))
AGREEMENTS: Final = tuple(round(0.2 * step, 1) for step in range(11))
"""None below 0: a reranker that contradicts recall must not be trusted more for it."""
MEASURES: Final = (Measure("hit", 1), Measure("mrr", 10), Measure("ndcg", 10))
"""What the fused order and the reranked one are compared by; the second is what is maximised."""
CHOSEN_BY: Final = MEASURES[1]


@dataclass(frozen=True, slots=True)
class Question:
    """One question's reranked candidates, in their fused order.

    ``fused`` and ``rerank`` are ``(n,)`` scores, ``documents`` the ids of what the candidates are
    passages of, and ``judged`` the grades of documents.
    """

    fused: Floats
    rerank: Floats
    documents: tuple[str, ...]
    judged: Mapping[str, int]
    language: str

    def ranking(self, scores: Floats) -> list[str]:
        """Documents by their best passage; ties keep the fused order."""
        order = np.argsort(-scores, kind="stable")
        return [id_ for id_, _ in collapse([(self.documents[i], scores[i]) for i in order])]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One set, scored by what was chosen on the other sets.

    ``tests`` compares it with the fused order, by the label of the measure, and ``corrected`` are
    their p-values by Holm over all sets and measures. ``calibration_error`` is by language.
    """

    name: str
    questions: int
    combination: Combination
    fused: Mapping[str, float]
    reranked: Mapping[str, float]
    tests: Mapping[str, PairedTest]
    corrected: Mapping[str, float]
    calibration_error: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Learned:
    """What ships, and what each set says of it when it is left out."""

    combination: Combination
    calibration: Calibration
    left_out: tuple[LeftOut, ...]

    def as_json(self) -> dict[str, Json]:
        """The file that `app.retrieval.combination.learned` reads."""
        return asdict(self)


def learn(sets: Mapping[str, Sequence[Question]], *, reranker: str) -> Learned:
    """Chooses on all sets, each counting alike, and on all but each."""
    grid = [Combination(base, agreement) for base, agreement in _grid()]
    means = {name: _means(questions, grid) for name, questions in sets.items()}
    chosen = {name: grid[_best([means[n] for n in sets if n != name])] for name in sets}
    everywhere = grid[_best(list(means.values()))]
    calibrations = {name: _calibrated(_others(sets, name), chosen[name], reranker) for name in sets}
    left_out = [_left_out(name, sets[name], chosen[name], calibrations[name]) for name in sets]
    return Learned(
        combination=everywhere,
        calibration=_calibrated(sets, everywhere, reranker),
        left_out=_corrected(left_out),
    )


def _grid() -> list[tuple[float, float]]:
    """From the least trust on, so that of equally good ones the most careful is chosen."""
    return sorted(itertools.product(BASES, AGREEMENTS), key=lambda point: (sum(point), point))


def _best(means: Sequence[Floats]) -> int:
    return int(np.mean(means, axis=0).argmax())


def _others(sets: Mapping[str, Sequence[Question]], name: str) -> Mapping[str, Sequence[Question]]:
    return {other: questions for other, questions in sets.items() if other != name}


def _means(questions: Sequence[Question], grid: Sequence[Combination]) -> Floats:
    """``(g,)`` means of the measure that is maximised."""
    return np.array([np.mean(_scores(questions, combination, CHOSEN_BY)) for combination in grid])


def _scores(
    questions: Sequence[Question], combination: Combination | None, measure: Measure
) -> list[float]:
    """One score a question; of the fused order where there is no combination."""
    return [
        measure.score(
            question.ranking(
                question.fused if combination is None else _combined(question, combination)
            ),
            question.judged,
        )
        for question in questions
    ]


def _combined(question: Question, combination: Combination) -> Floats:
    return combined_scores(question.fused, question.rerank, weight=1.0, combination=combination)


def _calibrated(
    sets: Mapping[str, Sequence[Question]], combination: Combination, reranker: str
) -> Calibration:
    parts = [_pairs(questions, combination) for questions in sets.values()]
    intercept, score, best = fit_logistic(parts)
    return Calibration(reranker=reranker, intercept=intercept, score=score, best=best)


def _pairs(questions: Sequence[Question], combination: Combination) -> Pairs:
    """Every candidate: its score and the best rerank score of its query, and whether it is one."""
    features, relevant = [], []
    for question in questions:
        best = float(question.rerank.max())
        for score, document in zip(
            _combined(question, combination), question.documents, strict=True
        ):
            features.append((float(score), best))
            relevant.append(question.judged.get(document, 0) > 0)
    return Pairs(np.array(features), np.array(relevant, dtype=np.float64))


def _left_out(
    name: str,
    questions: Sequence[Question],
    combination: Combination,
    calibration: Calibration,
) -> LeftOut:
    fused = {m.label: _scores(questions, None, m) for m in MEASURES}
    reranked = {m.label: _scores(questions, combination, m) for m in MEASURES}
    return LeftOut(
        name=name,
        questions=len(questions),
        combination=combination,
        fused={label: float(np.mean(scores)) for label, scores in fused.items()},
        reranked={label: float(np.mean(scores)) for label, scores in reranked.items()},
        tests={label: paired_test(reranked[label], fused[label]) for label in fused},
        corrected={},
        calibration_error=_errors(questions, combination, calibration),
    )


def _errors(
    questions: Sequence[Question], combination: Combination, calibration: Calibration
) -> dict[str, float]:
    errors: dict[str, float] = {}
    for language in sorted({question.language for question in questions}):
        pairs = _pairs([q for q in questions if q.language == language], combination)
        probabilities = relevance(pairs.features[:, 0], pairs.features[:, 1], calibration)
        errors[language] = expected_calibration_error(probabilities, pairs.relevant)
    return errors


def _corrected(found: Sequence[LeftOut]) -> tuple[LeftOut, ...]:
    """With p-values for as many comparisons as were made."""
    p_values = [test.p_randomisation for one in found for test in one.tests.values()]
    corrected = iter(holm(p_values))
    return tuple(
        replace(one, corrected={label: next(corrected) for label in one.tests}) for one in found
    )
