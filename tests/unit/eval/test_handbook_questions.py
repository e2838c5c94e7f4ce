"""The questions on the handbook hold what they say of it."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from ingest.loaders.markdown import load_markdown

MINIMUM = {"en": 30, "zh": 30, "cross-lingual": 16, "unanswerable": 16}
GRADES = {"1", "2"}


@pytest.fixture(scope="module")
def folder(repository: Path) -> Path:
    return repository / "eval" / "questions" / "handbook"


@pytest.fixture(scope="module")
def queries(folder: Path) -> list[dict]:
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def qrels(folder: Path) -> list[dict[str, str]]:
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def pages(repository: Path) -> dict[str, str]:
    """Each page's plain text by the id that the ingester gives it."""
    root = repository / "docs" / "handbook"
    return {
        f"handbook/{path.relative_to(root).as_posix()}": load_markdown(path.read_bytes()).text
        for path in root.rglob("*.md")
    }


def references(query: dict) -> list[dict[str, str]]:
    return query["metadata"]["references"]


def page_languages(query: dict) -> set[str]:
    return {reference["document"].split("/")[1] for reference in references(query)}


def test_ids_are_unique_and_tell_the_language(queries: list[dict]) -> None:
    ids = [query["_id"] for query in queries]
    assert len(set(ids)) == len(ids)
    assert all(query["_id"].startswith(f"hb-{query['metadata']['lang']}-") for query in queries)


def test_no_question_is_asked_twice(queries: list[dict]) -> None:
    texts = [query["text"].casefold() for query in queries]
    assert len(set(texts)) == len(texts)


def test_every_kind_has_enough_questions(queries: list[dict]) -> None:
    found: Counter[str] = Counter()
    for query in queries:
        kind = query["metadata"]["kind"]
        found[query["metadata"]["lang"] if kind == "same-language" else kind] += 1
    assert found.keys() == MINIMUM.keys()
    assert {kind: found[kind] for kind in MINIMUM if found[kind] < MINIMUM[kind]} == {}


def test_unanswerable_and_cross_lingual_questions_are_asked_in_both_languages(
    queries: list[dict],
) -> None:
    for kind in ("cross-lingual", "unanswerable"):
        by_language = Counter(
            query["metadata"]["lang"] for query in queries if query["metadata"]["kind"] == kind
        )
        assert min(by_language["en"], by_language["zh"]) >= 6, kind


def test_every_quote_stands_once_in_its_page(queries: list[dict], pages: dict[str, str]) -> None:
    counts = {
        (query["_id"], reference["quote"]): pages[reference["document"]].count(reference["quote"])
        for query in queries
        for reference in references(query)
    }
    assert {where: count for where, count in counts.items() if count != 1} == {}


def test_answerable_questions_have_an_answer_and_a_quote(queries: list[dict]) -> None:
    for query in queries:
        if query["metadata"]["kind"] != "unanswerable":
            assert query["answers"], query["_id"]
            assert references(query), query["_id"]


def test_unanswerable_questions_have_neither_answer_nor_quote_nor_judgment(
    queries: list[dict], qrels: list[dict[str, str]]
) -> None:
    judged = {row["query-id"] for row in qrels}
    for query in queries:
        if query["metadata"]["kind"] == "unanswerable":
            assert query["answers"] == []
            assert references(query) == []
            assert query["_id"] not in judged


def test_the_pages_that_answer_are_in_the_language_that_the_kind_says(queries: list[dict]) -> None:
    for query in queries:
        language = query["metadata"]["lang"]
        if query["metadata"]["kind"] == "same-language":
            assert language in page_languages(query), query["_id"]
        if query["metadata"]["kind"] == "cross-lingual":
            assert page_languages(query) == {"en", "zh"} - {language}, query["_id"]


def test_judged_pages_of_a_cross_lingual_question_are_all_in_the_other_language(
    queries: list[dict], qrels: list[dict[str, str]]
) -> None:
    crossing = {
        query["_id"]: query["metadata"]["lang"]
        for query in queries
        if query["metadata"]["kind"] == "cross-lingual"
    }
    same_language = [
        (row["query-id"], row["corpus-id"])
        for row in qrels
        if row["corpus-id"].split("/")[1] == crossing.get(row["query-id"])
    ]
    assert same_language == []


def test_judgments_name_existing_questions_and_pages_once(
    queries: list[dict], qrels: list[dict[str, str]], pages: dict[str, str]
) -> None:
    pairs = [(row["query-id"], row["corpus-id"]) for row in qrels]
    assert len(set(pairs)) == len(pairs)
    assert {query_id for query_id, _ in pairs} <= {query["_id"] for query in queries}
    assert {page for _, page in pairs} <= pages.keys()
    assert {row["score"] for row in qrels} <= GRADES


def test_every_quoted_page_is_judged_and_one_answers_fully(
    queries: list[dict], qrels: list[dict[str, str]]
) -> None:
    grades: dict[str, dict[str, str]] = {}
    for row in qrels:
        grades.setdefault(row["query-id"], {})[row["corpus-id"]] = row["score"]
    for query in queries:
        if query["metadata"]["kind"] == "unanswerable":
            continue
        judged = grades.get(query["_id"], {})
        assert {reference["document"] for reference in references(query)} <= judged.keys()
        assert "2" in judged.values(), query["_id"]
