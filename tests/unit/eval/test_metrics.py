"""Each formula against values worked out by hand."""

import math

import pytest

from eval.metrics.average_precision import average_precision
from eval.metrics.hit_rate import hit_rate
from eval.metrics.measure import METRICS, Measure
from eval.metrics.ndcg import ndcg
from eval.metrics.precision import precision
from eval.metrics.recall import recall
from eval.metrics.reciprocal_rank import reciprocal_rank

RANKING = ["a", "b", "c", "d", "e"]
JUDGMENTS = {"b": 1, "d": 2, "x": 1, "c": 0, "e": -1}
"""Relevant at ranks 2 and 4, and one relevant document that was not found."""


@pytest.mark.parametrize(("k", "expected"), [(1, 0.0), (2, 1.0), (5, 1.0), (50, 1.0)])
def test_hit_rate_is_one_from_the_rank_of_the_first_relevant_document_on(k, expected):
    assert hit_rate(RANKING, JUDGMENTS, k) == expected


@pytest.mark.parametrize(("k", "expected"), [(1, 0.0), (2, 1 / 2), (5, 1 / 2)])
def test_reciprocal_rank_is_zero_where_the_first_relevant_document_is_below_the_cut(k, expected):
    assert reciprocal_rank(RANKING, JUDGMENTS, k) == expected


@pytest.mark.parametrize(("k", "expected"), [(1, 0.0), (3, 1 / 3), (4, 2 / 3), (50, 2 / 3)])
def test_recall_divides_by_all_relevant_documents(k, expected):
    assert recall(RANKING, JUDGMENTS, k) == pytest.approx(expected)


@pytest.mark.parametrize(("k", "expected"), [(1, 0.0), (2, 1 / 2), (4, 2 / 4), (10, 2 / 10)])
def test_precision_divides_by_k_even_where_fewer_are_ranked(k, expected):
    assert precision(RANKING, JUDGMENTS, k) == expected


@pytest.mark.parametrize(
    ("k", "expected"),
    [(1, 0.0), (2, (1 / 2) / 3), (4, (1 / 2 + 2 / 4) / 3), (50, (1 / 2 + 2 / 4) / 3)],
)
def test_average_precision_counts_relevant_documents_beyond_the_cut_as_missed(k, expected):
    assert average_precision(RANKING, JUDGMENTS, k) == pytest.approx(expected)


def test_ndcg_has_linear_gain_and_a_base_two_logarithm():
    gained = 1 / math.log2(3) + 2 / math.log2(5)
    ideal = 2 / math.log2(2) + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(RANKING, JUDGMENTS, 5) == pytest.approx(gained / ideal)


def test_ndcg_cuts_the_ideal_ranking_at_the_same_depth():
    assert ndcg(["b"], {"b": 1, "d": 2}, 1) == pytest.approx(1 / 2)


@pytest.mark.parametrize("name", METRICS)
def test_a_negative_grade_counts_as_a_grade_of_zero(name):
    negative, zero = {"a": -2, "b": 1, "c": 2}, {"a": 0, "b": 1, "c": 2}
    measure = Measure(name, 3)
    assert measure.score(["a", "b"], negative) == measure.score(["a", "b"], zero)
    assert measure.score(["a"], {"a": -2}) == 0.0


@pytest.mark.parametrize("name", METRICS)
def test_a_perfect_ranking_scores_one_and_an_empty_one_zero(name):
    judgments = {"a": 1, "b": 1}
    assert Measure(name, 2).score(["a", "b"], judgments) == 1.0
    assert Measure(name, 2).score([], judgments) == 0.0


@pytest.mark.parametrize("name", METRICS)
def test_a_query_without_relevant_documents_scores_zero(name):
    assert Measure(name, 2).score(["a", "b"], {"a": 0}) == 0.0


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_ranking_that_names_an_id_twice_is_refused(metric):
    with pytest.raises(ValueError, match="twice"):
        metric(["a", "b", "a"], {"a": 1}, 1)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_cut_above_the_first_rank_is_refused(metric):
    with pytest.raises(ValueError, match="not at 0"):
        metric(["a"], {"a": 1}, 0)


def test_a_measure_is_labelled_by_its_metric_and_depth():
    assert Measure("hit", 3).label == "hit@3"


@pytest.mark.parametrize(("metric", "k"), [("hits", 1), ("hit", 0)])
def test_a_measure_that_does_not_exist_is_refused(metric, k):
    with pytest.raises(ValueError, match=r"no metric|1 or more"):
        Measure(metric, k)
