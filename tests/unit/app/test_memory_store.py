from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.conformance.documents import FINGERPRINT, X, Y, Z, document, ids
from app.domain.documents import DocumentRecord, IndexedDocument
from app.errors import CollectionBusy, InvalidRequest, ModelIncompatible, NotFound
from app.fakes import FakeAnalyzer
from app.ports.store import Collection
from app.settings import StoreSettings
from app.stores.local.store import LocalStore
from app.stores.memory.collection import MemoryCollection
from app.stores.memory.store import MemoryStore


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    store = MemoryStore(StoreSettings(kind="memory", lock_timeout_s=0.1), FakeAnalyzer())
    yield store
    store.close()


@pytest.fixture
def collection(store: MemoryStore) -> MemoryCollection:
    collection = store.create("a", FINGERPRINT)
    collection.put([document("a", ["red fox"], [X]), document("b", ["red hen"], [Y])])
    return collection


@pytest.mark.parametrize("metric", ["cosine", "dot", "l2"])
def test_it_finds_what_the_local_store_finds(
    store: MemoryStore, tmp_path: Path, metric: str
) -> None:
    settings = StoreSettings(directory=tmp_path, lexical_engine="rank_bm25")
    local = LocalStore(settings, FakeAnalyzer())
    numbers = np.random.default_rng(0)
    words = [f"w{n}" for n in range(12)]
    vectors = numbers.normal(size=(40, 4)).astype(np.float16).astype(np.float32)
    documents = [
        document(f"d{n:02}", [" ".join(numbers.choice(words, size=6))], [vectors[n]])
        for n in range(40)
    ]
    found = []
    for one in (store, local):
        collection: Collection = one.create("both", replace(FINGERPRINT, metric=metric))
        collection.put(documents)
        collection.delete(["d07"])
        found.append(
            collection.search_lexical(["w1", "w5", "w5"], limit=20)
            + collection.search_dense(X * 2, limit=20)
        )
    local.close()
    assert ids(found[0]) == ids(found[1])
    scores = [[candidate.score for candidate in candidates] for candidates in found]
    assert scores[0] == pytest.approx(scores[1], rel=2e-3, abs=2e-3)


def test_it_can_be_neither_copied_nor_restored(
    store: MemoryStore, collection: MemoryCollection, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRequest, match=r'keeps nothing. Set store.kind = "local"'):
        store.snapshot("a", tmp_path / "copy.db")
    with pytest.raises(InvalidRequest, match=r'keeps nothing. Set store.kind = "local"'):
        store.restore(tmp_path / "copy.db", "b")
    with pytest.raises(NotFound):
        store.snapshot("b", tmp_path / "copy.db")
    assert store.names() == ["a"]
    assert list(tmp_path.iterdir()) == []


def test_a_writer_does_not_wait_for_ever(collection: MemoryCollection) -> None:
    with collection.writing(), ThreadPoolExecutor(1) as other:
        waiting = other.submit(collection.delete, ["a"])
        with pytest.raises(CollectionBusy, match="another thread writes to it"):
            waiting.result()
    assert collection.delete(["a"]) == 1


def test_what_was_dropped_can_be_neither_read_nor_written(
    store: MemoryStore, collection: MemoryCollection
) -> None:
    store.drop("a")
    anew = store.create("a", FINGERPRINT)
    for use in (collection.stats, collection.records, lambda: collection.delete(["a"])):
        with pytest.raises(NotFound, match="was dropped or replaced"):
            use()
    assert anew.records() == []


@pytest.mark.parametrize(
    "vector", [np.ones(3, dtype=np.float32), np.array([1, np.nan, 0, 0], dtype=np.float32)]
)
def test_documents_whose_vectors_cannot_be_searched_change_nothing(
    collection: MemoryCollection, vector: np.ndarray
) -> None:
    before = collection.stats()
    with pytest.raises(ModelIncompatible, match=r"Check models.embedder"):
        collection.put([document("c", ["a cat"], [X]), document("d", ["a dog"], [vector])])
    assert collection.stats() == before


def test_a_reindexing_that_would_mix_dimensions_changes_nothing(
    collection: MemoryCollection,
) -> None:
    wide = replace(FINGERPRINT, dimension=5)

    def first(records: Sequence[DocumentRecord]) -> list[IndexedDocument]:
        vector = np.ones(5, dtype=np.float32)
        return [document(record.id, ["new"], [vector]) for record in records if record.id == "a"]

    with pytest.raises(ModelIncompatible):
        collection.reindex(first, wide)
    assert collection.fingerprint == FINGERPRINT
    assert ids(collection.search_lexical(["fox"], limit=5)) == ["a#0"]


def test_what_is_written_during_a_reindexing_is_made_up_for(collection: MemoryCollection) -> None:
    asked: list[list[str]] = []

    def anew(records: Sequence[DocumentRecord]) -> list[IndexedDocument]:
        asked.append([record.id for record in records])
        if len(asked) == 1:
            collection.put([document("c", ["blue jay"], [Z])])
            collection.delete(["b"])
            with pytest.raises(CollectionBusy, match="is being rebuilt already"):
                collection.reindex(anew, FINGERPRINT)
        return [document(record.id, [f"new {record.id}"], [X]) for record in records]

    collection.reindex(anew, replace(FINGERPRINT, chunking="other"))
    assert asked == [["a", "b"], ["c"]]
    assert ids(collection.search_lexical(["new"], limit=5)) == ["a#0", "c#0"]


def test_vectors_that_were_put_do_not_change_with_those_of_the_caller(
    collection: MemoryCollection,
) -> None:
    mine = document("c", ["blue jay"], [Z])
    collection.put([mine])
    mine.vectors[:] = 0
    assert collection.vectors(["c#0"])[0] == pytest.approx(Z)


def test_searches_go_on_while_it_is_written(collection: MemoryCollection) -> None:
    ended = threading.Event()

    def search() -> int:
        count = 0
        while not ended.is_set():
            found = collection.search_lexical(["red"], limit=50)
            assert len(collection.search_dense(X, limit=50)) >= 2
            assert {"a#0", "b#0"} <= set(ids(found))
            count += 1
        return count

    with ThreadPoolExecutor(3) as pool:
        searching = [pool.submit(search) for _ in range(3)]
        try:
            for n in range(30):
                collection.put([document(f"n{n}", ["red ant"], [Z])])
                if n % 2:
                    collection.delete([f"n{n}"])
        finally:
            ended.set()
        assert min(future.result() for future in searching) > 0
    assert collection.stats().documents == 17
