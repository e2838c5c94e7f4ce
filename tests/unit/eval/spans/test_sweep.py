"""A sweep over rankings that are written by hand."""

from collections.abc import Mapping, Sequence

import pytest

from eval.datasets.dataset import EvalDocument
from eval.errors import InvalidRun
from eval.retrieval.table import Resampling
from eval.spans.configuration import Configuration
from eval.spans.measures.region import Passage
from eval.spans.span_dataset import SpanDataset, SpanQuestion
from eval.spans.sweep import sweep

BASELINE = Configuration("sentence", 100, 0, "e")
SMALL = Configuration("sentence", 50, 0, "e")
SAME = Configuration("structure", 50, 0, "e")
FEW = Resampling(resamples=200)
QUESTIONS = 12

DATASET = SpanDataset(
    "pets",
    {"d": EvalDocument("d", "", "x" * 100)},
    tuple(SpanQuestion(f"q{n}", f"question {n}", {"d": ((60, 80),)}) for n in range(QUESTIONS)),
)


class Search:
    """Halves or quarters of the document, in an order of choice."""

    def __init__(
        self,
        width: int,
        order: Sequence[int],
        *,
        digest: str = "",
        stages: Sequence[str] = ("bm25",),
    ) -> None:
        self.chunks = {
            f"d#{n}": Passage("d", (start, start + width), width)
            for n, start in enumerate(range(0, 100, width))
        }
        self.digest = digest or f"{width}"
        self._order = order
        self._stages = stages

    def search(self, query: str) -> Mapping[str, Sequence[str]]:
        return {stage: [f"d#{n}" for n in self._order] for stage in self._stages}


def run(searches, *, budgets_tokens=(50,), configurations=(SMALL,)):
    return sweep(
        DATASET,
        configurations,
        searches.__getitem__,
        baseline=BASELINE,
        budgets_tokens=budgets_tokens,
        ks=(1,),
        resampling=FEW,
        provenance={"version": "1"},
    )


def test_each_configuration_is_measured_over_all_questions() -> None:
    # Quarters: [50, 75) holds 15 of the 20 wanted, [75, 100) the other 5; 50 tokens hold two.
    report = run({BASELINE: Search(50, [0, 1]), SMALL: Search(25, [3, 2, 1, 0])})
    small = report.results[1]
    assert small.configuration == SMALL
    assert (small.chunks, small.mean_tokens) == (4, 25)
    assert small.precision_omega == pytest.approx(20 / 50)
    means = small.stages[0].means
    assert means["span_recall@50tok"] == 1.0
    assert means["span_precision@50tok"] == pytest.approx(20 / 50)
    assert means["span_recall@1"] == pytest.approx(5 / 20)
    assert means["span_iou@1"] == pytest.approx(5 / (25 + 20 - 5))
    assert means["hit@1"] == 0.0  # a quarter of the reference is no find
    assert means["mrr@10"] == 0.5


def test_the_baseline_comes_first_and_others_are_compared_with_it_within_each_budget() -> None:
    report = run(
        {BASELINE: Search(50, [0, 1]), SMALL: Search(25, [2, 3, 1, 0])}, budgets_tokens=(50, 100)
    )
    assert report.results[0].configuration == BASELINE
    assert report.decided_on == "span_recall@50tok"
    decisive, at_100 = report.comparisons
    assert decisive.measure == report.decided_on
    assert decisive.configuration == SMALL
    assert decisive.test.difference == 1.0
    assert (decisive.won, decisive.lost) == (QUESTIONS, 0)
    assert decisive.p_corrected == 2 * decisive.test.p_randomisation < 0.05
    # All of the document fits into 100 tokens, however it is cut.
    assert (at_100.measure, at_100.test.difference) == ("span_recall@100tok", 0.0)


def test_p_values_are_corrected_for_the_comparisons_of_a_stage() -> None:
    third = Configuration("fixed", 50, 0, "e")
    searches = {
        BASELINE: Search(50, [0, 1]),
        SMALL: Search(25, [2, 3, 1, 0]),
        third: Search(25, [2, 3, 0, 1], digest="other"),
    }
    for comparison in run(searches, configurations=(SMALL, third)).comparisons:
        assert comparison.p_corrected == pytest.approx(2 * comparison.test.p_randomisation)


def test_a_configuration_that_cuts_as_an_earlier_one_is_named_and_left_out() -> None:
    searches = {
        BASELINE: Search(50, [0, 1]),
        SMALL: Search(25, [2, 3]),
        SAME: Search(25, [2, 3]),
    }
    report = run(searches, configurations=(SMALL, SAME))
    assert report.alike == {"structure 50+0 e": "sentence 50+0 e"}
    assert [result.configuration for result in report.results] == [BASELINE, SMALL]
    assert len(report.comparisons) == 1


def test_the_baseline_is_measured_once_where_it_is_among_the_configurations() -> None:
    report = run({BASELINE: Search(50, [0, 1])}, configurations=(BASELINE,))
    assert [result.configuration for result in report.results] == [BASELINE]
    assert report.comparisons == ()


def test_other_stages_than_the_baseline_has_are_refused() -> None:
    searches = {BASELINE: Search(50, [0]), SMALL: Search(25, [0], stages=("bm25", "ensemble"))}
    with pytest.raises(InvalidRun, match="stages"):
        run(searches)


def test_a_chunk_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidRun, match="d#7"):
        run({BASELINE: Search(50, [7])})


def test_progress_counts_questions() -> None:
    seen: list[tuple[str, int, int]] = []
    sweep(
        DATASET,
        (),
        {BASELINE: Search(50, [0])}.__getitem__,
        baseline=BASELINE,
        budgets_tokens=(50,),
        resampling=FEW,
        provenance={},
        progress=lambda configuration, done, total: seen.append((configuration.label, done, total)),
    )
    assert seen == [("sentence 100+0", n, QUESTIONS) for n in range(1, QUESTIONS + 1)]


def test_a_sweep_without_a_budget_is_refused() -> None:
    with pytest.raises(ValueError, match="budget"):
        run({BASELINE: Search(50, [0])}, budgets_tokens=())
