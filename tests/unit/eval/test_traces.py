import pytest

from eval.errors import EvaluationError
from eval.metrics.measure import Measure
from eval.retrieval.traces import QuestionTrace, diff
from tests.unit.eval.ranked_reports import report_of

REPORT = report_of({
    "bm25": [1, 2, 0, 11, 3],
    "embedding": [4, 1, 1, 12, 3],
    "ensemble": [2, 1, 1, 12, 3],
})  # fmt: skip


def test_a_diff_lists_questions_won_and_lost_with_the_rank_on_every_stage():
    found = diff(REPORT, "ensemble", "bm25")
    assert (found.measure, found.stages) == ("mrr@10", ("bm25", "embedding", "ensemble"))
    assert found.won == (
        QuestionTrace("q2", {"bm25": None, "embedding": 1, "ensemble": 1}),
        QuestionTrace("q1", {"bm25": 2, "embedding": 1, "ensemble": 1}),
    )
    assert found.lost == (QuestionTrace("q0", {"bm25": 1, "embedding": 4, "ensemble": 2}),)


def test_moves_beyond_the_depth_of_the_measure_are_neither_won_nor_lost():
    """The fourth question falls from rank 11 to rank 12."""
    listed = diff(REPORT, "ensemble", "bm25")
    assert "q3" not in {trace.id for trace in (*listed.won, *listed.lost)}
    deeper = diff(REPORT, "ensemble", "bm25", Measure("mrr", 12))
    assert [trace.id for trace in deeper.lost] == ["q0", "q3"]


def test_the_measure_decides_what_is_won():
    found = diff(REPORT, "ensemble", "embedding", Measure("hit", 3))
    assert [trace.id for trace in found.won] == ["q0"]
    assert found.lost == ()


def test_a_stage_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(EvaluationError, match='no stage "dense"; there are bm25, embedding, ens'):
        diff(REPORT, "dense", "bm25")
