import pytest

from eval.errors import QueryMismatch
from eval.metrics.aggregate import mean_over_queries, score_queries
from eval.metrics.measure import Measure

QRELS = {"q1": {"a": 1}, "q2": {"b": 1}, "q3": {"c": 1}}
MRR = Measure("mrr", 10)


def test_each_query_is_scored_in_the_order_of_the_judgments():
    scores = score_queries(MRR, {"q3": ["c"], "q2": ["x", "b"], "q1": ["a"]}, QRELS)
    assert list(scores.items()) == [("q1", 1.0), ("q2", 0.5), ("q3", 1.0)]


def test_a_judged_query_with_no_results_counts_zero_in_the_mean():
    scores = score_queries(MRR, {"q1": ["a"], "q2": [], "q3": ["x", "c"]}, QRELS)
    assert mean_over_queries(scores, QRELS) == pytest.approx((1 + 0 + 0.5) / 3)


def test_a_judged_query_that_was_never_asked_raises_and_is_named():
    with pytest.raises(QueryMismatch, match="not in the results: q3"):
        score_queries(MRR, {"q1": ["a"], "q2": []}, QRELS)


def test_a_query_that_is_not_judged_raises_and_is_named():
    rankings = {"q1": [], "q2": [], "q3": [], "q4": ["a"]}
    with pytest.raises(QueryMismatch, match="not judged: q4"):
        score_queries(MRR, rankings, QRELS)


def test_a_long_list_of_unmatched_queries_is_cut_short_in_the_message():
    rankings = {**dict.fromkeys(QRELS, ()), **{f"x{n}": () for n in range(9)}}
    with pytest.raises(QueryMismatch, match=r"x0, x1, x2, x3, x4, … \(9 in all\)"):
        score_queries(MRR, rankings, QRELS)


def test_the_mean_refuses_scores_of_other_queries():
    scores = {"q1": 1.0, "q8": 1.0, "q9": 1.0}
    with pytest.raises(QueryMismatch):
        mean_over_queries(scores, ["q1", "q2"])


def test_the_mean_over_no_queries_is_refused():
    with pytest.raises(QueryMismatch, match="no judged query"):
        mean_over_queries({}, [])
