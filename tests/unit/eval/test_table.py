import pytest

from eval.errors import InvalidRun, QueryMismatch
from eval.metrics.measure import Measure
from eval.retrieval.runs import Run
from eval.retrieval.table import build_table

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
    assert bm25["hit@1"].mean == 1 / 4
    assert bm25["hit@3"].mean == 3 / 4
    assert bm25["mrr@3"].mean == pytest.approx((1 + 1 / 2 + 1 / 3) / 4)


def test_rows_keep_the_order_of_the_runs_and_columns_ascend(table):
    assert [row.stage for row in table.rows] == ["bm25", "embedding", "ensemble"]
    assert table.ks == (1, 3)
    assert table.queries == ("q1", "q2", "q3", "q4")


def test_reports_hold_further_measures_beside_the_columns(table):
    assert set(table.row("bm25").cells) == {
        "hit@1", "hit@3", "mrr@1", "mrr@3",
        "mrr@10", "ndcg@10", "recall@10", "recall@100", "precision@10", "map@100",
    }  # fmt: skip


def test_every_mean_lies_in_its_interval(table):
    for row in table.rows:
        for cell in row.cells.values():
            assert cell.interval.low <= cell.mean <= cell.interval.high


def test_rows_keep_the_rank_of_the_first_relevant_document_of_each_query(table):
    assert table.row("bm25").ranks == (1, 2, 3, None)
    assert table.row("embedding").ranks == (2, 1, 1, 4)
    assert table.row("ensemble").ranks == (1, 1, 1, 2)


def test_verdicts_are_given_on_hit_rate_at_the_smallest_k_and_mrr_at_the_largest(table):
    assert table.headline() == (Measure("hit", 1), Measure("mrr", 3))


def test_every_stage_is_compared_with_the_route_that_is_best_on_the_measure(table):
    """bm25 has 1/4 and 11/24, the embedding 2/4 and 5/8 of hits at 1 and reciprocal ranks."""
    assert [(item.measure, item.stage, item.baseline) for item in table.comparisons] == [
        ("hit@1", "bm25", "embedding"),
        ("hit@1", "ensemble", "embedding"),
        ("mrr@3", "bm25", "embedding"),
        ("mrr@3", "ensemble", "embedding"),
    ]


def test_of_two_routes_that_are_equal_the_first_is_the_baseline():
    found = build_table(
        [BM25, run("copy", "a", "xb", "xyc", "")], QRELS, routes=["bm25", "copy"], ks=[1]
    )
    assert {(item.stage, item.baseline) for item in found.comparisons} == {("copy", "bm25")}


def test_a_further_combination_is_also_compared_with_the_one_that_it_builds_on():
    reranked = run("ensemble_rerank", "a", "b", "c", "d")
    found = build_table([BM25, ENSEMBLE, reranked], QRELS, routes=["bm25"], ks=[1])
    assert [(item.stage, item.baseline) for item in found.comparisons][:3] == [
        ("ensemble", "bm25"),
        ("ensemble_rerank", "bm25"),
        ("ensemble_rerank", "ensemble"),
    ]
    assert found.combinations == ("ensemble", "ensemble_rerank")


def test_a_comparison_counts_the_queries_won_and_lost(table):
    """The fourth question moves from rank 4, beyond the depth of 3, to rank 2."""
    found = table.comparisons[-1]
    assert (found.won, found.lost) == (2, 0)
    assert found.test.difference == pytest.approx((1 / 2 + 1 / 2) / 4)


def test_p_values_are_corrected_for_the_number_of_comparisons_in_the_table():
    """Of 40 questions the ensemble wins 10 and loses none: p is about 2/2^10 for both measures.

    Two of two comparisons have the same p, so Holm doubles the smaller and keeps both equal.
    """
    qrels = {f"q{n}": {"d": 1} for n in range(1, 41)}
    bm25 = run("bm25", *["d"] * 30, *["x"] * 10)
    found = build_table(
        [bm25, run("ensemble", *["d"] * 40)], qrels, routes=["bm25"], ks=[1]
    ).comparisons
    assert [item.test.p_randomisation for item in found] == [found[0].test.p_randomisation] * 2
    assert found[0].test.p_randomisation == pytest.approx(2 / 2**10, abs=0.0015)
    assert [item.p_corrected for item in found] == [2 * found[0].test.p_randomisation] * 2


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
