"""Scores the service as it is and with each change, on several sets, and tests the differences."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from app.domain.documents import Scalar
from eval.metrics.hit_rate import hit_rate
from eval.metrics.reciprocal_rank import reciprocal_rank
from eval.reports.markdown import table
from eval.reports.saved_report import SavedReport
from eval.statistics.holm import holm
from eval.statistics.significance import Interval, paired_test

AS_SERVED: Final = "as served"
MEASURES: Final = ("hit@1", "hit@3", "mrr@10")
TESTED: Final = ("hit@1", "mrr@10")
"""Measures whose differences are tested."""
ALPHA: Final = 0.05
_DEPTH: Final = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question as one variant answered it: scores by measure, and milliseconds."""

    scores: Mapping[str, float]
    milliseconds: float


def outcome(found: Sequence[str], relevant: Mapping[str, int], milliseconds: float) -> Outcome:
    """Scores the documents that were ``found``, best first."""
    return Outcome(
        {
            "hit@1": hit_rate(found, relevant, 1),
            "hit@3": hit_rate(found, relevant, 3),
            "mrr@10": reciprocal_rank(found, relevant, _DEPTH),
        },
        milliseconds,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """A change against the service as it is; ``p`` is corrected over all sets and changes."""

    mean: float
    interval: Interval
    p: float


@dataclass(frozen=True, slots=True)
class Row:
    """One variant on one set: means, median milliseconds, and differences by tested measure."""

    dataset: str
    variant: str
    questions: int
    means: Mapping[str, float]
    p50_ms: float
    differences: Mapping[str, Difference]

    @property
    def verdict(self) -> str:
        """What the tests say: ``better``, ``worse``, both, or nothing."""
        sure = [d.mean for d in self.differences.values() if d.p <= ALPHA and d.mean]
        words = (("better", any(mean > 0 for mean in sure)), ("worse", any(m < 0 for m in sure)))
        return " and ".join(word for word, holds in words if holds)


@dataclass(frozen=True, slots=True)
class AblationReport(SavedReport):
    """All rows of an ablation, set by set, the service as it is first."""

    NAME: ClassVar[str] = "a report of an ablation"

    rows: tuple[Row, ...]
    changes: Mapping[str, Mapping[str, object]]
    provenance: Mapping[str, Scalar]
    seconds: float
    format: str = "attest-ablation/1"


def rows_of(scored: Mapping[str, Mapping[str, Sequence[Outcome]]]) -> tuple[Row, ...]:
    """Rows of outcomes by set and variant; `AS_SERVED` is a variant of every set."""
    tests = {
        (dataset, variant, measure): paired_test(
            [one.scores[measure] for one in outcomes],
            [one.scores[measure] for one in variants[AS_SERVED]],
        )
        for dataset, variants in scored.items()
        for variant, outcomes in variants.items()
        if variant != AS_SERVED
        for measure in TESTED
    }
    corrected = dict(zip(tests, holm([t.p_randomisation for t in tests.values()]), strict=True))
    return tuple(
        Row(
            dataset,
            variant,
            len(outcomes),
            {m: statistics.fmean(one.scores[m] for one in outcomes) for m in MEASURES},
            statistics.median(one.milliseconds for one in outcomes),
            {
                measure: Difference(test.difference, test.interval, corrected[key])
                for measure in TESTED
                if (test := tests.get(key := (dataset, variant, measure))) is not None
            },
        )
        for dataset, variants in scored.items()
        for variant, outcomes in variants.items()
    )


def to_markdown(report: AblationReport) -> str:
    """The report as one table."""
    header = ("Set", "Questions", "Variant", *MEASURES, "Δ hit@1", "p", "p50 ms", "")
    lines = table(header, map(_cells, report.rows))
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    found = row.differences.get("hit@1")
    delta = (
        f"{found.mean:+.3f} [{found.interval.low:+.3f}, {found.interval.high:+.3f}]"
        if found
        else ""
    )
    return (
        row.dataset,
        str(row.questions),
        row.variant,
        *(f"{row.means[measure]:.3f}" for measure in MEASURES),
        delta,
        f"{found.p:.3f}" if found else "",
        f"{row.p50_ms:.1f}",
        row.verdict,
    )
