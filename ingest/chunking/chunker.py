"""From a document to its chunks."""

from __future__ import annotations

from typing import Final

from app.domain import Chunk, Document, Metadata, MetadataValue, Span
from app.ports import Embedder
from app.settings import ChunkingSettings
from ingest.chunking.strategies import Cut, cut_fixed, cut_sentences, cut_structure
from ingest.chunking.windows import TokenIndex

CHUNKER_VERSION: Final = "1"
"""Goes up with every change that could cut any document otherwise."""

MAX_CONTEXT_CHARACTERS: Final = 200
"""Titles and headings above a passage are cut to this, each, so that they can't crowd it out."""

_STRATEGIES: Final = {
    "fixed": cut_fixed,
    "sentence": cut_sentences,
    "structure": cut_structure,
}


def chunking_fingerprint(settings: ChunkingSettings) -> str:
    """Names the way of cutting; recorded with a collection."""
    return (
        f"{settings.strategy}/{settings.chunk_tokens}+{settings.overlap_tokens}/v{CHUNKER_VERSION}"
    )


class Chunker:
    """Cuts documents by the tokens of the embedder that will read the chunks."""

    def __init__(self, embedder: Embedder, settings: ChunkingSettings) -> None:
        self._embedder = embedder
        self._settings = settings

    def chunk(self, document: Document) -> tuple[Chunk, ...]:
        """Chunks in reading order; chunk ``n`` of a document has the id ``{document.id}#{n}``.

        A chunk and its context together never exceed what the embedder reads, whatever the
        settings ask for.
        """
        tokens = TokenIndex.of(self._embedder.token_spans(document.text))
        size = self._passage_tokens(document)
        cuts = _STRATEGIES[self._settings.strategy](
            document, tokens, size=size, overlap=min(self._settings.overlap_tokens, size // 2)
        )
        chunks: list[Chunk] = []
        for cut in cuts:
            span = _trimmed(document.text, cut.span)
            if span[0] < span[1]:
                chunks.append(_chunk(document, cut, span, position=len(chunks)))
        return tuple(chunks)

    def _passage_tokens(self, document: Document) -> int:
        """The chunk size that leaves room for the title; headings are short enough to ignore."""
        room = self._embedder.max_tokens - self._embedder.count_tokens(
            document.title[:MAX_CONTEXT_CHARACTERS]
        )
        return max(1, min(self._settings.chunk_tokens, room))


def _chunk(document: Document, cut: Cut, span: Span, *, position: int) -> Chunk:
    return Chunk(
        id=f"{document.id}#{position}",
        document_id=document.id,
        position=position,
        text=document.text[slice(*span)],
        span=span,
        title=document.title,
        heading_path=tuple(heading[:MAX_CONTEXT_CHARACTERS] for heading in cut.heading_path),
        metadata=_metadata(document, cut, span),
    )


def _metadata(document: Document, cut: Cut, span: Span) -> Metadata:
    own: dict[str, MetadataValue] = {}
    page = next((b.page for b in document.blocks if b.span[1] > span[0] and b.page), None)
    if page is not None:
        own["page"] = page
    if cut.heading_path:
        own["heading"] = " › ".join(cut.heading_path)
    return dict(document.metadata) | own


def _trimmed(text: str, span: Span) -> Span:
    """The span without white space at its ends."""
    passage = text[slice(*span)]
    start = span[0] + len(passage) - len(passage.lstrip())
    return start, max(start, span[0] + len(passage.rstrip()))
