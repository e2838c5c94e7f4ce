import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.errors import InvalidRun
from eval.retrieval.runs import Run, collapse

HITS = [("d2", 9.0), ("d1", 8.0), ("d2", 7.5), ("d3", 7.0), ("d1", 0.1)]


def test_a_document_takes_the_place_and_the_score_of_its_best_chunk():
    assert collapse(HITS) == (("d2", 9.0), ("d1", 8.0), ("d3", 7.0))


def test_collapsing_nothing_gives_nothing():
    assert collapse([]) == ()


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.floats(-5, 5))))
def test_collapsing_keeps_each_document_once_and_the_maximum_of_a_sorted_list(hits):
    hits.sort(key=lambda hit: -hit[1])
    collapsed = collapse(hits)
    assert dict(collapsed) == {
        id_: max(score for other, score in hits if other == id_) for id_ in {id_ for id_, _ in hits}
    }
    assert [score for _, score in collapsed] == sorted((s for _, s in collapsed), reverse=True)
    assert collapse(collapsed) == collapsed


def test_a_run_gives_its_ids_in_order():
    run = Run("bm25", {"q1": collapse(HITS), "q2": ()})
    assert run.document_ids() == {"q1": ["d2", "d1", "d3"], "q2": []}


@pytest.mark.parametrize(
    "ranking",
    [(("d", 1.0), ("d", 0.5)), (("d", math.nan),), (("d", math.inf),)],
    ids=["twice", "nan", "infinite"],
)
def test_a_run_that_could_not_be_scored_rightly_is_refused(ranking):
    with pytest.raises(InvalidRun, match='"q1"'):
        Run("bm25", {"q1": ranking})
