from __future__ import annotations

import contextlib
import math
import random
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bm25s
import faiss
import numpy as np
import pytest
import torch
from filelock import FileLock
from rank_bm25 import BM25Okapi

from app.conformance.documents import DIMENSION, FINGERPRINT, X, Y, Z, document, ids, unit
from app.domain.collections import Fingerprint
from app.domain.documents import IndexedDocument, Vector, Vectors
from app.domain.hits import Candidate
from app.errors import (
    CollectionBusy,
    CollectionRebuilt,
    FingerprintMismatch,
    InvalidRequest,
    ModelIncompatible,
    NotFound,
    StoreCorrupted,
)
from app.filters import parse_filter
from app.stores.analysed import Analysed
from app.stores.local.collection import LocalCollection
from app.stores.local.dense import index as dense_index
from app.stores.local.store import LocalStore
from tests.unit.app.stores import WAIT_S, Open, SpaceAnalyzer, opening


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Open]:
    """Makes stores on one directory, as several processes would."""
    with opening(tmp_path, SpaceAnalyzer()) as made:
        yield made


def numbered(count: int, *, start: int = 0) -> list[IndexedDocument]:
    """``word`` and a name of its own in each, and vectors that turn from X to Y."""
    return [
        document(f"d{n:03}", [f"word name{n}"], [unit(math.cos(n / 100), math.sin(n / 100), 0, 0)])
        for n in range(start, start + count)
    ]


def lexical(collection: LocalCollection, *terms: str, limit: int = 10) -> list[str]:
    return ids(collection.search_lexical(terms, limit=limit))


def dense(collection: LocalCollection, vector: Vector, *, limit: int = 10) -> list[str]:
    return ids(collection.search_dense(vector, limit=limit))


# --- several processes on one directory ----------------------------------------------------------


def test_a_reader_follows_a_writer(open_store: Open) -> None:
    writer = open_store().create("a", FINGERPRINT)
    reader = open_store().open("a")
    assert lexical(reader, "word") == dense(reader, X) == []

    writer.put(numbered(3))
    assert lexical(reader, "name1") == ["d001#0"]
    assert dense(reader, X) == ["d000#0", "d001#0", "d002#0"]

    writer.put([document("d001", ["word other"], [Z])])
    assert lexical(reader, "name1") == []
    assert lexical(reader, "other") == ["d001#0"]
    assert dense(reader, Z, limit=1) == ["d001#0"]

    writer.delete(["d000"])
    assert "d000#0" not in lexical(reader, "word")
    assert "d000#0" not in dense(reader, X)
    assert reader.stats() == writer.stats()


def test_a_reader_finds_what_a_bulk_write_has_put(open_store: Open) -> None:
    writer, reader = open_store().create("a", FINGERPRINT), open_store().open("a")
    with writer.bulk():
        for item in numbered(30):
            writer.put([item])
    assert len(lexical(reader, "word", limit=50)) == 30
    assert len(dense(reader, X, limit=50)) == 30


def test_two_writers_take_turns(open_store: Open) -> None:
    first, second = open_store().create("a", FINGERPRINT), open_store().open("a")
    with ThreadPoolExecutor(2) as threads:
        halves = (first, numbered(20)), (second, numbered(20, start=20))
        list(threads.map(lambda half: [half[0].put([item]) for item in half[1]], halves))
    for collection in (first, second):
        assert collection.stats().documents == 40
        assert len(lexical(collection, "word", limit=50)) == 40
        assert collection.verify() == []


def test_a_second_writer_is_told_that_the_collection_is_busy(open_store: Open) -> None:
    store = open_store(lock_timeout_s=0.05)
    collection = store.create("a", FINGERPRINT)
    with FileLock(store._directory("a") / "writer.lock"):  # as another process holds it
        with pytest.raises(CollectionBusy, match=r"another process .* store\.lock_timeout_s"):
            collection.put(numbered(1))
        with pytest.raises(CollectionBusy):
            store.drop("a")
        assert collection.search_lexical(["word"], limit=1) == []
    collection.put(numbered(1))
    assert lexical(collection, "word") == ["d000#0"]


def test_a_writer_in_another_thread_keeps_the_collection_busy_as_well(open_store: Open) -> None:
    collection = open_store(lock_timeout_s=0.05).create("a", FINGERPRINT)
    with collection.writing(), ThreadPoolExecutor(1) as thread:
        with pytest.raises(CollectionBusy, match="another thread"):
            thread.submit(collection.put, numbered(1)).result()
        assert thread.submit(lexical, collection, "word").result() == []


def test_a_bulk_write_that_fails_says_why_it_failed_and_keeps_what_it_put(open_store: Open) -> None:
    store = open_store(lock_timeout_s=0.05)
    collection = store.create("a", FINGERPRINT)
    lock = FileLock(store._directory("a") / "writer.lock")

    def interrupted() -> None:
        with collection.bulk():
            collection.put(numbered(2))
            lock.acquire()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):  # and not CollectionBusy
        interrupted()
    lock.release()
    assert lexical(collection, "word") == ["d000#0", "d001#0"]


def test_a_collection_dropped_elsewhere_is_gone_and_one_made_anew_is_found(
    open_store: Open,
) -> None:
    here, there = open_store(), open_store()
    old = here.create("a", FINGERPRINT)
    old.put(numbered(2))
    there.drop("a")
    with pytest.raises(NotFound):
        here.open("a")
    there.create("a", FINGERPRINT).put(numbered(1, start=7))
    assert lexical(here.open("a"), "word") == ["d007#0"]
    with pytest.raises(NotFound):
        old.put(numbered(1))  # would be written into a file that nobody can open any more


def test_what_was_acknowledged_is_never_written_into_a_dropped_collection(
    open_store: Open, tmp_path: Path
) -> None:
    here, there = open_store(), open_store()
    stale = here.create("a", FINGERPRINT)
    there.drop("a")
    there.create("a", FINGERPRINT)
    with pytest.raises(NotFound):
        stale.put(numbered(1))
    assert there.open("a").stats().documents == 0
    assert not list(tmp_path.glob(".dropped-*"))


def test_searches_under_way_survive_a_drop_or_say_that_the_collection_is_gone(
    open_store: Open,
) -> None:
    store = open_store()
    collection = store.create("a", FINGERPRINT)
    collection.put(numbered(50))
    dropped = threading.Event()

    def search() -> list[Exception]:
        failures: list[Exception] = []
        while not dropped.is_set():
            try:
                collection.search_lexical(["word"], limit=5)
                collection.search_dense(X, limit=5)
                collection.chunks(["d001#0"])
            except Exception as error:  # noqa: BLE001 - all are collected and judged below
                failures.append(error)
        return failures

    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(search) for _ in range(4)]
        store.drop("a")
        dropped.set()
        failures = [error for future in running for error in future.result()]
    assert [error for error in failures if not isinstance(error, NotFound)] == []


def test_names_leave_out_what_no_collection_is_called(open_store: Open, tmp_path: Path) -> None:
    store = open_store()
    store.create("a", FINGERPRINT)
    shutil.copytree(tmp_path / "a", tmp_path / ".dropped-left-by-a-crash")
    shutil.copytree(tmp_path / "a", tmp_path / "A copy")
    (tmp_path / "empty").mkdir()
    assert store.names() == ["a"]


# --- what built a collection ---------------------------------------------------------------------


def test_a_mismatch_names_what_differs_and_the_command_that_mends_it(open_store: Open) -> None:
    open_store().create("a", FINGERPRINT)
    other = Fingerprint("other", DIMENSION, "fake-analyzer", "none")
    with pytest.raises(FingerprintMismatch) as caught:
        open_store().create("a", other)
    assert "embedder: fake-embedder then, other now" in caught.value.message
    assert "`rag rebuild a`" in caught.value.message
    assert "analyzer" not in caught.value.message


def wide(items: Sequence[IndexedDocument], dimension: int) -> list[IndexedDocument]:
    """The same documents with vectors of another dimension."""
    vectors = [np.eye(dimension, dtype=np.float32)[[n]] for n in range(len(items))]
    return [
        IndexedDocument(d.document, d.chunks, v, d.content_hash)
        for d, v in zip(items, vectors, strict=True)
    ]


@pytest.mark.parametrize("threshold", [1, 1_000], ids=["graph", "exact"])
@pytest.mark.parametrize(("before", "after"), [(32, 16), (16, 32)])
def test_a_rebuild_may_change_the_dimension(
    open_store: Open, before: int, after: int, threshold: int
) -> None:
    documents = numbered(10)
    old, new = (Fingerprint("e", d, "a", "c") for d in (before, after))
    here, there = (open_store(hnsw_threshold=threshold) for _ in range(2))
    collection = here.create("a", old)
    with collection.bulk():
        collection.put(wide(documents, before))
    stale = there.open("a")
    assert len(dense(stale, np.eye(before, dtype=np.float32)[3])) == 10

    collection.reindex(lambda _: wide(documents, after), new)

    query = np.eye(after, dtype=np.float32)[3]
    for rebuilt in (collection, there.open("a"), open_store(hnsw_threshold=threshold).open("a")):
        assert rebuilt.fingerprint == new
        assert dense(rebuilt, query, limit=1) == ["d003#0"]
        assert lexical(rebuilt, "name3") == ["d003#0"]
        assert rebuilt.verify() == []
        record = rebuilt.record("d003")
        assert record is not None
        assert record.version == 1  # the document itself is the same
    with pytest.raises((NotFound, CollectionRebuilt)):
        stale.search_dense(np.eye(before, dtype=np.float32)[3], limit=1)


def test_a_rebuild_that_fails_leaves_the_collection_as_it_was(open_store: Open) -> None:
    collection = open_store().create("a", FINGERPRINT)
    collection.put(numbered(3))

    def failing() -> Iterator[IndexedDocument]:
        yield document("d000", ["new words"], [Z])
        raise RuntimeError("the embedder broke")

    with pytest.raises(RuntimeError):
        collection.reindex(lambda _: list(failing()), Fingerprint("new", DIMENSION, "a", "c"))
    assert collection.fingerprint == FINGERPRINT
    assert lexical(collection, "name0") == ["d000#0"]
    assert collection.verify() == []


@pytest.mark.parametrize(
    "vectors",
    [
        np.zeros((1, 3), dtype=np.float32),
        np.zeros((2, DIMENSION), dtype=np.float32),
        np.full((1, DIMENSION), np.nan, dtype=np.float32),
    ],
    ids=["another dimension", "too many", "not finite"],
)
def test_vectors_that_could_not_be_searched_are_refused(
    open_store: Open, vectors: np.ndarray
) -> None:
    collection = open_store().create("a", FINGERPRINT)
    good = numbered(1)[0]
    bad = IndexedDocument(good.document, good.chunks, vectors, "hash")
    with pytest.raises(ModelIncompatible, match="fake-embedder"):
        collection.put([good, bad])
    assert collection.stats().documents == 0


def test_a_search_leaves_pytorch_its_threads(open_store: Open) -> None:
    collection = open_store().create("a", FINGERPRINT)
    collection.put(numbered(3))
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert collection.search_dense(Z, limit=3)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


# --- crashes and damage --------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["tantivy", "rank_bm25"])
def test_changes_that_a_dead_writer_left_unindexed_are_found(open_store: Open, engine: str) -> None:
    store = open_store(lexical_engine=engine)
    collection = store.create("a", FINGERPRINT)
    collection.put(numbered(3))
    # What a writer does up to the instant of its death: the catalog has it, no index does.
    collection._catalog.put([document("d001", ["word changed"], [Z]), *numbered(1, start=9)])
    collection._catalog.delete(["d000"])
    for found in (collection, open_store(lexical_engine=engine).open("a")):
        assert lexical(found, "word") == ["d001#0", "d002#0", "d009#0"]
        assert lexical(found, "changed") == ["d001#0"]
        assert dense(found, Z, limit=1) == ["d001#0"]
        assert found.verify() == []


def test_a_crash_between_commit_and_state_file_indexes_nothing_twice(
    open_store: Open, tmp_path: Path
) -> None:
    open_store().create("a", FINGERPRINT).put(numbered(3))
    (tmp_path / "a" / "lexical" / "applied.json").unlink()
    again = open_store().open("a")
    assert lexical(again, "word") == ["d000#0", "d001#0", "d002#0"]
    assert again.verify() == []


def test_a_reader_of_the_reference_engine_needs_no_lock(open_store: Open, tmp_path: Path) -> None:
    open_store().create("a", FINGERPRINT).put(numbered(3))
    with FileLock(tmp_path / "a" / "writer.lock"):
        reader = open_store(lexical_engine="rank_bm25").open("a")
        assert len(lexical(reader, "word")) == 3


@pytest.mark.parametrize("lost", ["lexical", "dense"])
def test_indexes_that_were_lost_are_made_again(open_store: Open, tmp_path: Path, lost: str) -> None:
    store = open_store(hnsw_threshold=5)
    collection = store.create("a", FINGERPRINT)
    with collection.bulk():
        collection.put(numbered(20))
    collection.delete(["d003"])
    before = lexical(collection, "word", limit=30), dense(collection, X)
    store.close()
    shutil.rmtree(tmp_path / "a" / lost)

    again = open_store(hnsw_threshold=5).open("a")
    assert (lexical(again, "word", limit=30), dense(again, X)) == before
    assert again.verify() == []


@pytest.mark.parametrize("damage", [b"", b"garbage " * 50], ids=["empty", "garbage"])
@pytest.mark.parametrize(
    "pattern", ["lexical/meta.json", "lexical/*.term", "lexical/applied.json", "dense/graph*"]
)
def test_index_files_that_were_damaged_are_made_again(
    open_store: Open, tmp_path: Path, pattern: str, damage: bytes
) -> None:
    store = open_store(hnsw_threshold=5)
    collection = store.create("a", FINGERPRINT)
    with collection.bulk():
        collection.put(numbered(20))
    before = lexical(collection, "word", limit=30), dense(collection, X)
    store.close()
    damaged = list((tmp_path / "a").glob(pattern))
    assert damaged
    for file in damaged:
        file.write_bytes(damage)

    again = open_store(hnsw_threshold=5).open("a")
    assert (lexical(again, "word", limit=30), dense(again, X)) == before
    told = ["dense index: graph.json is not as it was written"]
    assert again.verify() == (told if pattern.startswith("dense") else [])
    again.rebuild_indexes()
    assert again.verify() == []


def test_a_catalog_that_was_damaged_is_an_error_that_says_what_to_do(
    open_store: Open, tmp_path: Path
) -> None:
    store = open_store()
    store.create("a", FINGERPRINT).put(numbered(1))
    store.close()
    (tmp_path / "a" / "catalog.db").write_bytes(b"garbage " * 1_000)
    with pytest.raises(StoreCorrupted, match="rag restore"):
        open_store().open("a")


def damaged(catalog: Path, *, whole: int) -> None:
    """Overwrites every page behind the first ``whole`` ones."""
    page = 4_096
    content = catalog.read_bytes()
    assert len(content) > (whole + 2) * page
    catalog.write_bytes(content[: whole * page] + b"\xff" * (len(content) - whole * page))


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(LocalCollection.verify, id="verify"),
        pytest.param(LocalCollection.records, id="records"),
        pytest.param(lambda held: held.document_chunks("d150"), id="chunks"),
        pytest.param(lambda held: held.put(numbered(1)), id="put"),
    ],
)
def test_damaged_pages_are_found_when_they_are_read(
    open_store: Open, tmp_path: Path, read: Callable[[LocalCollection], object]
) -> None:
    store = open_store()
    with store.create("a", FINGERPRINT).bulk():
        store.open("a").put(numbered(200))
    store.close()
    damaged(tmp_path / "a" / "catalog.db", whole=20)  # the roots of all tables
    collection = open_store().open("a")
    with pytest.raises(StoreCorrupted, match=r"catalog\.db can't be read .*rag restore"):
        read(collection)


def test_text_that_is_no_unicode_is_damage(open_store: Open) -> None:
    collection = open_store().create("a", FINGERPRINT)
    collection.put(numbered(1))
    with collection._catalog._connections.transaction() as db:
        db.execute("UPDATE documents SET title = CAST(x'ff' AS TEXT)")
    with pytest.raises(StoreCorrupted, match="Could not decode"):
        collection.document("d000")


def test_what_passes_is_no_damage(open_store: Open, tmp_path: Path) -> None:
    collection = open_store(lock_timeout_s=0.01).create("a", FINGERPRINT)
    with contextlib.closing(sqlite3.connect(tmp_path / "a" / "catalog.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            collection.put(numbered(1))


def test_a_catalog_of_another_schema_is_refused(open_store: Open, tmp_path: Path) -> None:
    store = open_store()
    store.create("a", FINGERPRINT)
    store.close()
    with sqlite3.connect(tmp_path / "a" / "catalog.db") as db:
        db.execute("UPDATE facts SET value = '999' WHERE name = 'schema'")
    db.close()
    with pytest.raises(StoreCorrupted, match="schema 999"):
        open_store().open("a")


@pytest.mark.parametrize("name", ["fingerprint", "tuning", "self_retrieval"])
@pytest.mark.parametrize("value", ["{", "[]", '{"of": "another version"}'])
def test_a_fact_that_cannot_be_read_is_an_error_that_says_what_to_do(
    open_store: Open, tmp_path: Path, name: str, value: str
) -> None:
    store = open_store()
    store.create("a", FINGERPRINT)
    store.close()
    with sqlite3.connect(tmp_path / "a" / "catalog.db") as db:
        db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
    db.close()
    with pytest.raises(StoreCorrupted, match="rag restore"):
        open_store().open("a").stats()


def test_verify_names_missing_and_ghost_chunks(open_store: Open) -> None:
    collection = open_store().create("a", FINGERPRINT)
    collection.put(numbered(3))
    keys = collection._catalog.all_keys()
    index, sequence = collection._lexical._opened(), collection._catalog.sequence()
    index.apply([(999, Analysed(["ghost"], ["ghost"]))], keys[:2], sequence=sequence)
    assert collection.verify() == [
        "lexical index: 2 chunks are missing",
        "lexical index: 1 chunks no longer exist",
    ]
    collection.rebuild_indexes()
    assert collection.verify() == []


# --- dense search --------------------------------------------------------------------------------


POINTS = {"near": (1.0, 0.0), "far": (4.0, 0.0), "aside": (0.9, 0.9), "behind": (-1.0, 0.2)}


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        pytest.param(
            "cosine",
            [("far", 1.0), ("near", 1.0), ("aside", 0.7071), ("behind", -0.9806)],
            id="the direction alone counts",
        ),
        pytest.param(
            "dot",
            [("far", 4.0), ("near", 1.0), ("aside", 0.9), ("behind", -1.0)],
            id="length counts",
        ),
        pytest.param(
            "l2",
            [("near", 0.0), ("aside", -0.82), ("behind", -4.04), ("far", -9.0)],
            id="distance counts, squared and negative",
        ),
    ],
)
@pytest.mark.parametrize("threshold", [1, 1_000], ids=["graph", "exact"])
def test_metrics_order_by_hand_computed_scores(
    open_store: Open, metric: str, expected: list[tuple[str, float]], threshold: int
) -> None:
    store = open_store(hnsw_threshold=threshold)
    fingerprint = Fingerprint("e", 2, "a", "c", metric)  # type: ignore[arg-type]  # a parameter
    collection = store.create("a", fingerprint)
    with collection.bulk():
        collection.put(
            [
                document(name, ["text"], [np.array(point, dtype=np.float32)])
                for name, point in POINTS.items()
            ]
        )
    query = np.array([1.0, 0.0], dtype=np.float32)
    found = collection.search_dense(query, limit=4)
    assert ids(found) == [f"{name}#0" for name, _ in expected]
    assert [c.score for c in found] == pytest.approx([score for _, score in expected], abs=5e-3)


def random_documents(count: int, *, seed: int, dimension: int = 16) -> list[IndexedDocument]:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return [
        document(f"r{n:04}", ["text"], [vectors[n] / np.linalg.norm(vectors[n])], {"n": n})
        for n in range(count)
    ]


def exact_order(items: Sequence[IndexedDocument], query: Vector, limit: int) -> list[str]:
    scores = {d.chunks[0].id: float(d.vectors[0].astype(np.float16) @ query) for d in items}
    return sorted(scores, key=lambda id_: (-scores[id_], id_))[:limit]


def test_the_graph_is_kept_found_again_followed_and_renewed(
    open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = random_documents(330, seed=1)
    query = items[5].vectors[0]
    fingerprint = Fingerprint("e", 16, "a", "c")
    store = open_store(hnsw_threshold=100)
    collection = store.create("a", fingerprint)
    with collection.bulk():
        collection.put(items[:200])
    assert collection._indexes.dense.is_graph
    first = sorted(path.name for path in (tmp_path / "a" / "dense").iterdir())
    assert len(first) == 3
    collection.put(items[200:210])  # the tail behind the checkpoint
    collection.delete(["r0007"])
    store.close()

    reads: list[str] = []
    read_index = faiss.read_index
    monkeypatch.setattr(faiss, "read_index", lambda path: reads.append(path) or read_index(path))
    again = open_store(hnsw_threshold=100).open("a")
    present = [item for item in items[:210] if item.document.id != "r0007"]
    assert dense(again, query) == exact_order(present, query, 10)
    assert len(reads) == 1
    assert again._indexes.dense.is_graph
    assert dense(again, items[205].vectors[0], limit=1) == ["r0205#0"]
    assert "r0007#0" not in dense(again, items[7].vectors[0], limit=50)
    assert sorted(path.name for path in (tmp_path / "a" / "dense").iterdir()) == first

    with again.bulk():  # 120 of 330 are new: more than a fifth
        again.put(items[210:])
    assert sorted(path.name for path in (tmp_path / "a" / "dense").iterdir()) != first
    present = [item for item in items if item.document.id != "r0007"]
    assert dense(again, query) == exact_order(present, query, 10)
    assert again.verify() == []


def test_a_graph_goes_when_the_collection_has_become_small(
    open_store: Open, tmp_path: Path
) -> None:
    items = random_documents(150, seed=2)
    collection = open_store(hnsw_threshold=100).create("a", Fingerprint("e", 16, "a", "c"))
    with collection.bulk():
        collection.put(items)
    assert collection._indexes.dense.is_graph
    with collection.bulk():
        collection.delete([item.document.id for item in items[20:]])
    assert not collection._indexes.dense.is_graph
    query = items[3].vectors[0]
    assert dense(collection, query) == exact_order(items[:20], query, 10)
    assert collection.verify() == []


@pytest.mark.parametrize("share", [2, 8, 40], ids=["a half", "an eighth", "a fortieth"])
def test_a_filter_finds_its_best_on_a_graph_too(open_store: Open, share: int) -> None:
    items = random_documents(400, seed=3)
    collection = open_store(hnsw_threshold=100).create("a", Fingerprint("e", 16, "a", "c"))
    with collection.bulk():
        collection.put(items)
    where = parse_filter({"n": list(range(0, 400, share))})
    query = items[1].vectors[0]
    found = ids(collection.search_dense(query, limit=5, where=where))
    assert found == exact_order(items[::share], query, 5)


def test_a_filter_that_leads_away_from_the_query_is_answered_exactly(open_store: Open) -> None:
    """As when the question is in one language and the filter asks for the other."""
    noise = np.random.default_rng(4).normal(scale=0.3, size=(600, 16)).astype(np.float32)
    vectors = noise + np.where(np.arange(600) < 300, 1, -1)[:, None].astype(np.float32)
    items = [
        document(f"r{n:04}", ["text"], [vector / np.linalg.norm(vector)], {"near": n < 300})
        for n, vector in enumerate(vectors)
    ]
    collection = open_store(hnsw_threshold=100).create("a", Fingerprint("e", 16, "a", "c"))
    with collection.bulk():
        collection.put(items)
    query = unit(*[1.0] * 16)
    found = collection.search_dense(query, limit=50, where=parse_filter({"near": False}))
    assert ids(found) == exact_order(items[300:], query, 50)


def test_rows_of_deleted_chunks_are_dropped_once_they_are_many(open_store: Open) -> None:
    collection = open_store().create("a", FINGERPRINT)
    collection.put(numbered(100))
    assert len(dense(collection, X, limit=200)) == 100
    collection.delete([f"d{n:03}" for n in range(10)])
    dense(collection, X)
    rows = collection._indexes.dense._rows
    assert (rows.count, rows.dead) == (100, 10)
    collection.delete([f"d{n:03}" for n in range(10, 40)])
    assert dense(collection, X, limit=200) == [f"d{n:03}#0" for n in range(40, 100)]
    rows = collection._indexes.dense._rows
    assert (rows.count, rows.dead) == (60, 0)
    collection.put(numbered(1))
    assert dense(collection, X, limit=1) == ["d000#0"]
    assert collection.verify() == []


def test_dense_searches_run_beside_each_other(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = open_store().create("a", FINGERPRINT)
    collection.put(numbered(3))
    assert dense(collection, X)
    index, together = collection._indexes.dense._rows.faiss, threading.Barrier(2)

    def meeting(*arguments: object, **named: object) -> object:
        together.wait(WAIT_S)  # breaks where the other search is not let in
        return faiss.IndexScalarQuantizer.search(index, *arguments, **named)

    monkeypatch.setattr(index, "search", meeting)
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda _: dense(collection, X), range(2)))
    assert found == [["d000#0", "d001#0", "d002#0"]] * 2


def test_rest_takes_nothing_from_a_search(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = open_store().create("a", FINGERPRINT)
    collection.put(numbered(3))
    follow = collection._indexes.dense.follow

    def then_rests() -> object:
        rows = follow()
        collection.rest()
        return rows

    monkeypatch.setattr(collection._indexes.dense, "follow", then_rests)
    assert dense(collection, X) == ["d000#0", "d001#0", "d002#0"]


@pytest.mark.parametrize("threshold", [5, 1_000], ids=["graph", "exact"])
def test_a_small_bulk_write_reads_none_of_the_vectors_that_are_there(
    open_store: Open, monkeypatch: pytest.MonkeyPatch, threshold: int
) -> None:
    store = open_store(hnsw_threshold=threshold)
    with store.create("a", FINGERPRINT).bulk():
        store.open("a").put(numbered(40))
    store.close()
    again = open_store(hnsw_threshold=threshold).open("a")
    with monkeypatch.context() as patched:
        patched.setattr(again._catalog, "vectors_of", None)  # a call would fail
        with again.bulk():
            again.put(numbered(1, start=40))
    assert len(dense(again, X, limit=50)) == 41
    assert again._indexes.dense.is_graph == (threshold == 5)


class FailingOnce:
    """Stands in for a method and fails at one of its calls."""

    def __init__(self, method: Callable[..., object], *, call: int) -> None:
        self._method = method
        self._left = call

    def __call__(self, *arguments: object) -> object:
        self._left -= 1
        if self._left == 0:
            raise sqlite3.OperationalError("disk I/O error")
        return self._method(*arguments)


@pytest.mark.parametrize("call", [1, 2], ids=["what was added", "what is left"])
def test_a_read_that_fails_while_the_dense_index_follows_loses_nothing(
    open_store: Open, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    collection = open_store().create("a", FINGERPRINT)
    collection.put(numbered(100))
    dense(collection, X)
    collection.delete([f"d{n:03}" for n in range(30)])
    collection.put(numbered(5, start=100))
    failing = FailingOnce(collection._catalog.vectors_of, call=call)
    with monkeypatch.context() as patched:
        patched.setattr(collection._catalog, "vectors_of", failing)
        with pytest.raises(sqlite3.OperationalError):
            dense(collection, X)
        assert dense(collection, X, limit=200) == [f"d{n:03}#0" for n in range(30, 105)]
    assert collection.verify() == []


def test_what_goes_after_a_first_read_that_failed_halfway_is_not_found(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense_index, "BATCH", 3)
    collection = open_store().create("a", FINGERPRINT)
    collection.put(numbered(6))
    failing = FailingOnce(collection._catalog.vectors_of, call=2)
    with monkeypatch.context() as patched:
        patched.setattr(collection._catalog, "vectors_of", failing)
        with pytest.raises(sqlite3.OperationalError):
            dense(collection, X)
    collection.delete(["d000"])
    assert dense(collection, X, limit=5) == [f"d{n:03}#0" for n in range(1, 6)]
    assert collection.verify() == []


def test_rows_that_faiss_took_in_half_are_read_anew(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = open_store().create("a", FINGERPRINT)
    collection.put(numbered(10))
    dense(collection, X)
    collection.put(numbered(10, start=10))
    index = collection._indexes.dense._rows.faiss

    def half(vectors: Vectors) -> None:
        faiss.IndexScalarQuantizer.add(index, vectors[: len(vectors) // 2])
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(index, "add", half)
        with pytest.raises(MemoryError):
            dense(collection, X)
    assert dense(collection, X, limit=50) == [f"d{n:03}#0" for n in range(20)]
    assert collection.verify() == []


# --- lexical scores ------------------------------------------------------------------------------


def corpus(documents: int, *, longest: int, seed: int) -> list[list[str]]:
    choose = random.Random(seed)
    words = [f"w{n}" for n in range(50)]
    weights = [1 / (n + 1) for n in range(50)]
    return [
        choose.choices(words, weights, k=choose.randrange(1, longest)) for _ in range(documents)
    ]


def filled(store: LocalStore, texts: Sequence[Sequence[str]]) -> LocalCollection:
    collection = store.create("a", FINGERPRINT)
    collection.put([document(f"t{n}", [" ".join(t)], [X]) for n, t in enumerate(texts)])
    return collection


def scores(found: Sequence[Candidate]) -> dict[int, float]:
    return {int(c.chunk_id.removeprefix("t").removesuffix("#0")): c.score for c in found}


@pytest.mark.parametrize(
    ("longest", "tolerance"),
    [
        pytest.param(40, 1e-5, id="lengths below 40 are kept exactly"),
        # Lucene keeps longer ones in a byte: four bits of mantissa, so up to 1/16 of the length.
        pytest.param(1_500, 0.05, id="longer ones are rounded"),
    ],
)
def test_tantivy_scores_as_bm25s_does(open_store: Open, longest: int, tolerance: float) -> None:
    texts = corpus(120, longest=longest, seed=7)
    collection = filled(open_store(), texts)
    oracle = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    oracle.index(texts, show_progress=False)
    for query in (["w0"], ["w3", "w17"], ["w1", "w1", "w40"], ["w49", "w48", "w47"]):
        found = scores(collection.search_lexical(query, limit=200))
        expected = oracle.get_scores(query)
        assert set(found) == set(np.flatnonzero(expected).tolist())
        for number, score in found.items():
            # Tantivy keeps the constant factor k1 + 1, which bm25s and newer Lucenes leave out.
            assert score == pytest.approx(2.2 * float(expected[number]), rel=tolerance)


def test_the_reference_engine_scores_as_rank_bm25_itself(open_store: Open) -> None:
    texts = corpus(60, longest=40, seed=8)
    store = open_store(lexical_engine="rank_bm25", bm25_k1=0.9, bm25_b=0.4)
    collection = filled(store, texts)
    oracle = BM25Okapi(texts, k1=0.9, b=0.4)
    for query in (["w0"], ["w3", "w17"], ["w1", "w1", "w40"]):
        expected = oracle.get_scores(query)
        holding = {n for n, text in enumerate(texts) if set(query) & set(text)}
        found = scores(collection.search_lexical(query, limit=200))
        assert found == pytest.approx({n: expected[n] for n in holding})


# --- snapshots -----------------------------------------------------------------------------------


def test_a_snapshot_brings_a_collection_back_whole(open_store: Open, tmp_path: Path) -> None:
    store = open_store()
    collection = store.create("a", FINGERPRINT)
    collection.put(numbered(5))
    store.snapshot("a", tmp_path / "copy.db")
    collection.delete(["d001"])
    restored = store.restore(tmp_path / "copy.db", "b")
    assert restored.stats().documents == 5
    assert restored.fingerprint == FINGERPRINT
    assert lexical(restored, "word") == [f"d00{n}#0" for n in range(5)]
    assert dense(restored, X, limit=1) == ["d000#0"]
    assert restored.verify() == []
    assert collection.stats().documents == 4


def test_a_restored_collection_does_not_inherit_indexes_of_a_lost_one(
    open_store: Open, tmp_path: Path
) -> None:
    store = open_store()
    store.create("a", FINGERPRINT).put(numbered(2))
    store.snapshot("a", tmp_path / "copy.db")
    store.create("b", FINGERPRINT).put(numbered(9, start=50))
    store.close()
    (tmp_path / "b" / "catalog.db").unlink()
    restored = open_store().restore(tmp_path / "copy.db", "b")
    assert lexical(restored, "word") == ["d000#0", "d001#0"]
    assert restored.verify() == []


def test_an_older_catalog_put_back_by_hand_makes_its_indexes_anew(
    open_store: Open, tmp_path: Path
) -> None:
    store = open_store(hnsw_threshold=3)
    collection = store.create("a", FINGERPRINT)
    collection.put(numbered(2))
    store.snapshot("a", tmp_path / "copy.db")
    with collection.bulk():
        collection.put(numbered(9, start=50))
    store.close()
    for left in (tmp_path / "a").glob("catalog.db*"):
        left.unlink()
    shutil.copyfile(tmp_path / "copy.db", tmp_path / "a" / "catalog.db")
    again = open_store(hnsw_threshold=3).open("a")
    assert lexical(again, "word") == dense(again, X) == ["d000#0", "d001#0"]
    assert again.verify() == []


@pytest.mark.parametrize("content", [None, b"", b"no database"], ids=["missing", "empty", "text"])
def test_what_is_no_snapshot_is_refused(
    open_store: Open, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "copy.db"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InvalidRequest, match="no snapshot"):
        open_store().restore(file, "b")
    assert open_store().names() == []


def test_snapshots_and_restores_overwrite_nothing(open_store: Open, tmp_path: Path) -> None:
    store = open_store()
    store.create("a", FINGERPRINT)
    store.snapshot("a", tmp_path / "copy.db")
    with pytest.raises(InvalidRequest, match="exists"):
        store.snapshot("a", tmp_path / "copy.db")
    with pytest.raises(InvalidRequest, match="no folder"):
        store.snapshot("a", tmp_path / "missing" / "copy.db")
    with pytest.raises(InvalidRequest, match='collection "a" already'):
        store.restore(tmp_path / "copy.db", "a")


@pytest.mark.parametrize("error", [sqlite3.OperationalError("disk is full"), OSError(28, "full")])
def test_a_snapshot_that_cannot_be_written_says_so_and_leaves_nothing(
    open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def failing(*_: object) -> None:
        raise error

    store = open_store()
    store.create("a", FINGERPRINT)
    (tmp_path / "copies").mkdir()
    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(InvalidRequest, match=r"copy\.db can't be written \(.*full\)"):
        store.snapshot("a", tmp_path / "copies" / "copy.db")
    assert list((tmp_path / "copies").iterdir()) == []


# --- threads -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [{}, {"lexical_engine": "rank_bm25"}, {"hnsw_threshold": 20}],
    ids=["tantivy", "rank_bm25", "hnsw"],
)
def test_searches_go_on_while_another_thread_writes(
    open_store: Open, settings: dict[str, object]
) -> None:
    collection = open_store(**settings).create("a", FINGERPRINT)
    stable = [document(f"stable{n}", ["word"], [X]) for n in range(3)]
    collection.put(stable)
    expected = ["stable0#0", "stable1#0", "stable2#0"]
    written = threading.Event()

    def search() -> int:
        rounds = 0
        while not written.is_set() or rounds == 0:
            assert lexical(collection, "word", limit=3) == expected
            assert dense(collection, X, limit=3) == expected
            assert [c.id for c in collection.chunks(expected)] == expected
            rounds += 1
        return rounds

    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(search) for _ in range(4)]
        try:
            for n in range(10):
                collection.put([document(f"other{n % 4}", ["noise " * n + "x"], [Y])])
                collection.delete([f"other{(n + 2) % 4}"])
        finally:
            written.set()
        assert all(future.result() >= 1 for future in running)
    assert collection.verify() == []


def test_threads_leave_no_connections_behind(open_store: Open) -> None:
    collection = open_store().create("a", FINGERPRINT)
    for _ in range(20):
        thread = threading.Thread(target=collection.stats)
        thread.start()
        thread.join()
    assert len(collection._catalog._connections._idle) <= 2


def test_a_closed_collection_refuses_further_calls(open_store: Open) -> None:
    store = open_store()
    collection = store.create("a", FINGERPRINT)
    store.close()
    with pytest.raises(NotFound):
        collection.stats()


def test_metadata_of_a_document_is_kept_once(open_store: Open, tmp_path: Path) -> None:
    """Sixteen thousand characters of it in a document of two hundred chunks."""
    collection = open_store().create("notes", FINGERPRINT)
    parts = [f"part {n}" for n in range(200)]
    collection.put([document("a", parts, [X] * 200, {"note": "n" * 16_000})])
    collection.close()
    size = sum(file.stat().st_size for file in tmp_path.rglob("catalog.db*"))
    assert size < 3_000_000
