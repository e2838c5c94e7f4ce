"""Tunes fusion on judged questions and tests the choice on held-out ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

import numpy as np

from app.settings import RetrievalSettings
from eval.errors import EvaluationError
from eval.page.weight_sweep import SweepPoint
from eval.statistics.significance import paired_test
from eval.tuning.batch_fusion import Family, Setting, ranks_of_settings
from eval.tuning.candidate_arrays import CandidateArrays, ranks_alone
from eval.tuning.choosing import Choice, choose_by_group, choose_one
from eval.tuning.grid import settings_to_try
from eval.tuning.trial import ChoiceMethod, Trial, reciprocal, simplest
from eval.tuning.tuning_report import Scope, TuningReport

MIN_QUESTIONS: Final = 50
"""Fewest judged questions for tuning."""
SEED: Final = 20_091_119
SWEPT_ROUTES: Final = 2
SWEEP_STEPS: Final = 20
"""A curve over the weight of one route needs exactly one other route."""


def tune(
    recalled: CandidateArrays,
    configured: RetrievalSettings,
    *,
    recalled_depth: int,
    seed: int = SEED,
) -> TuningReport:
    """Chooses settings for all queries, by language and by kind of query, and tests each choice.

    A choice is accepted only if it gains MRR@10 over the configured settings significantly on
    held-out questions, and loses neither hit@1 nor, on the untouched split, MRR@10 significantly.
    The simplest accepted choice wins; one by group only if it is significantly better.

    Raises:
        EvaluationError: there are fewer questions than `MIN_QUESTIONS`.
    """
    count = len(recalled.questions)
    if count < MIN_QUESTIONS:
        raise EvaluationError(
            f"{count} judged questions are too few to tune on; {MIN_QUESTIONS} are the least, "
            "and some hundreds tell more"
        )
    default = _default(recalled, configured)
    tried = settings_to_try(len(recalled.routes), recalled_depth=recalled_depth, default=default)
    ranks = np.stack(list(ranks_of_settings(recalled, tried)))

    def describe(choice: Choice, scope: Scope) -> dict[str, object]:
        return as_settings(choice, tried, recalled.routes, scope)

    trial = Trial.of(ranks, describe, seed=seed)
    scores = trial.scores
    ways = [ChoiceMethod("all queries", [""] * count, partial(choose_one, scores, prefer=0))]
    for scope, groups in _groupings(recalled):
        choose = partial(choose_by_group, scores, settings=tried, groups=groups, prefer=0)
        ways.append(ChoiceMethod(scope, groups, choose))
    attempts, fitted = trial.attempts(ways)
    accepted = simplest(attempts, fitted)
    rows = np.zeros(count, dtype=np.int64)
    if accepted is not None:
        rows = ways[accepted].choose(trial.seen).rows(ways[accepted].groups)
    alone = {route: reciprocal(ranks_alone(recalled, route)) for route in recalled.routes}
    best = max(alone, key=lambda route: float(alone[route].mean()))
    served = scores[rows, np.arange(count)]
    return TuningReport(
        questions=count,
        untouched_questions=len(trial.untouched),
        settings_tried=len(tried),
        default=describe(Choice(0, {}), "all queries"),
        default_mrr_at_10=float(scores[0].mean()),
        attempts=attempts,
        settings={} if accepted is None else attempts[accepted].chosen,
        scope=None if accepted is None else attempts[accepted].scope,
        best_route=best,
        against_route=paired_test(served.tolist(), alone[best].tolist()),
        sweep=weight_sweep(recalled, configured) if len(recalled.routes) == SWEPT_ROUTES else (),
        seed=seed,
    )


def _groupings(recalled: CandidateArrays) -> Iterator[tuple[Scope, Sequence[str]]]:
    """Yields the groupings of questions."""
    if len(set(recalled.languages)) > 1:
        yield "by language", recalled.languages
    if len(set(recalled.kinds)) > 1:
        yield "by kind", recalled.kinds


def _default(recalled: CandidateArrays, configured: RetrievalSettings) -> Setting:
    family = Family(configured.fusion, configured.depth, configured.rrf_k)
    raw = [configured.weights.get(route, 0.0) for route in recalled.routes]
    total = sum(raw)
    if total == 0:
        raw, total = [1.0] * len(raw), float(len(raw))
    return Setting(family, tuple(weight / total for weight in raw))


def weight_sweep(
    recalled: CandidateArrays, configured: RetrievalSettings
) -> tuple[SweepPoint, ...]:
    """Mean scores over all questions by the weight of the first of two routes."""
    default = _default(recalled, configured)
    points = [
        Setting(default.family, (step / SWEEP_STEPS, 1.0 - step / SWEEP_STEPS))
        for step in range(SWEEP_STEPS + 1)
    ]
    return tuple(
        SweepPoint(point.weights[0], float((row == 1).mean()), float(reciprocal(row).mean()))
        for point, row in zip(points, ranks_of_settings(recalled, points), strict=True)
    )


def as_settings(
    choice: Choice, tried: Sequence[Setting], routes: Sequence[str], scope: Scope
) -> dict[str, object]:
    """Converts a choice to fields of `RetrievalSettings`, as JSON values."""
    setting = tried[choice.default]
    family = setting.family
    condition = "language" if scope == "by language" else "kind"
    return {
        "fusion": family.fusion,
        "depth": family.depth,
        **({"rrf_k": family.rrf_k} if family.fusion == "rrf" else {}),
        "weights": dict(zip(routes, setting.weights, strict=True)),
        "weight_rules": [
            {condition: group, "weights": dict(zip(routes, tried[row].weights, strict=True))}
            for group, row in choice.by_group.items()
            if row != choice.default
        ],
    }
