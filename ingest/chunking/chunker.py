"""From a document to its chunks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

from app.domain.documents import Block, Chunk, Document, Metadata, MetadataValue, Span
from app.ports.models import Embedder
from app.settings import ChunkingSettings
from ingest.chunking.headings import HeadingPath, heading_paths
from ingest.chunking.strategies import cut_fixed, cut_sentences, cut_structure
from ingest.chunking.windows import TokenIndex

CHUNKER_VERSION: Final = "4"
"""Goes up with every change that could cut any document otherwise."""

MAX_HEADING_CHARACTERS: Final = 200
"""Titles and headings above a passage are cut to this, each, so that they can't crowd it out."""
CONTEXT_SHARE: Final = 0.25
"""Headings that want more than this share of what the embedder reads leave, the outermost first.

It is no setting but part of `CHUNKER_VERSION`, by which a collection records how it was cut.
"""
SEAM_TOKENS: Final = 4
"""Room for what a passage may gain when it is read by itself, below its headings."""

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
        settings ask for. The title of ``document`` is at most `MAX_HEADING_CHARACTERS` long.
        """
        text = document.text
        tokens = TokenIndex.reading(text, self._embedder.token_spans)
        contexts = self._contexts(document)
        room = self._embedder.max_tokens - SEAM_TOKENS - max(t for _, t in contexts.values())
        size = max(1, min(self._settings.chunk_tokens, room))
        cuts = _STRATEGIES[self._settings.strategy](
            document, tokens, size=size, overlap=min(self._settings.overlap_tokens, size // 2)
        )
        block_ends = [block.span[1] for block in document.blocks]
        chunks: list[Chunk] = []
        for cut in cuts:
            span = _trimmed(text, cut.span)
            if span[0] < span[1]:
                path, _ = contexts[cut.heading_path]
                first = bisect_right(block_ends, span[0])
                pages = _pages(document.blocks[first : bisect_left(block_ends, span[1]) + 1], span)
                chunks.append(_chunk(document, span, path, pages=pages, position=len(chunks)))
        return tuple(chunks)

    def _contexts(self, document: Document) -> Mapping[HeadingPath, tuple[HeadingPath, int]]:
        """What is kept of each heading path, and the tokens that it takes below the title."""
        most = int(CONTEXT_SHARE * self._embedder.max_tokens)
        kept: dict[HeadingPath, tuple[HeadingPath, int]] = {}
        for path in {(), *heading_paths(document)}:
            short = tuple(heading[:MAX_HEADING_CHARACTERS] for heading in path)
            while (used := self._context_tokens(document, short)) > most and short:
                short = short[1:]
            kept[path] = short, used
        return kept

    def _context_tokens(self, document: Document, path: HeadingPath) -> int:
        return self._embedder.count_tokens(
            _chunk(document, (0, 0), path, pages=(), position=0).context
        )


def _chunk(
    document: Document, span: Span, path: HeadingPath, *, pages: Sequence[int], position: int
) -> Chunk:
    own: dict[str, MetadataValue] = {}
    if pages:
        own["page"] = pages[0] if len(pages) == 1 else tuple(pages)
    if path:
        own["heading"] = " › ".join(path)
    metadata: Metadata = dict(document.metadata) | own
    return Chunk(
        id=f"{document.id}#{position}",
        document_id=document.id,
        position=position,
        text=document.text[slice(*span)],
        span=span,
        title=document.title,
        heading_path=path,
        metadata=metadata,
    )


def _pages(blocks: Sequence[Block], span: Span) -> list[int]:
    """Pages that a span of text stands on; ``blocks`` are those that it may overlap."""
    pages: set[int] = set()
    for block in blocks:
        if block.page is None or block.span[0] >= span[1]:
            continue
        starts = ((block.span[0], block.page), *block.page_starts)
        ends = (*(at for at, _ in block.page_starts), block.span[1])
        pages.update(
            page
            for (at, page), end in zip(starts, ends, strict=True)
            if at < span[1] and end > span[0]
        )
    return sorted(pages)


def _trimmed(text: str, span: Span) -> Span:
    """The span without white space at its ends."""
    passage = text[slice(*span)]
    start = span[0] + len(passage) - len(passage.lstrip())
    return start, max(start, span[0] + len(passage.rstrip()))
