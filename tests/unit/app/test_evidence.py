import pytest

from app.answering.evidence import NEARNESS_WEIGHT, Evidence, measure_evidence

ASKED = frozenset(["who", "won", "the", "cup"])
PASSAGES = [frozenset(["the", "cup", "of", "tea"]), frozenset(["who", "won", "the", "match"])]


def test_the_nearest_chunk_and_the_passage_with_most_terms_count():
    evidence = measure_evidence([ASKED], PASSAGES, nearness=[0.25, 0.5, 0.0])
    assert evidence == Evidence(nearness=0.5, coverage=0.75)
    assert evidence.value == pytest.approx(NEARNESS_WEIGHT * 0.5 + (1 - NEARNESS_WEIGHT) * 0.75)


def test_coverage_stands_for_both_where_the_embedder_is_out_of_reach():
    assert measure_evidence([ASKED], PASSAGES, nearness=None).value == 0.75


def test_a_follow_up_is_covered_by_what_it_follows():
    follow_up = frozenset(["and", "tea"])
    assert measure_evidence([follow_up], PASSAGES, nearness=[]).coverage == 0.5
    both = follow_up | {"the", "cup"}
    assert measure_evidence([follow_up, both], PASSAGES, nearness=[]).coverage == 0.75


def test_nothing_found_is_no_evidence():
    assert measure_evidence([ASKED], [], nearness=[]).value == 0.0
    assert measure_evidence([frozenset()], PASSAGES, nearness=[0.0]).value == 0.0
