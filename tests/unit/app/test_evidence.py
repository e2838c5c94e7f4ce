import pytest

from app.answering.evidence import Evidence, Weights, measure_evidence

ASKED = frozenset(["who", "won", "the", "cup"])
PASSAGES = [frozenset(["the", "cup", "of", "tea"]), frozenset(["who", "won", "the", "match"])]


def test_the_nearest_chunk_the_best_sentence_and_the_passage_with_most_terms_count():
    evidence = measure_evidence([ASKED], PASSAGES, nearness=[0.25, 0.5, 0.0], relevance=[0.2, 0.6])
    assert evidence == Evidence(nearness=0.5, relevance=0.6, coverage=0.75)
    weights = Weights(nearness=0.5, relevance=0.25, coverage=0.25)
    assert evidence.value(weights) == pytest.approx(0.25 + 0.15 + 0.1875)


def test_the_default_weights_keep_evidence_within_one():
    assert Evidence(nearness=1.0, relevance=1.0, coverage=1.0).value() == pytest.approx(1.0)


def test_coverage_stands_for_all_where_the_embedder_is_out_of_reach():
    alone = measure_evidence([ASKED], PASSAGES, nearness=None, relevance=None)
    assert alone.value() == pytest.approx(0.75)


def test_nearness_and_coverage_share_the_weight_of_a_relevance_that_is_not_known():
    weights = Weights(nearness=0.5, relevance=0.25, coverage=0.25)
    evidence = measure_evidence([ASKED], PASSAGES, nearness=[0.3], relevance=None)
    assert evidence.value(weights) == pytest.approx((0.5 * 0.3 + 0.25 * 0.75) / 0.75)


def test_a_follow_up_is_covered_by_what_it_follows():
    follow_up = frozenset(["and", "tea"])
    both = follow_up | {"the", "cup"}
    alone = measure_evidence([follow_up], PASSAGES, nearness=[], relevance=[])
    assert alone.coverage == 0.5
    assert measure_evidence([follow_up, both], PASSAGES, nearness=[], relevance=[]).coverage == 0.75


def test_nothing_found_is_no_evidence():
    assert measure_evidence([ASKED], [], nearness=[], relevance=[]).value() == 0.0
    assert measure_evidence([frozenset()], PASSAGES, nearness=[0.0], relevance=[0.0]).value() == 0.0
