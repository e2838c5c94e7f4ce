"""From documents to what a store takes: language, chunks, vectors, sparse weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from app.domain.collections import NO_MODEL, Fingerprint
from app.domain.documents import Document, DocumentRecord, IndexedDocument
from app.errors import DocumentRejected, ModelIncompatible, StoreCorrupted
from app.ports.analyzer import Analyzer
from app.ports.models import Embedder, SparseEmbedder
from app.ports.store import Collection
from app.settings import Settings
from ingest.chunking.chunker import MAX_HEADING_CHARACTERS, Chunker, chunking_fingerprint


class Indexer:
    """Does to every document what the collection's fingerprint says."""

    def __init__(
        self,
        embedder: Embedder,
        analyzer: Analyzer,
        settings: Settings,
        sparse_embedder: SparseEmbedder | None = None,
    ) -> None:
        """Without a ``sparse_embedder``, no sparse weights are kept."""
        self._embedder = embedder
        self._sparse_embedder = sparse_embedder
        self._analyzer = analyzer
        self._settings = settings
        self._chunker = Chunker(embedder, settings.chunking)

    @property
    def fingerprint(self) -> Fingerprint:
        """What a collection that it fills is built by."""
        return Fingerprint(
            embedder=self._embedder.id,
            dimension=self._embedder.dimension,
            analyzer=self._analyzer.version,
            chunking=chunking_fingerprint(self._settings.chunking),
            metric=self._settings.store.metric,
            sparse=self._sparse_embedder.id if self._sparse_embedder else NO_MODEL,
        )

    @property
    def max_characters(self) -> int:
        """Of one document's text."""
        return self._settings.ingest.max_document_characters

    def chunk(self, document: Document, content_hash: str) -> IndexedDocument:
        """The document with its language and its chunks, vectors still missing.

        A long title is cut, since every passage is indexed below it.

        Raises:
            DocumentRejected: ``empty``, where nothing is left to index.
        """
        if "lang" not in document.metadata:
            language = self._analyzer.language(document.text)
            document = replace(document, metadata=dict(document.metadata) | {"lang": language})
        document = replace(document, title=document.title[:MAX_HEADING_CHARACTERS])
        chunks = self._chunker.chunk(document)
        if not chunks:
            raise DocumentRejected("empty", "The document has no text; add some or leave it out.")
        return IndexedDocument(document, chunks, np.empty((0, 0), dtype=np.float32), content_hash)

    def embed(self, documents: Sequence[IndexedDocument]) -> list[IndexedDocument]:
        """The same documents with their chunks' vectors and weights, all embedded together.

        Raises:
            RemoteUnavailable: the embedder is behind HTTP and does not answer.
            ValueError: a vector is not finite.
        """
        texts = [chunk.indexed_text for document in documents for chunk in document.chunks]
        vectors = self._embedder.embed_passages(texts)
        if not np.isfinite(vectors).all():
            raise ValueError(f"the embedder {self._embedder.id} gave vectors that are not finite")
        ends = np.cumsum([len(document.chunks) for document in documents])[:-1]
        parts = np.split(vectors, ends)
        return self._weighed(
            [replace(d, vectors=part) for d, part in zip(documents, parts, strict=True)]
        )

    def _weighed(self, documents: Sequence[IndexedDocument]) -> list[IndexedDocument]:
        """The same documents with their chunks' sparse weights, where there are to be any."""
        if self._sparse_embedder is None:
            return list(documents)
        texts = [chunk.indexed_text for document in documents for chunk in document.chunks]
        weights = iter(self._sparse_embedder.embed_passages(texts))
        return [replace(d, sparse=tuple(islice(weights, len(d.chunks)))) for d in documents]

    def reindexed(
        self, collection: Collection, records: Sequence[DocumentRecord]
    ) -> list[IndexedDocument]:
        """Those documents that are not in the collection as the settings would have them now.

        Where nothing but the sparse weights is to be made anew, vectors stay as they are.
        """
        then, now = collection.fingerprint, self.fingerprint
        changed: list[IndexedDocument] = []
        weighed_anew: list[IndexedDocument] = []
        for record in records:
            document = collection.document(record.id)
            if document is None:
                continue
            cut = self.chunk(document, record.content_hash)
            if replace(then, sparse=now.sparse) != now or not _is_there(collection, cut):
                changed.append(cut)
            elif then != now:
                vectors = collection.vectors([chunk.id for chunk in cut.chunks])
                if len(vectors) == len(cut.chunks):
                    weighed_anew.append(replace(cut, vectors=vectors))
                else:  # it was written meanwhile
                    changed.append(cut)
        return [*self._weighed(weighed_anew), *(self.embed(changed) if changed else ())]

    def require_working(self) -> None:
        """Raises what an embedder raises, or `ModelIncompatible`, where it fails for any text."""
        if not np.isfinite(self._embedder.embed_passages(["text"])).all():
            raise ModelIncompatible(
                f"the embedder {self._embedder.id} gives vectors that are not finite. "
                "Check models.embedder and models.precision."
            )
        if self._sparse_embedder is not None:
            self._sparse_embedder.embed_passages(["text"])


def _is_there(collection: Collection, cut: IndexedDocument) -> bool:
    """Whether the collection has these chunks, with vectors that are whole."""
    id_ = cut.document.id
    try:
        chunks = tuple(collection.document_chunks(id_))
    except StoreCorrupted:
        return False
    return chunks == cut.chunks and not collection.is_damaged(id_)
