"""Which proposals are kept: those that one document answers, and better than any other.

Whether our own retrieval finds the passage is not asked. Keeping only what it finds would leave
the easy questions, on which every setting scores alike and none looks bad.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np

from app.domain.documents import Chunk
from app.domain.hits import Hit
from app.ports.store import Collection
from eval.synthesis.content import ContentTerms
from eval.synthesis.passages import prose_sentences
from eval.synthesis.proposals import ask_sentence
from eval.synthesis.question import Kind, Proposal

Search: TypeAlias = Callable[[str], Sequence[Hit]]
"""The best hits of the collection for a question, as it would be served."""

NEAR_DUPLICATE_COSINE: Final = 0.97
"""Two passages of which the stored vectors are so near say the same."""
NEIGHBOURS: Final = 10
"""Passages nearest to the source that are compared with it."""
SAME_SENTENCE_SHARE: Final = 0.9
"""Share of a quote's content terms that makes another passage carry it too."""
MIN_COMPARED_TERMS: Final = 5
"""A quote with fewer content terms is in many passages by chance."""
MAX_HEADING_CHARACTERS: Final = 120
"""A longer line is no heading."""
LENGTHS: Final = {"en": (3, 24), "zh": (5, 45)}
"""Fewest and most words of an English question, characters of a Chinese one."""
MIN_QUERY_LENGTHS: Final = {"en": 2, "zh": 4}
"""The same least for a heading, which is asked as keywords."""


class Reason(StrEnum):
    """Why a proposal was removed."""

    LENGTH = "too short or too long"
    NO_SHARED_TERM = "shares no content term with its passage"
    REPEATED = "asked already of the same document"
    SAME_QUESTION = "another document answers the same question"
    SAME_SENTENCE = "another document holds the same sentence"
    NEAR_DUPLICATE = "a passage of another document is nearly the same"
    NO_QUESTION = "the model wrote no single question"
    NOT_OF_PASSAGE = "the model's question points at the text, or holds a number that is not in it"
    COPIED = "the model copied the passage"


UNWRITTEN: Final = (Reason.NO_QUESTION, Reason.NOT_OF_PASSAGE, Reason.COPIED)
"""What a model wrote and what never became a proposal."""


class Screen:
    """Judges proposals against the collection that they were made from."""

    def __init__(
        self,
        collection: Collection,
        *,
        search: Search,
        content: ContentTerms,
        near_duplicate_cosine: float = NEAR_DUPLICATE_COSINE,
    ) -> None:
        self._collection = collection
        self._search = search
        self._content = content
        self._threshold = near_duplicate_cosine
        self._has_duplicate = lru_cache(maxsize=4_096)(self._is_near_another_document)

    def form(self, proposal: Proposal, passage_text: str) -> Reason | None:
        """What is wrong with the question itself; needs no search."""
        length = len(proposal.text.split()) if proposal.lang == "en" else len(proposal.text)
        least, most = LENGTHS[proposal.lang]
        if proposal.kind is Kind.HEADING:
            least = MIN_QUERY_LENGTHS[proposal.lang]
        if not least <= length <= most:
            return Reason.LENGTH
        if self._content.of(proposal.subject).isdisjoint(self._content.of(passage_text)):
            return Reason.NO_SHARED_TERM
        return None

    def ambiguity(self, proposal: Proposal) -> Reason | None:
        """Why passages of another document answer as well; ``None`` where none does."""
        if self._has_duplicate(proposal.chunk_id, proposal.document_id):
            return Reason.NEAR_DUPLICATE
        quoted = self._content.of(proposal.quote)
        for hit in self._search(proposal.text):
            if hit.chunk.document_id == proposal.document_id:
                continue
            if self._is_asked_by(hit.chunk, proposal):
                return Reason.SAME_QUESTION
            if len(quoted) >= MIN_COMPARED_TERMS:
                held = quoted & self._content.of(hit.chunk.text)
                if len(held) >= SAME_SENTENCE_SHARE * len(quoted):
                    return Reason.SAME_SENTENCE
        return None

    def key(self, text: str) -> frozenset[str]:
        """What makes two questions the same: their content terms."""
        return self._content.of(text)

    def _is_near_another_document(self, chunk_id: str, document_id: str) -> bool:
        source = self._collection.vectors([chunk_id])
        if not len(source):
            return False
        near = self._collection.search_dense(source[0], limit=NEIGHBOURS)
        others = [
            chunk.id
            for chunk in self._collection.chunks([candidate.chunk_id for candidate in near])
            if chunk.document_id != document_id
        ]
        if not others:
            return False
        vectors = self._collection.vectors(others)
        norms = np.linalg.norm(vectors, axis=1) * np.linalg.norm(source[0])
        cosines = vectors @ source[0] / np.maximum(norms, np.finfo(np.float32).tiny)
        return bool(cosines.max() >= self._threshold)

    def _is_asked_by(self, chunk: Chunk, proposal: Proposal) -> bool:
        """Whether the templates would make the same question of this chunk, or its headings."""
        subject = self.key(proposal.subject)
        if proposal.kind in (Kind.HEADING, Kind.DEFINITION) and any(
            self.key(heading) == subject for heading in _headings(chunk)
        ):
            return True
        asked = self.key(proposal.text)
        return any(
            self.key(found.text) == asked
            for sentence in prose_sentences(chunk.text)
            for _, found in ask_sentence(sentence, proposal.lang)
        )


def _headings(chunk: Chunk) -> Iterator[str]:
    """What stands above the chunk, and its lines that may be headings."""
    yield chunk.title
    yield from chunk.heading_path
    for line in chunk.text.splitlines():
        if 0 < len(line.strip()) <= MAX_HEADING_CHARACTERS:
            yield line
