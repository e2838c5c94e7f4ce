"""Whether an answer cites the passage that contains the reference answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from app.domain.answers import Citation
from app.domain.documents import Span
from eval.datasets.dataset import Reference


def cites_reference(
    citations: Iterable[Citation], references: Iterable[Reference], text_of: Callable[[str], str]
) -> float:
    """1 if the span of a citation overlaps a reference's quote in its document, else 0.

    If a document contains a quote several times, each occurrence counts. ``text_of`` returns the
    text of a document by its id.
    """
    places = [
        (reference.document_id, span)
        for reference in references
        for span in _occurrences(reference.quote, text_of(reference.document_id))
    ]
    return float(
        any(
            citation.document_id == document_id and _overlap(citation.span, span)
            for citation in citations
            for document_id, span in places
        )
    )


def _occurrences(quote: str, text: str) -> Iterator[Span]:
    at = text.find(quote)
    while at >= 0:
        yield at, at + len(quote)
        at = text.find(quote, at + 1)


def _overlap(left: Span, right: Span) -> bool:
    return left[0] < right[1] and right[0] < left[1]
