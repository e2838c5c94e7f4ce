import json

import pytest
from rich.console import Console

from eval.errors import NotComparable
from eval.reports.compare import Move, compare
from eval.reports.render_comparison import comparison_to_markdown, comparison_to_terminal
from tests.unit.eval.ranked_reports import dataset_of, report_of

QUESTIONS = 40
BEFORE = {"bm25": [1] * 40, "embedding": [2] * 40, "ensemble": [1] * 30 + [0] * 10}
AFTER = {"bm25": [1] * 40, "embedding": [2] * 39 + [3], "ensemble": [2] * 2 + [1] * 38}


@pytest.fixture
def comparison():
    return compare(
        report_of(BEFORE, provenance={"commit": "aaa", "retrieval.depth": 100}),
        report_of(
            AFTER,
            provenance={"commit": "bbb", "retrieval.depth": 100, "reranker": "x"},
            degraded={"dense: slow": 2},
        ),
    )


def change(comparison, stage, measure):
    (found,) = (c for c in comparison.changes if (c.stage, c.measure) == (stage, measure))
    return found


def test_each_stage_is_compared_on_both_headline_measures(comparison):
    assert [(c.measure, c.stage) for c in comparison.changes] == [
        (measure, stage) for measure in ("hit@1", "mrr@10") for stage in BEFORE
    ]
    assert comparison.questions == QUESTIONS


def test_a_change_has_means_difference_and_the_questions_with_both_ranks(comparison):
    found = change(comparison, "ensemble", "hit@1")
    assert (found.before, found.after) == (30 / 40, 38 / 40)
    assert found.test.difference == pytest.approx(8 / 40)
    assert found.won[-1] == Move("q30", None, 1)
    assert len(found.won) == 10
    assert found.lost == (Move("q0", 1, 2), Move("q1", 1, 2))


def test_p_values_are_corrected_over_all_stages_and_measures(comparison):
    """The two of the ensemble are the smallest of six."""
    p_values = sorted(c.test.p_randomisation for c in comparison.changes)
    found = [change(comparison, "ensemble", m) for m in ("hit@1", "mrr@10")]
    assert min(c.p_corrected for c in found) == pytest.approx(6 * p_values[0])
    assert max(c.p_corrected for c in found) == pytest.approx(5 * p_values[1])
    assert change(comparison, "bm25", "hit@1").p_corrected == 1.0


def test_what_else_differs_is_listed_and_what_is_the_same_is_not(comparison):
    assert comparison.differences == {
        "commit": ("aaa", "bbb"),
        "degraded: dense: slow": (None, 2),
        "reranker": (None, "x"),
    }


def test_stages_of_one_report_alone_are_named():
    ranks = {stage: BEFORE[stage] for stage in ("bm25", "ensemble")}
    found = compare(report_of(BEFORE), report_of({**ranks, "ensemble_rerank": BEFORE["bm25"]}))
    assert found.missing == ("embedding",)
    assert found.added == ("ensemble_rerank",)
    assert {c.stage for c in found.changes} == {"bm25", "ensemble"}


def test_reports_on_different_datasets_are_refused_and_both_are_named():
    other = dataset_of(30, name="other")
    with pytest.raises(
        NotComparable, match=r"ranked \(40 questions, \w{12}\) and other \(30 questions, \w{12}\)"
    ):
        compare(report_of(BEFORE), report_of({"bm25": [1] * 30}, dataset=other))


def test_questions_that_both_have_are_compared_on_explicit_request():
    found = compare(
        report_of(BEFORE),
        report_of({"ensemble": [1] * 31, "bm25": [1] * 31}, dataset=dataset_of(31)),
        shared_questions=True,
    )
    assert (found.questions, found.left_out) == (31, 9)
    assert change(found, "ensemble", "hit@1").before == pytest.approx(30 / 31)
    assert found.differences["dataset_hash"] == (
        dataset_of(40).hash,
        dataset_of(31).hash,
    )


def test_reports_without_a_common_stage_are_refused():
    before = report_of({"bm25": [1, 2]})
    with pytest.raises(NotComparable, match="no stage in common: bm25; embedding"):
        compare(before, report_of({"embedding": [1, 2]}))


def test_markdown_says_what_changed_and_shows_the_questions(comparison):
    text = comparison_to_markdown(comparison)
    assert "- hit@1: bm25 scores alike on each of 40 questions." in text
    assert "- hit@1: ensemble: no difference can be seen with 40 questions (+0.200 [" in text
    assert "| ensemble | hit@1 | 0.750 | 0.950 | +0.200 [" in text
    assert "corrected for 6 comparisons (Holm)" in text
    assert "| won | q39 | – | 1 |" in text
    assert "| lost | q0 | 1 | 2 |" in text
    assert "| commit | aaa | bbb |" in text
    assert "| reranker | not given | x |" in text


def test_a_change_beyond_chance_is_called_better_or_worse():
    good, bad = report_of(BEFORE), report_of({**BEFORE, "bm25": [0] * 40})
    assert "hit@1: bm25 is worse than before (-1.000 [" in comparison_to_markdown(
        compare(good, bad)
    )
    assert "hit@1: bm25 is better than before (+1.000 [" in comparison_to_markdown(
        compare(bad, good)
    )


def test_the_terminal_shows_the_same(comparison):
    console = Console(width=120)
    with console.capture() as captured:
        console.print(comparison_to_terminal(comparison))
    text = " ".join(captured.get().split())
    assert "hit@1: bm25 scores alike on each of 40 questions." in text
    assert "ensemble, hit@1, lost: q0 (1 → 2), q1 (1 → 2)" in text
    assert "ensemble, mrr@10, won: q39 (– → 1), q38 (– → 1)" in text
    assert "differs: commit: aaa → bbb" in text


def test_the_json_holds_everything(comparison):
    read = json.loads(comparison.to_json())
    assert read["format"] == "attest-comparison/1"
    ensemble = read["changes"][2]
    assert (ensemble["stage"], ensemble["measure"]) == ("ensemble", "hit@1")
    assert ensemble["lost"] == [
        {"id": "q0", "before": 1, "after": 2},
        {"id": "q1", "before": 1, "after": 2},
    ]
    assert read["differences"]["commit"] == ["aaa", "bbb"]
