import pytest

from eval.errors import InvalidRun, QueryMismatch
from eval.runs import Run
from eval.table import build_table

QRELS = {"q1": {"a": 1}, "q2": {"b": 1}, "q3": {"c": 1}, "q4": {"d": 1}}


def run(stage, *rankings):
    """A run over q1, q2, … of rankings given as strings of one-letter ids."""
    return Run(
        stage,
        {
            f"q{n}": tuple((id_, -float(rank)) for rank, id_ in enumerate(ranking))
            for n, ranking in enumerate(rankings, start=1)
        },
    )


BM25 = run("bm25", "a", "xb", "xyc", "")
EMBEDDING = run("embedding", "xa", "b", "c", "xyzd")
ENSEMBLE = run("ensemble", "a", "b", "c", "xd")


@pytest.fixture
def table():
    return build_table([BM25, EMBEDDING, ENSEMBLE], QRELS, routes=["bm25", "embedding"], ks=[3, 1])


def test_cells_are_means_over_the_judged_queries(table):
    bm25 = table.row("bm25").cells
    assert bm25["hit@1"].scores == (1.0, 0.0, 0.0, 0.0)
    assert bm25["hit@1"].mean == 1 / 4
    assert bm25["hit@3"].mean == 3 / 4
    assert bm25["mrr@3"].scores == (1.0, 1 / 2, pytest.approx(1 / 3), 0.0)
    assert bm25["mrr@3"].mean == pytest.approx((1 + 1 / 2 + 1 / 3) / 4)


def test_rows_keep_the_order_of_the_runs_and_columns_ascend(table):
    assert [row.stage for row in table.rows] == ["bm25", "embedding", "ensemble"]
    assert table.ks == (1, 3)
    assert table.queries == ("q1", "q2", "q3", "q4")


def test_reports_hold_further_measures_beside_the_columns(table):
    assert set(table.row("bm25").cells) == {
        "hit@1", "hit@3", "mrr@1", "mrr@3",
        "mrr@10", "ndcg@10", "recall@10", "recall@100", "map@100",
    }  # fmt: skip


def test_every_mean_lies_in_its_interval(table):
    for row in table.rows:
        for cell in row.cells.values():
            assert cell.interval.low <= cell.mean <= cell.interval.high


def test_each_measure_is_compared_with_the_route_that_is_best_on_it(table):
    """The embedding is best at 1; at 3 both find three, and the first route stands."""
    best = {found.measure: found.route for found in table.comparisons}
    assert best["hit@1"] == "embedding"
    assert best["hit@3"] == "bm25"


def test_a_comparison_counts_the_queries_won_and_lost(table):
    (found,) = (
        found
        for found in table.comparisons
        if (found.stage, found.measure) == ("ensemble", "mrr@10")
    )
    assert found.route == "embedding"
    assert (found.won, found.lost) == (2, 0)
    assert found.test.difference == pytest.approx((1 / 2 + (1 / 2 - 1 / 4)) / 4)


def test_the_weaker_route_is_compared_too(table):
    assert ("bm25", "embedding") in {
        (found.stage, found.route) for found in table.comparisons if found.measure == "hit@1"
    }


def test_verdicts_are_given_on_hit_rate_at_the_smallest_k_and_mrr_at_the_largest(table):
    assert table.headline() == ("hit@1", "mrr@3")


def test_a_row_that_is_not_there_is_a_key_error(table):
    with pytest.raises(KeyError, match="rerank"):
        table.row("rerank")


@pytest.mark.parametrize(
    ("runs", "routes"),
    [
        pytest.param([BM25, BM25], ["bm25"], id="a stage twice"),
        pytest.param([BM25], ["bm25", "embedding"], id="a route without a run"),
        pytest.param([BM25], [], id="no route"),
    ],
)
def test_stages_and_routes_that_do_not_fit_are_refused(runs, routes):
    with pytest.raises(InvalidRun, match="bm25"):
        build_table(runs, QRELS, routes=routes, ks=[1])


def test_a_run_over_other_queries_is_refused():
    with pytest.raises(QueryMismatch, match="q4"):
        build_table([run("bm25", "a", "b", "c")], QRELS, routes=["bm25"], ks=[1])


def test_a_table_without_a_depth_is_refused():
    with pytest.raises(ValueError, match="at least one k"):
        build_table([BM25], QRELS, routes=["bm25"], ks=[])
