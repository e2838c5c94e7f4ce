"""From a document to its chunks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from app.domain.documents import Block, Chunk, Document, Locator, Metadata, Span
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
                blocks = document.blocks[first : bisect_left(block_ends, span[1]) + 1]
                place = _place(blocks, span)
                chunks.append(_chunk(document, span, path, place=place, position=len(chunks)))
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
            _chunk(document, (0, 0), path, place={}, position=0).context
        )


def _chunk(
    document: Document, span: Span, path: HeadingPath, *, place: Metadata, position: int
) -> Chunk:
    own = dict(place)
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


def _place(blocks: Sequence[Block], span: Span) -> Metadata:
    """Where a span of text stands, as metadata: ``page`` and other parts of locators.

    A part is a list where the span goes over several. ``blocks`` are those that it may overlap.
    """
    values: dict[str, dict[int | str, None]] = {}
    for locator in _locators(blocks, span):
        for name, value in locator.known.items():
            values.setdefault(name, {})[value] = None
    return {
        name: next(iter(found)) if len(found) == 1 else tuple(found)
        for name, found in values.items()
    }


def _locators(blocks: Sequence[Block], span: Span) -> Iterator[Locator]:
    for block in blocks:
        starts = ((block.span[0], block.locator), *block.locator_starts)
        ends = (*(at for at, _ in block.locator_starts), block.span[1])
        for (at, locator), end in zip(starts, ends, strict=True):
            if at < span[1] and end > span[0]:
                yield locator


def _trimmed(text: str, span: Span) -> Span:
    """The span without white space at its ends."""
    passage = text[slice(*span)]
    start = span[0] + len(passage) - len(passage.lstrip())
    return start, max(start, span[0] + len(passage.rstrip()))
