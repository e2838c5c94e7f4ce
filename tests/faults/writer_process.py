"""Writes to a collection without end and says on stdout what has been acknowledged.

Run as ``python writer_process.py DIRECTORY SEED FIRST``. Each line is one operation that returned:
``put ID VERSION`` or ``delete ID``. Meant to be killed.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from app.domain.documents import Document, IndexedDocument
from app.fakes import FakeAnalyzer, FakeEmbedder, FakeSparseEmbedder
from app.settings import Settings, StoreSettings
from app.stores.local.sparse import index as sparse_index
from app.stores.local.store import LocalStore
from ingest.indexer import Indexer

KEPT_ABOVE = 60
"""Chunks above which dense and sparse indexes keep a checkpoint, so that kills meet one."""
sparse_index.KEPT_ABOVE = KEPT_ABOVE
DOCUMENTS = 40
"""Few ids, so that documents are replaced and deleted all the time."""


def prepared(indexer: Indexer, number: int, version: int) -> IndexedDocument:
    text = f"document{number} version{version} " * (3 + number % 40)
    document = Document(f"doc{number}", text, metadata={"version": version})
    return indexer.embed([indexer.chunk(document, f"{number}-{version}")])[0]


def main(directory: Path, seed: int, version: int) -> None:
    choose = random.Random(seed)
    settings = Settings(
        store=StoreSettings(directory=directory, hnsw_threshold=KEPT_ABOVE, entity_graph=True)
    )
    store = LocalStore(settings.store, FakeAnalyzer())
    indexer = Indexer(FakeEmbedder(), FakeAnalyzer(), settings, FakeSparseEmbedder())
    collection = store.create("faults", indexer.fingerprint)
    print("ready", flush=True)
    while True:
        with collection.bulk():
            for _ in range(choose.randrange(1, 12)):
                version += 1
                numbers = choose.sample(range(DOCUMENTS), choose.randrange(1, 6))
                if choose.random() < 0.25:
                    collection.delete([f"doc{number}" for number in numbers])
                    done = [f"delete doc{number}" for number in numbers]
                else:
                    collection.put([prepared(indexer, number, version) for number in numbers])
                    done = [f"put doc{number} {version}" for number in numbers]
                print(";".join(done), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
