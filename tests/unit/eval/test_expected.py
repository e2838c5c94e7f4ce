"""What a dataset may say of right answers, and that what is malformed is refused by its place."""

import json

import pytest

from app.domain.questions import Turn
from eval.datasets.beir import read_dataset
from eval.errors import InvalidDataset


@pytest.fixture
def read(tmp_path):
    """Reads a dataset whose one question has this metadata; a kind makes it unanswerable."""

    def made(metadata, *, answers=()):
        rows = [
            {"_id": "q1", "text": "Why?", "answers": list(answers), "metadata": metadata},
            {"_id": "q2", "text": "How?"},
        ]
        judged = ["q2"] if metadata.get("kind") == "unanswerable" else ["q1", "q2"]
        lines = "".join(f"{id_}\td1\t1\n" for id_ in judged)
        (tmp_path / "corpus.jsonl").write_text('{"_id": "d1", "text": "So."}\n', "utf-8")
        (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
        (tmp_path / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{lines}", "utf-8")
        dataset = read_dataset(tmp_path)
        return {**dataset.queries, **dataset.unanswerable}["q1"]

    return made


def test_groups_of_alternatives_a_history_and_a_half_are_read(read):
    query = read(
        {
            "must_hold": [["30 days", "三十天"], ["paid"]],
            "must_not_hold": ["25 days"],
            "history": [
                {"role": "user", "content": "Who?"},
                {"role": "assistant", "content": "We."},
            ],
            "half": "unseen",
            "near": "the leave of another country",
        }
    )
    assert query.must_hold == (("30 days", "三十天"), ("paid",))
    assert query.must_not_hold == ("25 days",)
    assert query.history == (Turn("user", "Who?"), Turn("assistant", "We."))
    assert query.half == "unseen"
    assert query.metadata["near"] == "the leave of another country"


def test_all_of_it_may_be_absent_null_or_empty(read):
    for metadata in (
        {},
        {"must_hold": None, "must_not_hold": None, "history": None, "half": None},
        {"must_hold": [], "must_not_hold": [], "history": [], "half": ""},
    ):
        query = read(metadata)
        assert (query.must_hold, query.must_not_hold, query.history, query.half) == (
            (),
            (),
            (),
            "",
        )


@pytest.mark.parametrize(
    "value", ["30 days", ["30 days"], [[]], [["a"], []], [[""]], [[" "]], [["a", 5]], {"a": ["b"]}]
)
def test_groups_of_another_form_are_refused(read, value):
    with pytest.raises(
        InvalidDataset, match=r'queries\.jsonl:1: "must_hold" must be a list of non-empty lists of'
    ):
        read({"must_hold": value})


@pytest.mark.parametrize("value", ["25 days", [""], [5], [["a"]], {}])
def test_what_must_not_be_held_is_a_list_of_strings(read, value):
    with pytest.raises(InvalidDataset, match='"must_not_hold" must be a list of non-empty strings'):
        read({"must_hold": [["a"]], "must_not_hold": value})


@pytest.mark.parametrize(
    "value",
    [
        "Who?",
        ["Who?"],
        [{"role": "system", "content": "x"}],
        [{"role": "user"}],
        [{"role": "user", "content": " "}],
        [{"role": "user", "content": 5}],
    ],
)
def test_a_history_of_another_form_is_refused(read, value):
    with pytest.raises(InvalidDataset, match='"history" must be a list of objects with a "role"'):
        read({"history": value})


def test_there_are_two_halves(read):
    with pytest.raises(InvalidDataset, match='"half" must be seen or unseen, not "first"'):
        read({"half": "first"})


def test_no_answer_can_be_right_where_there_is_none(read):
    with pytest.raises(InvalidDataset, match='query "q1" is unanswerable, so that no answer can'):
        read({"kind": "unanswerable", "must_hold": [["a"]]})
    assert read({"kind": "unanswerable", "must_not_hold": ["a"]}).must_not_hold == ("a",)


def test_what_is_forbidden_alone_makes_no_answer_right(read):
    with pytest.raises(InvalidDataset, match=r'neither by "must_hold" nor by "answers"'):
        read({"must_not_hold": ["a"]})
    assert read({"must_not_hold": ["a"]}, answers=["b"]).answers == ("b",)
