from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.datasets.dataset import Dataset, EvalDocument, EvalQuery
from eval.errors import InvalidDataset
from train.mining.training_pairs import Pair, by_source, pairs_of, read_pairs


def test_pairs_are_read_with_their_source_or_the_name_of_the_file(tmp_path: Path) -> None:
    rows = [
        {"query": "q1", "positive": "p1", "title": "t", "source": "wiki", "lang": "zh"},
        {"query": "q2", "positive": "p2"},
    ]
    file = tmp_path / "own.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    assert read_pairs(file) == [
        Pair("q1", "p1", title="t", source="wiki", language="zh"),
        Pair("q2", "p2", source="own"),
    ]


def test_a_pair_without_a_passage_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text('{"query": "q", "positive": "p"}\n{"query": "q", "positive": " "}')
    with pytest.raises(InvalidDataset, match=r'own.jsonl:2: "positive" must be a non-empty'):
        read_pairs(file)


def test_every_relevant_document_of_a_question_makes_a_pair() -> None:
    documents = {id_: EvalDocument(id_, f"title {id_}", f"text {id_}") for id_ in "abc"}
    dataset = Dataset(
        name="set",
        documents=documents,
        queries={"q": EvalQuery("q", "what?", lang="en")},
        qrels={"q": {"a": 2, "b": 0, "c": 1}},
    )
    assert pairs_of(dataset) == [
        Pair("what?", "text a", title="title a", source="set", language="en"),
        Pair("what?", "text c", title="title c", source="set", language="en"),
    ]


def test_sources_keep_their_order() -> None:
    pairs = [Pair("1", "p", source="b"), Pair("2", "p", source="a"), Pair("3", "p", source="b")]
    assert {name: [p.query for p in own] for name, own in by_source(pairs).items()} == {
        "b": ["1", "3"],
        "a": ["2"],
    }
