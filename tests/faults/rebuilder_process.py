"""Rebuilds one collection over and over until it is killed; run by the test of kills."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from app.domain.documents import Document, DocumentRecord, IndexedDocument
from app.fakes import FakeAnalyzer, FakeEmbedder, FakeSparseEmbedder
from app.settings import Settings, StoreSettings
from app.stores.local.sparse import index as sparse_index
from app.stores.local.store import LocalStore
from ingest.indexer import Indexer

KEPT_ABOVE = 60
"""Chunks above which dense and sparse indexes keep a checkpoint, so that kills meet one."""
sparse_index.KEPT_ABOVE = KEPT_ABOVE


def main(directory: str, first: str) -> None:
    """Says ``ready`` and then each chunking that the collection is said to have."""
    settings = Settings(
        store=StoreSettings(directory=Path(directory), hnsw_threshold=KEPT_ABOVE, entity_graph=True)
    )
    store = LocalStore(settings.store, FakeAnalyzer())
    indexer = Indexer(FakeEmbedder(), FakeAnalyzer(), settings, FakeSparseEmbedder())
    collection = store.open("faults")
    print("ready", flush=True)
    for number in count(int(first)):

        def remade(records: Sequence[DocumentRecord], now: int = number) -> list[IndexedDocument]:
            documents = [Document(record.id, f"{record.id} made{now}") for record in records]
            return indexer.embed([indexer.chunk(document, "") for document in documents])

        collection.reindex(remade, replace(collection.fingerprint, chunking=f"made{number}"))
        print(f"made{number}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
