"""Tunes fusion on judged questions and says, on questions held out, what that is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from app.settings import RetrievalSettings
from eval.errors import EvaluationError
from eval.holm import holm
from eval.page.sweep import SweepPoint
from eval.significance import LEVEL, PairedTest, paired_test
from eval.tuning.choosing import Choice, Choose, choose_by_group, choose_one, cross_fitted, folds
from eval.tuning.fused import Family, Setting, ranks_of_settings
from eval.tuning.grid import settings_to_try
from eval.tuning.recalled import Floats, Ints, Recalled, ranks_alone
from eval.tuning.report import Attempt, Scope, TuningReport

FOLDS: Final = 5
HELD_OUT: Final = 0.2
"""Share of the questions that no choice ever sees."""
MIN_QUESTIONS: Final = 50
"""Below, nothing can be told from so few."""
SEED: Final = 20_091_119
SWEPT_ROUTES: Final = 2
SWEEP_STEPS: Final = 20
"""A curve by the weight of one route needs exactly one other."""
CUTOFF: Final = 10
"""Reciprocal ranks beyond it count 0, as in MRR@10."""


def tune(
    recalled: Recalled,
    configured: RetrievalSettings,
    *,
    recalled_depth: int,
    seed: int = SEED,
) -> TuningReport:
    """Chooses settings for all queries, by language and by kind of query, and tests each choice.

    A choice is accepted only where it gains MRR@10 over the configured settings significantly on
    questions it was not made on, and loses neither hit@1 nor, on the untouched split, MRR@10
    significantly. The simplest accepted choice stands; one by group only if significantly better.

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
    scores = reciprocal(ranks)
    rng = np.random.default_rng(seed)
    order = rng.permutation(count)
    untouched = np.sort(order[: round(HELD_OUT * count)])
    parts = folds(order[round(HELD_OUT * count) :], FOLDS, rng)
    ways = [_Way("all queries", [""] * count, partial(choose_one, scores, prefer=0))]
    for scope, groups in _groupings(recalled):
        choose = partial(choose_by_group, scores, settings=tried, groups=groups, prefer=0)
        ways.append(_Way(scope, groups, choose))
    trial = _Trial(recalled.routes, tried, ranks, scores, parts, untouched)
    attempts, fitted = trial.attempts(ways)
    accepted = _simplest(attempts, fitted)
    rows = np.zeros(count, dtype=np.int64)
    if accepted is not None:
        rows = ways[accepted].choose(trial.seen).rows(ways[accepted].groups)
    alone = {route: reciprocal(ranks_alone(recalled, route)) for route in recalled.routes}
    best = max(alone, key=lambda route: float(alone[route].mean()))
    served = scores[rows, np.arange(count)]
    return TuningReport(
        questions=count,
        untouched_questions=len(untouched),
        settings_tried=len(tried),
        default=as_settings(Choice(0, {}), tried, recalled.routes, "all queries"),
        default_mrr_at_10=float(scores[0].mean()),
        attempts=attempts,
        settings={} if accepted is None else attempts[accepted].chosen,
        scope=None if accepted is None else attempts[accepted].scope,
        best_route=best,
        against_route=paired_test(served.tolist(), alone[best].tolist()),
        sweep=weight_sweep(recalled, configured) if len(recalled.routes) == SWEPT_ROUTES else (),
        seed=seed,
    )


def reciprocal(ranks: Ints) -> Floats:
    """1 / rank where it is 1 to `CUTOFF`, else 0."""
    return np.where((ranks > 0) & (ranks <= CUTOFF), 1.0 / np.maximum(ranks, 1), 0.0)


@dataclass(frozen=True, slots=True)
class _Way:
    """For which queries settings are chosen apart, the group of each question, and how."""

    scope: Scope
    groups: Sequence[str]
    choose: Choose


def _groupings(recalled: Recalled) -> Iterator[tuple[Scope, Sequence[str]]]:
    """What questions differ in."""
    if len(set(recalled.languages)) > 1:
        yield "by language", recalled.languages
    if len(set(recalled.kinds)) > 1:
        yield "by kind", recalled.kinds


@dataclass(frozen=True, slots=True)
class _Trial:
    """All that attempts share; row 0 is the default."""

    routes: Sequence[str]
    tried: Sequence[Setting]
    ranks: Ints
    scores: Floats
    parts: Sequence[Ints]
    untouched: Ints

    @property
    def seen(self) -> Ints:
        """The questions that may be chosen on."""
        return np.sort(np.concatenate(list(self.parts)))

    def attempts(self, ways: Sequence[_Way]) -> tuple[tuple[Attempt, ...], list[Floats]]:
        """What each way gains, and the scores of all questions, each held out from the choice."""
        held_out = [self._held_out(self.scores, way) for way in ways]
        tests = [paired_test(scores.tolist(), self.scores[0].tolist()) for scores in held_out]
        corrected = holm([test.p_randomisation for test in tests])
        attempts = tuple(
            self._attempt(way, test, p) for way, test, p in zip(ways, tests, corrected, strict=True)
        )
        return attempts, held_out

    def _held_out(self, scores: Floats, way: _Way) -> Floats:
        """Each question by a choice that did not see it; the untouched ones by that on the rest."""
        fitted = cross_fitted(scores, self.parts, way.choose, way.groups)
        rows = way.choose(self.seen).rows(way.groups)
        fitted[self.untouched] = scores[rows[self.untouched], self.untouched]
        return fitted

    def _attempt(self, way: _Way, gain: PairedTest, p: float) -> Attempt:
        hits = (self.ranks == 1).astype(np.float64)
        hit = paired_test(self._held_out(hits, way).tolist(), hits[0].tolist())
        choice = way.choose(self.seen)
        rows = choice.rows(way.groups)[self.untouched]
        untouched = paired_test(
            self.scores[rows, self.untouched].tolist(), self.scores[0, self.untouched].tolist()
        )
        accepted, reason = _judge(gain, p, hit, untouched)
        chosen = as_settings(choice, self.tried, self.routes, way.scope)
        return Attempt(way.scope, chosen, gain, hit, untouched, p, accepted, reason)


def _judge(gain: PairedTest, p: float, hit: PairedTest, untouched: PairedTest) -> tuple[bool, str]:
    if gain.difference <= 0 or p > 1.0 - LEVEL:
        return False, "no significant gain on questions that it was not chosen on"
    if hit.difference < 0 and hit.p_randomisation <= 1.0 - LEVEL:
        return False, "it loses hit@1 significantly"
    if untouched.difference < 0 and untouched.p_randomisation <= 1.0 - LEVEL:
        return False, "it loses significantly on the questions that nothing was chosen on"
    return True, "a significant gain on questions that it was not chosen on"


def _simplest(attempts: Sequence[Attempt], fitted: Sequence[Floats]) -> int | None:
    """The first accepted attempt, unless a later one is significantly better than it."""
    standing: int | None = None
    for index, attempt in enumerate(attempts):
        if not attempt.accepted:
            continue
        if standing is None:
            standing = index
            continue
        test = paired_test(fitted[index].tolist(), fitted[standing].tolist())
        if test.difference > 0 and test.p_randomisation <= 1.0 - LEVEL:
            standing = index
    return standing


def _default(recalled: Recalled, configured: RetrievalSettings) -> Setting:
    family = Family(configured.fusion, configured.depth, configured.rrf_k)
    raw = [configured.weights.get(route, 0.0) for route in recalled.routes]
    total = sum(raw)
    if total == 0:
        raw, total = [1.0] * len(raw), float(len(raw))
    return Setting(family, tuple(weight / total for weight in raw))


def weight_sweep(recalled: Recalled, configured: RetrievalSettings) -> tuple[SweepPoint, ...]:
    """Means over all questions by the weight of the first of two routes, fused as configured."""
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
    """A choice as fields of `RetrievalSettings`, JSON values."""
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
