"""What tuning found, as JSON and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final, Literal, TypeAlias

from app.domain.documents import Scalar
from eval.json_files import dump_json
from eval.page.sweep import SweepPoint
from eval.statistics.significance import PairedTest

FORMAT: Final = "attest-tuning/1"
"""Names the layout of the JSON."""

Scope: TypeAlias = Literal["all queries", "by language", "by kind", "reranking"]
"""For which queries fusion is chosen apart; or how deep and how much is reranked, for all."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to choose, and what it gains on questions that it was not chosen on.

    ``held_out`` compares MRR@10 with the default's over all questions, each scored by a choice that
    did not see it, and ``held_out_hit`` hit@1; ``p_corrected`` is of the first, by Holm over the
    attempts. ``untouched`` compares MRR@10 on the split alone that no fold chose on. ``chosen`` is
    made on all questions but those.
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
class TuningReport:
    """What was tried on which questions, and the settings to serve: empty for the default's own.

    ``scope`` names the accepted attempt at fusion. ``best_route`` is the one that is best alone by
    MRR@10 over all questions; ``against_route`` compares the fusion that is to be served with it.
    ``reranking`` is there where something reranks: chosen after fusion, and compared with the
    configured reranking over the same fusion.
    """

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
        """The same with what was found on reranking, and its settings if they were accepted."""
        settings = dict(self.settings) | (dict(attempt.chosen) if attempt.accepted else {})
        return replace(self, reranking=attempt, settings=settings)

    def to_json(self) -> str:
        """The same report always as the same text."""
        return dump_json(asdict(self))

    def evidence(self) -> dict[str, Scalar]:
        """What a collection keeps beside the settings; flat.

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
    """The findings, a line each."""
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
