"""Datasets of questions whose answers are spans of documents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from eval.datasets.dataset import EvalDocument
from eval.errors import InvalidDataset
from eval.spans.measures.region import Region


@dataclass(frozen=True, slots=True)
class SpanQuestion:
    """A question and the characters that answer it, at least one."""

    id: str
    text: str
    references: Region


@dataclass(frozen=True, slots=True)
class SpanDataset:
    """Whole documents, and questions with reference spans in them.

    ``left_out`` are the ids of questions whose answer has no unique position. Raises
    `InvalidDataset` if there is no question, or one has no reference, or a reference is not within
    its document.
    """

    name: str
    documents: Mapping[str, EvalDocument]
    questions: tuple[SpanQuestion, ...]
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.questions:
            raise InvalidDataset(f"{self.name}: no question has a reference with a certain place")
        for question in self.questions:
            if not question.references:
                raise InvalidDataset(f'{self.name}: question "{question.id}" has no reference')
            for document_id, spans in question.references.items():
                document = self.documents.get(document_id)
                if document is None:
                    raise InvalidDataset(
                        f'{self.name}: question "{question.id}" refers to document '
                        f'"{document_id}", which is not there'
                    )
                if spans[-1][1] > len(document.text):
                    raise InvalidDataset(
                        f'{self.name}: a reference of question "{question.id}" ends at '
                        f'{spans[-1][1]}, beyond document "{document_id}"'
                    )

    @property
    def hash(self) -> str:
        """SHA-256 (hex) over ids, texts and references, independent of name and order."""
        digest = hashlib.sha256()
        for record in self._canonical_records():
            digest.update(json.dumps(record, separators=(",", ":")).encode("ascii") + b"\n")
        return digest.hexdigest()

    def _canonical_records(self) -> Iterator[list[object]]:
        for _, document in sorted(self.documents.items()):
            yield ["document", document.id, document.title, document.text]
        for question in sorted(self.questions, key=lambda question: question.id):
            yield ["question", question.id, question.text, sorted(question.references.items())]
