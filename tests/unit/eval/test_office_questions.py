"""The questions of the office hold what they say of its documents.

The unseen half is checked as the other, and a failure names ids and never a text of it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from app.errors import DocumentRejected
from eval.answers.outcomes.matching import fold, holds
from eval.datasets.beir import read_dataset
from eval.datasets.dataset import Corpus, Dataset, EvalDocument, EvalQuery
from ingest.loaders.registry import load
from ingest.sources.documents import documents as opened
from ingest.sources.found_files import find_files
from ingest.sources.model import Source
from tests.unit.ingest.expanding import expand

KINDS = frozenset(
    {
        "compare", "count", "cross-lingual", "date", "fact", "follow-up", "identifier", "keywords",
        "list", "misspelt", "multi-part", "negation", "procedure", "rambling", "table",
        "unanswerable", "version", "yes-no",
    }
)  # fmt: skip
LEAST_OF_A_KIND = 16
LEAST_UNANSWERABLE = 100
MOST_BETWEEN_HALVES = 0.15
"""Share of a kind's questions by which its halves may differ in size, beside one question."""


@pytest.fixture(scope="module")
def folder(repository: Path) -> Path:
    return repository / "eval" / "questions" / "office"


@pytest.fixture(scope="module")
def dataset(folder: Path) -> Dataset:
    """The set over its documents as the loaders read them."""
    found = find_files([folder / "documents"], max_bytes=10_000_000)
    documents = [document_of(source) for source in opened(found.files, expand)]
    corpus = Corpus("office", {document.id: document for document in documents})
    return read_dataset(folder, corpus=corpus)


def document_of(source: Source) -> EvalDocument:
    """A document; an empty one of its name where it can't be read."""
    try:
        document = source.load(load)
    except DocumentRejected:
        return EvalDocument(source.name, "", "")
    return EvalDocument(document.id, document.title, document.text)


@pytest.fixture(scope="module")
def questions(dataset: Dataset) -> list[EvalQuery]:
    return [*dataset.queries.values(), *dataset.unanswerable.values()]


def test_there_are_enough_documents_and_questions_in_both_languages(
    folder: Path, dataset: Dataset, questions: list[EvalQuery]
) -> None:
    assert sum(path.is_file() for path in folder.glob("documents/**/*")) >= 60
    assert len(questions) >= 240
    languages = Counter(query.lang for query in questions)
    assert languages.keys() == {"en", "zh"}
    assert min(languages.values()) >= 100
    assert len(dataset.unanswerable) >= LEAST_UNANSWERABLE


def test_ids_are_of_the_set(questions: list[EvalQuery]) -> None:
    strange = [query.id for query in questions if not query.id.startswith("office-")]
    assert strange == []


def test_no_question_is_asked_twice(questions: list[EvalQuery]) -> None:
    ids = defaultdict(list)
    for query in questions:
        ids[query.text.casefold().strip(), query.history].append(query.id)
    assert [same for same in ids.values() if len(same) > 1] == []


def test_every_kind_is_there_often_enough(questions: list[EvalQuery]) -> None:
    found = Counter(query.kind for query in questions)
    assert found.keys() == KINDS
    assert {kind: n for kind, n in found.items() if n < LEAST_OF_A_KIND} == {}


def test_the_halves_of_each_kind_and_language_are_alike(questions: list[EvalQuery]) -> None:
    sizes = Counter((query.kind, query.half) for query in questions)
    by_language = Counter((query.lang, query.half) for query in questions)
    assert {query.half for query in questions} == {"seen", "unseen"}
    for counts in (sizes, by_language):
        for name in {name for name, _ in counts}:
            seen, unseen = counts[name, "seen"], counts[name, "unseen"]
            assert abs(seen - unseen) <= 1 + MOST_BETWEEN_HALVES * (seen + unseen), name


def test_what_has_an_answer_says_what_it_holds_and_has_a_document_that_answers(
    dataset: Dataset,
) -> None:
    assert [query.id for query in dataset.queries.values() if not query.must_hold] == []
    assert [query.id for query in dataset.queries.values() if not query.answers] == []
    assert [id_ for id_, grades in dataset.qrels.items() if 2 not in grades.values()] == []
    assert {grade for grades in dataset.qrels.values() for grade in grades.values()} <= {1, 2}


def test_what_has_none_says_nothing_of_one(dataset: Dataset) -> None:
    saying = [
        query.id
        for query in dataset.unanswerable.values()
        if query.answers or query.must_hold or query.references
    ]
    assert saying == []


def test_every_group_that_must_be_held_stands_in_a_judged_document(dataset: Dataset) -> None:
    texts = {id_: fold(f"{d.title}\n{d.text}") for id_, d in dataset.documents.items()}
    missing = [
        (query.id, n)
        for query in dataset.queries.values()
        for n, group in enumerate(query.must_hold)
        if all(dataset.documents[id_].text for id_ in dataset.qrels[query.id])
        and not any(holds(texts[id_], text) for id_ in dataset.qrels[query.id] for text in group)
    ]
    assert missing == []


def test_nearly_all_judged_documents_can_be_read(dataset: Dataset) -> None:
    unread = [
        id_
        for id_, grades in dataset.qrels.items()
        if not all(dataset.documents[document].text for document in grades)
    ]
    assert len(unread) <= 2


def test_no_right_answer_holds_what_it_must_not(dataset: Dataset) -> None:
    contradictory = [
        query.id
        for query in dataset.queries.values()
        if any(
            holds(fold(alternative), forbidden)
            for forbidden in query.must_not_hold
            for group in query.must_hold
            for alternative in group
        )
    ]
    assert contradictory == []


def test_no_question_holds_all_of_its_answer(dataset: Dataset) -> None:
    """Otherwise whoever repeats the question is right."""
    echoes = [
        query.id
        for query in dataset.queries.values()
        if all(any(holds(fold(query.text), t) for t in group) for group in query.must_hold)
    ]
    assert echoes == []


def test_a_follow_up_has_something_to_follow(questions: list[EvalQuery]) -> None:
    lost = [query.id for query in questions if query.kind == "follow-up" and not query.history]
    assert lost == []


def test_the_readme_counts_what_is_there(folder: Path, questions: list[EvalQuery]) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    counts = Counter((query.kind, query.lang) for query in questions)
    for kind in KINDS:
        assert f"| `{kind}` | {counts[kind, 'en']} | {counts[kind, 'zh']} |" in readme, kind
    files = sum(path.is_file() for path in folder.glob("documents/**/*"))
    assert f"{files} files" in readme


def test_every_line_is_written_alike(folder: Path) -> None:
    fields = {"_id", "text", "answers", "metadata"}
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line).keys() == fields for line in lines)
