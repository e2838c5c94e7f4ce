"""Reads questions with answer spans and validates them. A folder has one of three layouts.

::

    raw/*.md        whole documents, ids are their names without the suffix
    queries.jsonl   {"_id", "text", "metadata": {"doc": id, "references": [[start, end], …]}}

    full_docs.jsonl whole documents: {"_id", "title"?, "text"}
    queries.jsonl   {"_id", "text", "answers": [str, …], "metadata": {"doc": id}}

    corpus.jsonl or a corpus that is passed in, queries.jsonl, qrels.tsv as `eval.datasets.beir`,
                    with "references": [{"document": id, "quote": str}, …] in the metadata

Offsets count characters, half open. Answers and quotes are located by exact match. An answer that
occurs twice in its document, or not at all, has no unique position; its question is left out and
listed. A quote is written to be found, so one without a unique position is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from app.domain.documents import Span
from eval.datasets.beir import CORPUS, QUERIES, read_dataset
from eval.datasets.dataset import Corpus, EvalDocument
from eval.datasets.rows import Row, read_rows
from eval.errors import InvalidDataset
from eval.spans.measures.region import region_of
from eval.spans.span_dataset import SpanDataset, SpanQuestion

RAW: Final = "raw"
FULL_DOCUMENTS: Final = "full_docs.jsonl"


def read_span_dataset(folder: Path, *, corpus: Corpus | None = None) -> SpanDataset:
    """Reads the questions of a folder over whole documents.

    Args:
        folder: In one of the layouts above.
        corpus: The documents, exactly where the folder holds only questions.

    Raises:
        InvalidDataset: a file is malformed, files contradict each other, or no question is left.
    """
    name = folder.resolve().name
    layouts = [entry for entry in (RAW, FULL_DOCUMENTS) if (folder / entry).exists()]
    if len(layouts) > 1 or (layouts and corpus is not None):
        raise InvalidDataset(f"{folder} holds {' and '.join(layouts)}; one corpus is enough")
    if layouts == [RAW]:
        return _read_offsets(name, folder)
    if layouts == [FULL_DOCUMENTS]:
        return _read_answers(name, folder)
    if corpus is None and not (folder / CORPUS).exists():
        raise InvalidDataset(f"{folder} holds no documents: no {RAW}, {FULL_DOCUMENTS} or {CORPUS}")
    return _read_quotes(name, folder, corpus)


def _read_offsets(name: str, folder: Path) -> SpanDataset:
    documents = {document.id: document for document in _raw_documents(folder / RAW)}
    questions = []
    for row in _queries(folder):
        document = _document(row, documents)
        spans = [_span(row, item) for item in _list(row.row("metadata"), "references")]
        if not spans:
            raise InvalidDataset(f'{row.where}: "references" is empty')
        references = region_of((document.id, span) for span in spans)
        questions.append(SpanQuestion(row.text("_id"), row.text("text"), references))
    return SpanDataset(name, documents, tuple(questions))


def _read_answers(name: str, folder: Path) -> SpanDataset:
    documents: dict[str, EvalDocument] = {}
    for row in read_rows(folder / FULL_DOCUMENTS):
        document = EvalDocument(row.text("_id"), row.optional_text("title"), row.text("text"))
        if document.id in documents:
            raise InvalidDataset(f'{row.where}: document "{document.id}" is there twice')
        documents[document.id] = document
    questions: list[SpanQuestion] = []
    left_out: list[str] = []
    for row in _queries(folder):
        document = _document(row, documents)
        spans = [_only_place(answer.strip(), document.text) for answer in row.texts("answers")]
        certain = [span for span in spans if span is not None]
        if not spans or len(certain) < len(spans):
            left_out.append(row.text("_id"))
            continue
        references = region_of((document.id, span) for span in certain)
        questions.append(SpanQuestion(row.text("_id"), row.text("text"), references))
    return SpanDataset(name, documents, tuple(questions), tuple(left_out))


def _read_quotes(name: str, folder: Path, corpus: Corpus | None) -> SpanDataset:
    dataset = read_dataset(folder, corpus=corpus)
    questions: list[SpanQuestion] = []
    left_out: list[str] = []
    for query in dataset.queries.values():
        stretches: list[tuple[str, Span]] = []
        for reference in query.references:
            span = _only_place(reference.quote, dataset.documents[reference.document_id].text)
            if span is None:
                raise InvalidDataset(
                    f'{folder}: the quote "{reference.quote}" of query "{query.id}" must stand '
                    f'in document "{reference.document_id}" exactly once'
                )
            stretches.append((reference.document_id, span))
        if stretches:
            questions.append(SpanQuestion(query.id, query.text, region_of(stretches)))
        else:
            left_out.append(query.id)
    return SpanDataset(name, dataset.documents, tuple(questions), tuple(left_out))


def _raw_documents(folder: Path) -> Iterator[EvalDocument]:
    for path in sorted(folder.glob("*.md")):
        try:
            # Not `read_text`: it would turn CRLF into LF and shift every offset behind it.
            yield EvalDocument(path.stem, "", path.read_bytes().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise InvalidDataset(f"{path}: not UTF-8 ({error.reason})") from error


def _queries(folder: Path) -> Iterator[Row]:
    seen: set[str] = set()
    for row in read_rows(folder / QUERIES):
        id_ = row.text("_id")
        if id_ in seen:
            raise InvalidDataset(f'{row.where}: query "{id_}" is there twice')
        seen.add(id_)
        yield row


def _document(row: Row, documents: dict[str, EvalDocument]) -> EvalDocument:
    id_ = row.row("metadata").text("doc")
    if id_ not in documents:
        raise InvalidDataset(f'{row.where}: there is no document "{id_}"')
    return documents[id_]


def _list(row: Row, name: str) -> list[object]:
    value = row.fields.get(name)
    if not isinstance(value, list):
        raise InvalidDataset(f'{row.where}: "{name}" must be a list')
    return list(value)


def _span(row: Row, item: object) -> Span:
    match item:
        case [bool(), _] | [_, bool()]:
            pass  # Python takes true for 1
        case [int(start), int(end)] if 0 <= start < end:
            return start, end
    raise InvalidDataset(f"{row.where}: a reference is [start, end] with 0 <= start < end")


def _only_place(quote: str, text: str) -> Span | None:
    """Span of the only occurrence of ``quote``; ``None`` if there is none, or several."""
    start = text.find(quote) if quote else -1
    if start < 0 or text.find(quote, start + 1) >= 0:
        return None
    return start, start + len(quote)
