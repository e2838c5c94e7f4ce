"""Reads datasets in BEIR's layout and refuses what would give wrong scores.

::

    corpus.jsonl                  {"_id", "title"?, "text", "metadata"?}
    queries.jsonl                 {"_id", "text", "answers"?: [str], "metadata"?: {"kind"?, "lang"?,
                                   "synthetic"?: bool,
                                   "references"?: [{"document": id, "quote": str}],
                                   what `eval.datasets.expected` reads, …}}
    queries_unanswerable.jsonl    the same, without judgments (optional)
    qrels.tsv or qrels/test.tsv   query id, document id, grade; below a header

Unanswerable queries may also stand in ``queries.jsonl`` with ``metadata.kind: "unanswerable"``.
A folder of questions has no ``corpus.jsonl``: its documents are in a collection and are passed in.

Source: N. Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information
Retrieval Models", NeurIPS Datasets and Benchmarks 2021.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final, Literal

from eval.datasets.dataset import Corpus, Dataset, EvalDocument, EvalQuery, Reference
from eval.datasets.expected import read_half, read_history, read_must_hold, read_must_not_hold
from eval.datasets.rows import Row, read_lines, read_rows
from eval.errors import InvalidDataset
from eval.metrics.relevance_grades import count_relevant

CORPUS: Final = "corpus.jsonl"
QUERIES: Final = "queries.jsonl"
UNANSWERABLE: Final = "queries_unanswerable.jsonl"
QRELS: Final = ("qrels.tsv", "qrels/test.tsv")
UNANSWERABLE_KIND: Final = "unanswerable"
"""Value of ``metadata.kind`` that marks an unanswerable query."""


def read_corpus(folder: Path) -> Corpus:
    """Reads the documents of a folder, which may hold nothing else.

    Raises:
        InvalidDataset: a row is malformed or an id is there twice.
    """
    documents: dict[str, EvalDocument] = {}
    for row in read_rows(folder / CORPUS):
        document = EvalDocument(
            id=row.text("_id"),
            title=row.optional_text("title"),
            text=row.text("text"),
            metadata=row.row("metadata").fields,
        )
        if document.id in documents:
            raise InvalidDataset(f'{row.where}: document "{document.id}" is there twice')
        documents[document.id] = document
    return Corpus(_name(folder), documents)


def read_dataset(
    folder: Path,
    *,
    corpus: Corpus | None = None,
    unjudged: Literal["refuse", "leave out"] = "refuse",
) -> Dataset:
    """Reads a dataset; ``corpus`` is given if and only if the folder holds only questions.

    A query without a relevant document would be a miss for every route. It is refused, or left out
    and listed in ``Dataset.unjudged`` if ``unjudged`` says so.

    Raises:
        InvalidDataset: a file is malformed, or files contradict each other; the message says where.
    """
    if corpus is None:
        corpus = read_corpus(folder)
    elif (folder / CORPUS).exists():
        raise InvalidDataset(f"{folder} has a {CORPUS} of its own; another corpus can't replace it")

    asked: dict[str, EvalQuery] = {}
    _read_queries(folder / QUERIES, corpus, asked)
    unanswerable = {id_: query for id_, query in asked.items() if query.kind == UNANSWERABLE_KIND}
    answerable = {id_: query for id_, query in asked.items() if id_ not in unanswerable}
    if (folder / UNANSWERABLE).exists():
        known = len(asked)
        _read_queries(folder / UNANSWERABLE, corpus, asked)
        unanswerable.update(list(asked.items())[known:])

    _check_expectations(folder, answerable, unanswerable)
    qrels = _read_qrels(_qrels_path(folder), corpus.documents, answerable, unanswerable)
    without = tuple(id_ for id_ in answerable if not count_relevant(qrels.get(id_, {})))
    if without and unjudged == "refuse":
        raise InvalidDataset(
            f'{folder}: {len(without)} of {len(answerable)} queries, "{without[0]}" first, have no '
            "relevant document; they can only be left out by explicit choice"
        )
    if len(without) == len(answerable):
        raise InvalidDataset(f"{folder}: no query has a relevant document")
    judged = {id_: query for id_, query in answerable.items() if id_ not in set(without)}
    return Dataset(
        name=_name(folder),
        documents=corpus.documents,
        queries=judged,
        qrels={id_: qrels[id_] for id_ in judged},
        unanswerable=unanswerable,
        unjudged=without,
    )


def _name(folder: Path) -> str:
    return folder.resolve().name


def _read_queries(path: Path, corpus: Corpus, queries: dict[str, EvalQuery]) -> None:
    for row in read_rows(path):
        metadata = row.row("metadata")
        query = EvalQuery(
            id=row.text("_id"),
            text=row.text("text"),
            answers=row.texts("answers"),
            references=_references(metadata, corpus),
            kind=metadata.optional_text("kind"),
            lang=metadata.optional_text("lang"),
            metadata=metadata.fields,
            must_hold=read_must_hold(metadata),
            must_not_hold=read_must_not_hold(metadata),
            history=read_history(metadata),
            half=read_half(metadata),
        )
        if query.id in queries:
            raise InvalidDataset(f'{row.where}: query "{query.id}" is there twice')
        queries[query.id] = query


def _check_expectations(
    folder: Path, answerable: Mapping[str, EvalQuery], unanswerable: Mapping[str, EvalQuery]
) -> None:
    """Refuses required texts of unanswerable queries, and forbidden texts without required ones."""
    for query in unanswerable.values():
        if query.must_hold:
            raise InvalidDataset(
                f'{folder}: query "{query.id}" is unanswerable, so that no answer can be right; '
                'leave out its "must_hold"'
            )
    for query in answerable.values():
        if query.must_not_hold and not query.must_hold and not query.answers:
            raise InvalidDataset(
                f'{folder}: query "{query.id}" says what its answer must not hold, but neither '
                'by "must_hold" nor by "answers" what it must'
            )


def _references(metadata: Row, corpus: Corpus) -> tuple[Reference, ...]:
    """Reads the quotes of ``metadata.references``; other forms stay in the metadata."""
    listed = metadata.fields.get("references")
    if not isinstance(listed, list):
        return ()
    references: list[Reference] = []
    for item in listed:
        if not isinstance(item, dict):
            continue
        row = Row(metadata.where, item)
        reference = Reference(row.text("document"), row.text("quote"))
        document = corpus.documents.get(reference.document_id)
        if document is None:
            raise InvalidDataset(
                f'{row.where}: a reference names document "{reference.document_id}", '
                f"which {corpus.name} does not hold"
            )
        # A document that could not be read is empty, and what it holds can't be checked.
        if document.text and reference.quote not in document.text:
            raise InvalidDataset(
                f'{row.where}: the quote "{reference.quote}" is not in document "{document.id}"'
            )
        references.append(reference)
    return tuple(references)


def _qrels_path(folder: Path) -> Path:
    found = [folder / name for name in QRELS if (folder / name).is_file()]
    if len(found) != 1:
        raise InvalidDataset(f"{folder} must hold exactly one of {' and '.join(QRELS)}")
    return found[0]


def _read_qrels(
    path: Path,
    documents: Collection[str],
    answerable: Collection[str],
    unanswerable: Collection[str],
) -> dict[str, Mapping[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    lines = read_lines(path)
    _check_header(next(lines, None), path)
    for where, line in lines:
        query_id, document_id, grade = _judgment(where, line)
        if query_id in unanswerable:
            raise InvalidDataset(f'{where}: query "{query_id}" is unanswerable and yet judged')
        if query_id not in answerable:
            raise InvalidDataset(f'{where}: there is no query "{query_id}"')
        if document_id not in documents:
            raise InvalidDataset(f'{where}: there is no document "{document_id}"')
        judgments = qrels.setdefault(query_id, {})
        if document_id in judgments:
            raise InvalidDataset(f'{where}: "{document_id}" is judged twice for "{query_id}"')
        judgments[document_id] = grade
    return dict(qrels)


def _check_header(first: tuple[str, str] | None, path: Path) -> None:
    """Refuses a file without a header, because its first judgment would be lost."""
    if first is None:
        raise InvalidDataset(f"{path} is empty")
    where, line = first
    if line.split("\t")[-1].strip().lstrip("-").isdigit():
        raise InvalidDataset(
            f"{where}: a header such as query-id, corpus-id, score must come first"
        )


def _judgment(where: str, line: str) -> tuple[str, str, int]:
    columns = line.split("\t")
    try:
        query_id, document_id, grade = columns
        return query_id, document_id, int(grade)
    except ValueError as error:
        raise InvalidDataset(
            f"{where}: expected query id, document id and whole grade, separated by tabs"
        ) from error
