import pytest

from app.answering.evidence import Evidence, Weights, measure_evidence

ASKED = frozenset(["who", "won", "the", "cup"])
PASSAGES = [frozenset(["the", "cup", "of", "tea"]), frozenset(["who", "won", "the", "match"])]


def test_the_best_of_each_measure_counts():
    evidence = measure_evidence(
        [ASKED],
        PASSAGES,
        nearness=[0.25, 0.5, 0.0],
        relevance=[0.2, 0.6],
        probability=[0.9, 0.1],
    )
    assert evidence == Evidence(nearness=0.5, relevance=0.6, coverage=0.75, probability=0.9)
    weights = Weights(nearness=0.4, relevance=0.2, coverage=0.2, probability=0.2)
    assert evidence.value(weights) == pytest.approx(0.2 + 0.12 + 0.15 + 0.18)


def test_the_default_weights_keep_evidence_within_one():
    assert Evidence(
        nearness=1.0, relevance=1.0, coverage=1.0, probability=1.0
    ).value() == pytest.approx(1.0)


def test_coverage_stands_for_all_where_the_embedder_is_out_of_reach():
    alone = measure_evidence([ASKED], PASSAGES, nearness=None, relevance=None, probability=None)
    assert alone.value() == pytest.approx(0.75)


def test_nearness_and_coverage_share_the_weight_of_a_relevance_that_is_not_known():
    weights = Weights(nearness=0.5, relevance=0.25, coverage=0.25)
    evidence = measure_evidence([ASKED], PASSAGES, nearness=[0.3], relevance=None, probability=None)
    assert evidence.value(weights) == pytest.approx((0.5 * 0.3 + 0.25 * 0.75) / 0.75)


def test_a_follow_up_is_covered_by_what_it_follows():
    follow_up = frozenset(["and", "tea"])
    both = follow_up | {"the", "cup"}
    alone = measure_evidence([follow_up], PASSAGES, nearness=[], relevance=[], probability=None)
    assert alone.coverage == 0.5
    assert (
        measure_evidence(
            [follow_up, both], PASSAGES, nearness=[], relevance=[], probability=None
        ).coverage
        == 0.75
    )


def test_nothing_found_is_no_evidence():
    assert measure_evidence([ASKED], [], nearness=[], relevance=[], probability=None).value() == 0.0
    assert (
        measure_evidence(
            [frozenset()], PASSAGES, nearness=[0.0], relevance=[0.0], probability=None
        ).value()
        == 0.0
    )
