"""The report of tuning, as JSON and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal, TypeAlias

from app.domain.documents import Scalar
from eval.page.weight_sweep import SweepPoint
from eval.reports.saved_report import SavedReport
from eval.statistics.significance import PairedTest

FORMAT: Final = "attest-tuning/1"
"""Name of the JSON format."""

Scope: TypeAlias = Literal["all queries", "by language", "by kind", "reranking"]
"""Queries for which fusion is chosen separately; or reranking, which is chosen for all."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A way to choose settings, and its gain on questions that did not influence the choice.

    ``held_out`` compares MRR@10 with that of the default over all questions, each scored by a
    choice that did not use it, and ``held_out_hit`` hit@1. ``p_corrected`` belongs to the first,
    Holm-corrected over the attempts. ``untouched`` compares MRR@10 on the split that no fold used.
    ``chosen`` is the choice from all questions outside of that split.
    """

    scope: Scope
    chosen: Mapping[str, object]
    held_out: PairedTest
    held_out_hit: PairedTest
    untouched: PairedTest
    p_corrected: float
    accepted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class TuningReport(SavedReport):
    """The attempts of tuning and the settings to serve, which are empty for the default.

    ``scope`` names the accepted attempt at fusion. ``best_route`` is the best single route by
    MRR@10 over all questions; ``against_route`` compares the fusion to serve with it. ``reranking``
    is present if a reranker is configured. It is chosen after fusion and compared with the
    configured reranking over the same fusion.
    """

    NAME: ClassVar[str] = "a report of tuning"

    questions: int
    untouched_questions: int
    settings_tried: int
    default: Mapping[str, object]
    default_mrr_at_10: float
    attempts: tuple[Attempt, ...]
    settings: Mapping[str, object]
    scope: Scope | None
    best_route: str
    against_route: PairedTest
    sweep: tuple[SweepPoint, ...]
    seed: int
    reranking: Attempt | None = None
    seconds: float = 0.0
    provenance: Mapping[str, Scalar] | None = None
    format: str = FORMAT

    @property
    def accepted(self) -> tuple[Attempt, ...]:
        """The attempts whose settings are to be served."""
        fusion = tuple(attempt for attempt in self.attempts if attempt.scope == self.scope)
        reranking = (self.reranking,) if self.reranking and self.reranking.accepted else ()
        return fusion + reranking

    def with_reranking(self, attempt: Attempt) -> TuningReport:
        """Adds the attempt at reranking, and its settings if it was accepted."""
        settings = dict(self.settings) | (dict(attempt.chosen) if attempt.accepted else {})
        return replace(self, reranking=attempt, settings=settings)

    def evidence(self) -> dict[str, Scalar]:
        """Facts that a collection stores beside its tuned settings; flat.

        Raises:
            ValueError: nothing was accepted, so there is nothing to keep.
        """
        if not self.accepted:
            raise ValueError("no setting was accepted")
        facts: dict[str, Scalar] = {
            "questions": self.questions,
            "untouched_questions": self.untouched_questions,
            "settings_tried": self.settings_tried,
            "best_single_route": self.best_route,
            "gain_over_best_single_route_mrr@10": round(self.against_route.difference, 6),
        }
        for attempt in self.accepted:
            facts |= {
                f"{attempt.scope}: held-out gain, mrr@10": round(attempt.held_out.difference, 6),
                f"{attempt.scope}: low": round(attempt.held_out.interval.low, 6),
                f"{attempt.scope}: high": round(attempt.held_out.interval.high, 6),
                f"{attempt.scope}: p, corrected": round(attempt.p_corrected, 6),
                f"{attempt.scope}: untouched gain": round(attempt.untouched.difference, 6),
            }
        return facts | dict(self.provenance or {})


def in_words(report: TuningReport) -> Iterator[str]:
    """Yields the findings, one per line."""
    yield (
        f"{report.settings_tried} settings on {report.questions} questions, "
        f"{report.untouched_questions} of them untouched, in {report.seconds:.1f} s. "
        f"Configured: MRR@10 {report.default_mrr_at_10:.4f}."
    )
    for attempt in [*report.attempts, *([report.reranking] if report.reranking else [])]:
        gain = attempt.held_out
        verdict = "accepted" if attempt.accepted else "refused"
        yield (
            f"{attempt.scope}: {verdict}: {attempt.reason} (held out: {gain.difference:+.4f} "
            f"[{gain.interval.low:+.4f}, {gain.interval.high:+.4f}], p = {attempt.p_corrected:.3g} "
            f"corrected; untouched: {attempt.untouched.difference:+.4f})"
        )
    over = report.against_route
    yield (
        f"The fusion to be served against {report.best_route} alone: {over.difference:+.4f} "
        f"[{over.interval.low:+.4f}, {over.interval.high:+.4f}], p = {over.p_randomisation:.3g}."
    )
    if report.settings:
        chosen_by = " and ".join(attempt.scope for attempt in report.accepted)
        yield f"To serve ({chosen_by}): {_described(report.settings)}"
    else:
        yield "The configured settings stay: nothing was significantly better on held-out ones."


def _described(settings: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in settings.items() if value != [])
