"""A sweep's report is read back equal, shown, and put into words."""

from dataclasses import replace

import pytest
from rich.console import Console

from eval.errors import EvaluationError
from eval.retrieval.table import Resampling
from eval.spans.configuration import Configuration
from eval.spans.render_sweep import to_markdown, to_terminal
from eval.spans.sweep_report import (
    ConfigurationResult,
    StageResult,
    SweepComparison,
    SweepReport,
)
from eval.spans.verdict import verdicts
from eval.statistics.significance import Interval, PairedTest

BASELINE = Configuration("structure", 256, 0, "e5")
SMALL = Configuration("sentence", 128, 0, "e5")
OTHER = Configuration("structure", 256, 0, "minilm")
MEANS = {
    "span_recall@1000tok": 0.8,
    "span_precision@1000tok": 0.25,
    "span_iou@1000tok": 0.125,
    "span_recall@500tok": 0.75,
    "hit@1": 0.5,
    "mrr@10": 0.625,
    "recall@10": 0.875,
}


def result(configuration: Configuration, recall: float) -> ConfigurationResult:
    means = MEANS | {"span_recall@1000tok": recall}
    stage = StageResult("ensemble", means, Interval(recall - 0.05, recall + 0.05, 0.95))
    return ConfigurationResult(configuration, 1584, 221.1, 0.375, (stage,))


def comparison(
    configuration: Configuration,
    difference: float,
    p: float,
    measure: str = "span_recall@1000tok",
) -> SweepComparison:
    interval = Interval(difference - 0.01, difference + 0.01, 0.95)
    test = PairedTest(difference, interval, p / 2, p / 2)
    return SweepComparison(configuration, "ensemble", measure, test, p, won=30, lost=10)


def report(*decisive: SweepComparison) -> SweepReport:
    """Each configuration also loses by the tenth of a point within 500 tokens, for sure."""
    comparisons = tuple(
        each
        for found in decisive
        for each in (found, comparison(found.configuration, -0.001, 0.02, "span_recall@500tok"))
    )
    return SweepReport(
        dataset="pets",
        dataset_hash="0" * 64,
        documents=5,
        questions=472,
        left_out=3,
        decided_on="span_recall@1000tok",
        budgets_tokens=(1000, 500),
        baseline=BASELINE,
        resampling=Resampling(),
        results=(
            result(BASELINE, 0.8),
            *(result(c.configuration, 0.8 + c.test.difference) for c in decisive),
        ),
        comparisons=comparisons,
        alike={"sentence 256+0 e5": "structure 256+0 e5"},
        provenance={"commit": "abc", "faiss": "1.15"},
        seconds=12.5,
    )


def test_a_report_is_read_back_equal() -> None:
    saved = report(comparison(SMALL, 0.04, 0.01))
    assert SweepReport.from_json(saved.to_json()) == saved


def test_a_report_of_another_format_is_refused() -> None:
    with pytest.raises(EvaluationError, match="attest-chunking/0"):
        SweepReport.from_json(replace(report(), format="attest-chunking/0").to_json())
    with pytest.raises(EvaluationError, match="not a report"):
        SweepReport.from_json("{}")


def test_without_a_significant_gain_the_verdict_is_to_keep() -> None:
    (said,) = verdicts(report(comparison(SMALL, 0.04, 0.06)))
    assert said == (
        "ensemble: keep structure 256+0: no configuration is significantly better "
        "(nearest: sentence 128+0 +0.040 [+0.030, +0.050], p = 0.06)"
    )


def test_what_is_significantly_better_or_worse_is_named() -> None:
    (said,) = verdicts(report(comparison(SMALL, 0.04, 0.05), comparison(OTHER, -0.2, 0.0003)))
    assert said == (
        "ensemble: significantly better than structure 256+0: "
        "sentence 128+0 +0.040 [+0.030, +0.050], p = 0.05; "
        "significantly worse: structure 256+0 with minilm -0.200 [-0.210, -0.190], p = 0.0003"
    )


def test_nothing_to_compare_is_said() -> None:
    assert verdicts(report()) == ("ensemble: there is nothing to compare structure 256+0 with",)


def test_markdown_has_a_row_for_each_configuration_and_every_number() -> None:
    page = to_markdown(report(comparison(SMALL, 0.04, 0.01)))
    assert "pets: 472 questions, 3 left out over 5 documents." in page
    assert "| structure 256+0 | 1,584 | 221 | 0.375 | 0.800 [0.750, 0.850] |" in page
    assert "| sentence 128+0 | 0.250 | 0.125 | 0.750 | 0.500 | 0.625 | 0.875 |" in page
    assert "sentence 256+0 e5 cuts exactly as structure 256+0 e5." in page
    assert "- ensemble: significantly better than structure 256+0: sentence 128+0" in page
    assert (
        "| sentence 128+0 | -0.001 [-0.011, +0.009], p = 0.02 | +0.040 [+0.030, +0.050], p = 0.01 |"
    ) in page


def test_the_terminal_shows_the_same_verdict() -> None:
    console = Console(width=200)
    with console.capture() as shown:
        console.print(to_terminal(report(comparison(SMALL, 0.04, 0.01))))
    assert "0.840 [0.790, 0.890]" in shown.get()
