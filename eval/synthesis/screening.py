"""Screening of proposals: keeps questions that only one document answers.

Whether our own retrieval finds the passage is not considered. Keeping only found questions would
leave the easy ones, on which all settings score alike.
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
"""Returns the best hits of the collection for a question, as served."""

NEAR_DUPLICATE_COSINE: Final = 0.97
"""Passages whose stored vectors have at least this cosine say the same."""
NEIGHBOURS: Final = 10
"""Number of nearest passages that are compared with the source."""
SAME_SENTENCE_SHARE: Final = 0.9
"""Share of the content terms of a quote that makes another passage contain it too."""
MIN_COMPARED_TERMS: Final = 5
"""Fewest content terms of a quote; shorter ones occur in other passages by chance."""
MAX_HEADING_CHARACTERS: Final = 120
"""Longest line that can be a heading."""
LENGTHS: Final = {"en": (3, 24), "zh": (5, 45)}
"""Length limits of questions: words in English, characters in Chinese."""
MIN_QUERY_LENGTHS: Final = {"en": 2, "zh": 4}
"""Shortest heading that is used as a keyword query."""


class Reason(StrEnum):
    """Reasons for removing a proposal."""

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
"""Reasons for replies of a model that never became proposals."""


class Screen:
    """Screens proposals against the collection that they were made from."""

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
        """Checks the question alone, without a search."""
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
        """Reason why a passage of another document answers as well; ``None`` if none does."""
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
        """Content terms, by which equal questions are recognised."""
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
        """Whether the templates would make the same question from this chunk or its headings."""
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
    """Headings of the chunk, and lines that may be headings."""
    yield chunk.title
    yield from chunk.heading_path
    for line in chunk.text.splitlines():
        if 0 < len(line.strip()) <= MAX_HEADING_CHARACTERS:
            yield line
