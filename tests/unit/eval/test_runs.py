import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.errors import InvalidRun
from eval.runs import Run, collapse, load_run, save_run

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


def test_a_saved_run_is_read_back_equal(tmp_path):
    run = Run("嵌入", {"q2": (("文", 0.1 + 0.2), ("d", -1e-300)), "q1": ()})
    save_run(run, tmp_path / "cache" / "run.json")
    assert load_run(tmp_path / "cache" / "run.json") == run


def test_saving_the_same_run_writes_the_same_bytes_and_nothing_else(tmp_path):
    for name, order in (("a.json", ["q1", "q2"]), ("b.json", ["q2", "q1"])):
        save_run(Run("bm25", dict.fromkeys(order, (("d", 1.0),))), tmp_path / name)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "b.json"]


@pytest.mark.parametrize(
    "ranking",
    [(("d", 1.0), ("d", 0.5)), (("d", math.nan),), (("d", math.inf),)],
    ids=["twice", "nan", "infinite"],
)
def test_a_run_that_could_not_be_scored_rightly_is_refused(ranking):
    with pytest.raises(InvalidRun, match='"q1"'):
        Run("bm25", {"q1": ranking})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": "attest-run/1", "stage": "bm25"}',
        '{"format": "attest-run/0", "stage": "bm25", "rankings": {}}',
        '{"format": "attest-run/1", "stage": "bm25", "rankings": {"q": [["d"]]}}',
    ],
)
def test_a_file_that_is_not_a_run_is_refused_by_name(tmp_path, text):
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidRun, match=r"run\.json"):
        load_run(tmp_path / "run.json")
