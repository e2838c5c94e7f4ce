"""An evaluation dataset: documents, queries, and the relevant documents of each query.

`eval.datasets.beir` reads it from a folder. Everything is compared by id, never by text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from app.domain.questions import Turn
from eval.datasets.expected import Half
from eval.errors import InvalidDataset
from eval.json_files import Json


@dataclass(frozen=True, slots=True)
class EvalDocument:
    """A document that queries are judged against."""

    id: str
    title: str
    text: str
    metadata: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reference:
    """Position of an answer: ``quote`` is a verbatim part of the document's text."""

    document_id: str
    quote: str


@dataclass(frozen=True, slots=True)
class EvalQuery:
    """A question and what is known about its answer.

    ``kind``, ``lang`` and ``half`` are empty if the dataset does not state them. A right answer
    contains at least one alternative of every group of ``must_hold`` and nothing of
    ``must_not_hold`` (`eval.datasets.expected`). ``history`` has the turns before the question.
    ``metadata`` contains all of these too.
    """

    id: str
    text: str
    answers: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    kind: str = ""
    lang: str = ""
    metadata: Mapping[str, Json] = field(default_factory=dict)
    must_hold: tuple[tuple[str, ...], ...] = ()
    must_not_hold: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    half: Half = ""

    @property
    def synthetic(self) -> bool:
        """Whether a program wrote the question (``metadata.synthetic``)."""
        return self.metadata.get("synthetic") is True


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents without questions: distractors, or a collection to ask questions of."""

    name: str
    documents: Mapping[str, EvalDocument]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A corpus with judged queries. ``qrels`` maps query id → document id → grade.

    ``queries`` and ``qrels`` have the same keys, and each query has at least one relevant document.
    ``unanswerable`` queries have none and are kept apart. ``unjudged`` are the ids of queries that
    were left out on request.
    """

    name: str
    documents: Mapping[str, EvalDocument]
    queries: Mapping[str, EvalQuery]
    qrels: Mapping[str, Mapping[str, int]]
    unanswerable: Mapping[str, EvalQuery] = field(default_factory=dict)
    unjudged: tuple[str, ...] = ()

    def first(self, count: int | None) -> Dataset:
        """The dataset with only its first ``count`` judged queries; all for ``None``."""
        kept = list(self.qrels)[:count]
        return replace(
            self,
            queries={id_: self.queries[id_] for id_ in kept},
            qrels={id_: self.qrels[id_] for id_ in kept},
        )

    def only(self, *, half: Half = "", kinds: Collection[str] = ()) -> Dataset:
        """The dataset with only the questions of one half and of these kinds; empty means any.

        Raises:
            InvalidDataset: no question is left.
        """

        def wanted(query: EvalQuery) -> bool:
            return (not half or query.half == half) and (not kinds or query.kind in kinds)

        queries = {id_: query for id_, query in self.queries.items() if wanted(query)}
        unanswerable = {id_: query for id_, query in self.unanswerable.items() if wanted(query)}
        if not queries and not unanswerable:
            asked = " and ".join([*([f"half {half}"] * bool(half)), *sorted(kinds)])
            have = sorted({q.kind for q in [*self.queries.values(), *self.unanswerable.values()]})
            raise InvalidDataset(
                f"{self.name} has no question of {asked}; its kinds are {', '.join(have)}"
            )
        return replace(
            self,
            queries=queries,
            qrels={id_: self.qrels[id_] for id_ in queries},
            unanswerable=unanswerable,
        )

    @property
    def synthetic(self) -> int:
        """Number of judged queries that a program wrote."""
        return sum(query.synthetic for query in self.queries.values())

    @property
    def hash(self) -> str:
        """SHA-256 (hex) over ids, texts, metadata and grades, independent of name and order."""
        digest = hashlib.sha256()
        for record in _canonical_records(self):
            line = json.dumps(record, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
            digest.update(line.encode("ascii") + b"\n")
        return digest.hexdigest()


def pool(dataset: Dataset, *corpora: Corpus) -> Dataset:
    """Adds distractors: documents of further corpora, relevant to no query.

    Raises:
        InvalidDataset: a document id is in more than one corpus.
    """
    documents = dict(dataset.documents)
    for corpus in corpora:
        shared = documents.keys() & corpus.documents.keys()
        if shared:
            raise InvalidDataset(
                f'{corpus.name} and {dataset.name} both hold a document "{min(shared)}"; '
                "ids of pooled corpora must differ"
            )
        documents.update(corpus.documents)
    return Dataset(
        name="+".join([dataset.name, *(corpus.name for corpus in corpora)]),
        documents=documents,
        queries=dataset.queries,
        qrels=dataset.qrels,
        unanswerable=dataset.unanswerable,
        unjudged=dataset.unjudged,
    )


def _canonical_records(dataset: Dataset) -> Iterator[list[object]]:
    for document_id in sorted(dataset.documents):
        document = dataset.documents[document_id]
        yield ["document", document.id, document.title, document.text, dict(document.metadata)]
    for role, queries in (("query", dataset.queries), ("unanswerable", dataset.unanswerable)):
        for query_id in sorted(queries):
            query = queries[query_id]
            yield [role, query.id, query.text, list(query.answers), dict(query.metadata)]
    for query_id in sorted(dataset.qrels):
        yield ["judgments", query_id, dict(dataset.qrels[query_id])]
