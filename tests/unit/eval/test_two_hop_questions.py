"""The questions over two documents hold what they say of them."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder(repository: Path) -> Path:
    return repository / "eval" / "questions" / "two_hop"


@pytest.fixture(scope="module")
def queries(folder: Path) -> list[dict]:
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def documents(folder: Path) -> dict[str, str]:
    found = (folder / "documents").rglob("*.*")
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in found}


def test_there_are_enough_of_both_kinds_and_languages(
    queries: list[dict], documents: dict[str, str]
) -> None:
    kinds = Counter(query["metadata"]["kind"] for query in queries)
    assert kinds["two-hop"] >= 40
    assert kinds["one-hop"] >= 20
    languages = Counter(query["metadata"]["lang"] for query in queries)
    assert min(languages["en"], languages["zh"]) >= 25
    assert len(documents) >= 24


def test_ids_and_texts_are_unique_and_halves_are_halves(queries: list[dict]) -> None:
    assert len({query["_id"] for query in queries}) == len(queries)
    assert len({query["text"].casefold() for query in queries}) == len(queries)
    halves = Counter((query["metadata"]["kind"], query["metadata"]["half"]) for query in queries)
    for kind in ("two-hop", "one-hop"):
        assert abs(halves[kind, "seen"] - halves[kind, "unseen"]) <= 2


def test_quotes_stand_in_their_documents_once(
    queries: list[dict], documents: dict[str, str]
) -> None:
    for query in queries:
        references = query["metadata"]["references"]
        assert len(references) == (1 if query["metadata"]["kind"] == "one-hop" else 2)
        for reference in references:
            assert documents[reference["document"]].count(reference["quote"]) == 1, query["_id"]


def test_the_last_reference_is_judged_to_answer_and_the_first_to_lead_there(
    folder: Path, queries: list[dict]
) -> None:
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    judged = {(row["query-id"], row["corpus-id"]): int(row["score"]) for row in rows}
    expected = {
        (query["_id"], reference["document"]): 2 if reference is references[-1] else 1
        for query in queries
        for references in [query["metadata"]["references"]]
        for reference in references
    }
    assert judged == expected


def test_no_document_holds_both_hops(queries: list[dict]) -> None:
    for query in queries:
        named = [reference["document"] for reference in query["metadata"]["references"]]
        assert len(set(named)) == len(named), query["_id"]
