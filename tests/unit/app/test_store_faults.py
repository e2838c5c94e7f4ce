"""A store with damaged caches, a full or read-only disk, or slow neighbours."""

from __future__ import annotations

import contextlib
import logging
import os
import random
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from app.domain import DocumentRecord, IndexedDocument
from app.errors import CollectionBusy, InvalidRequest, StoreCorrupted, StoreUnwritable
from app.settings import StoreSettings
from app.stores.local import collection as collection_module
from app.stores.local import tantivy_index
from app.stores.local.collection import LocalCollection
from app.stores.local.store import LocalStore
from app.stores.local.tantivy_index import TantivyIndex
from tests.contract.store_contract import FINGERPRINT, X, document, ids, unit

NOBODY = 65_534
WAIT_S = 20.0


class SpaceAnalyzer:
    version = "spaces"

    def __init__(self) -> None:
        self.before: Callable[[str], None] = lambda _: None

    def terms(self, text: str) -> list[str]:
        self.before(text)
        return text.split()

    def language(self, text: str) -> str:
        return "und"


Open = Callable[..., LocalStore]


@pytest.fixture
def analyzer() -> SpaceAnalyzer:
    return SpaceAnalyzer()


@pytest.fixture
def open_store(tmp_path: Path, analyzer: SpaceAnalyzer) -> Iterator[Open]:
    stores: list[LocalStore] = []

    def make(directory: Path = tmp_path, **settings: object) -> LocalStore:
        fields = {"directory": directory, "lock_timeout_s": 5.0, **settings}
        stores.append(LocalStore(StoreSettings.model_validate(fields), analyzer))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


def fill(collection: LocalCollection, count: int = 20) -> None:
    with collection.bulk():
        collection.put(
            [
                document(f"d{n:03}", [f"word name{n}"], [unit(np.cos(n), np.sin(n), 0, 0)])
                for n in range(count)
            ]
        )


def found(collection: LocalCollection) -> tuple[list[str], list[str]]:
    return (
        ids(collection.search_lexical(["word"], limit=50)),
        ids(collection.search_dense(X, limit=50)),
    )


def flip(file: Path, bit: int) -> None:
    content = bytearray(file.read_bytes())
    content[bit // 8 % len(content)] ^= 1 << bit % 8
    file.write_bytes(content)


def content_bytes(file: Path) -> int:
    """Without the footer that Tantivy puts behind each of its files."""
    whole = file.read_bytes()
    footer = 8 + int.from_bytes(whole[-8:-4], "little") if file.parent.name == "lexical" else 0
    return len(whole) - footer


def segment_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix in tantivy_index.SEGMENT_SUFFIXES)


class PanicException(BaseException):
    """As pyo3 raises where Rust panics."""


PanicException.__module__ = "pyo3_runtime"


# --- damaged caches ------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", tantivy_index.SEGMENT_SUFFIXES)
@pytest.mark.parametrize("checked", [True, False], ids=["found on opening", "found on reading"])
def test_random_bytes_in_the_lexical_index_cost_nothing_but_time(
    open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, checked: bool
) -> None:
    store = open_store()
    fill(store.create("a", FINGERPRINT))
    before = found(store.open("a"))
    store.close()
    if not checked:
        monkeypatch.setattr(tantivy_index, "CHECKED_ON_OPENING", 0)
    for file in (tmp_path / "a/lexical").glob(f"*{suffix}"):
        file.write_bytes(random.Random(suffix).randbytes(file.stat().st_size))

    again = open_store()
    assert any(f"{suffix} is not as it was written" in told for told in again.open("a").verify())
    again.snapshot("a", tmp_path / "copy.db")
    assert ids(again.restore(tmp_path / "copy.db", "b").search_dense(X, limit=50)) == before[1]
    with contextlib.suppress(StoreCorrupted):
        assert found(again.open("a")) == before or not checked
    fill(again.open("a"), 25)  # and what is written next does not end in a panic
    again.open("a").rebuild_indexes()
    assert again.open("a").verify() == []
    assert len(found(again.open("a"))[0]) == 25


def test_a_panic_in_a_search_makes_the_index_anew(
    open_store: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    collection = open_store().create("a", FINGERPRINT)
    fill(collection)
    before = found(collection)
    broken = collection._lexical._opened()

    class Panicking:
        num_docs = 20

        def search(self, *_: object, **__: object) -> object:
            raise PanicException("range end index out of range")

    monkeypatch.setattr(broken, "_searcher", Panicking())
    with caplog.at_level(logging.WARNING):
        assert found(collection) == before
    assert "can't be read (range end index" in caplog.text or collection.verify() == []


@pytest.mark.parametrize("mend", ["rebuild", "drop"])
def test_caches_are_made_again_or_dropped_unread(
    open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mend: str
) -> None:
    store = open_store(hnsw_threshold=5)
    fill(store.create("a", FINGERPRINT))
    before = found(store.open("a"))
    store.close()
    shutil.rmtree(tmp_path / "a/lexical")
    (tmp_path / "a/lexical").write_bytes(b"a file in its place")
    for file in (tmp_path / "a/dense").iterdir():
        file.write_bytes(b"garbage")
    again = open_store(hnsw_threshold=5)
    if mend == "rebuild":
        again.open("a").rebuild_indexes()
        assert found(again.open("a")) == before
        assert again.open("a").verify() == []
    else:
        opened: list[object] = []
        monkeypatch.setattr(TantivyIndex, "_open", opened.append)
        again.drop("a")
        assert (again.names(), opened) == ([], [])
        assert [path.name for path in tmp_path.iterdir()] == ["collections.lock"]


def test_a_collection_whose_catalog_is_garbage_can_be_dropped(
    open_store: Open, tmp_path: Path
) -> None:
    open_store().create("a", FINGERPRINT)
    (tmp_path / "a/catalog.db").write_bytes(b"garbage " * 1_000)
    again = open_store()
    with pytest.raises(StoreCorrupted):
        again.open("a")
    again.drop("a")
    assert again.names() == []


@pytest.mark.parametrize("seed", range(3))
def test_a_flipped_bit_is_told_in_every_file_of_an_index(
    open_store: Open, tmp_path: Path, seed: int
) -> None:
    choose = random.Random(seed)
    store = open_store(tmp_path / "whole", hnsw_threshold=5)
    fill(store.create("a", FINGERPRINT))
    before = found(store.open("a"))
    store.close()
    lexical = segment_files(tmp_path / "whole/a/lexical")
    graph = [path for path in (tmp_path / "whole/a/dense").iterdir() if path.suffix != ".json"]
    assert (len(lexical) >= 6, len(graph)) == (True, 2)
    for number, file in enumerate((*lexical, *graph)):
        copy = tmp_path / f"copy{number}"
        shutil.copytree(tmp_path / "whole", copy)
        flip(copy / file.relative_to(tmp_path / "whole"), choose.randrange(8 * content_bytes(file)))
        damaged = open_store(copy, hnsw_threshold=5).open("a")
        assert f"{file.parent.name} index: {file.name} is not as it was written" in damaged.verify()
        assert found(damaged) == before


# --- what can't be written -----------------------------------------------------------------------


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Callable[[Path], Path]]:
    """Takes the right to write from a copy of a folder; root, who may always, becomes nobody."""
    place = Path(tempfile.mkdtemp())
    user = os.geteuid()

    def taken(folder: Path) -> Path:
        copy = place / "store"
        shutil.copytree(folder, copy)
        for path in (place, copy, *copy.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        if user == 0:
            os.seteuid(NOBODY)
        return copy

    yield taken
    os.seteuid(user)
    for path in (place, *place.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(place)


@pytest.mark.parametrize("lost", [False, True], ids=["with its index", "without"])
def test_a_read_only_store_can_be_searched(
    open_store: Open, tmp_path: Path, read_only: Callable[[Path], Path], lost: bool
) -> None:
    store = open_store(tmp_path / "store", hnsw_threshold=5)
    fill(store.create("a", FINGERPRINT))
    before = found(store.open("a"))
    store.close()
    if lost:
        shutil.rmtree(tmp_path / "store/a/lexical")
    there = open_store(read_only(tmp_path / "store"), hnsw_threshold=5)
    collection = there.open("a")
    assert found(collection) == before
    assert collection.document("d003") is not None
    with pytest.raises(StoreUnwritable, match="can't be written"):
        fill(collection, 21)
    with pytest.raises(StoreUnwritable):
        there.create("b", FINGERPRINT)


def test_who_may_only_read_sees_what_others_write(
    open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    store.create("a", FINGERPRINT)
    store.close()
    with monkeypatch.context() as patched:
        patched.setattr("app.stores.local.connections.may_write", lambda _: False)
        reader = open_store().open("a")
        assert reader.stats().documents == 0
        patched.undo()
        writer = open_store()
        fill(writer.open("a"))
        patched.setattr("app.stores.local.connections.may_write", lambda _: False)
        assert reader.stats().documents == 20
        patched.undo()
        writer.close()
        patched.setattr("app.stores.local.connections.may_write", lambda _: False)
        assert reader.stats().documents == 20


def full(*_: object, **__: object) -> None:
    raise ValueError("An IO error occurred: 'No space left on device (os error 28)'")


def test_a_full_disk_under_the_lexical_index_loses_no_document(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = open_store().create("a", FINGERPRINT)
    fill(collection)
    with monkeypatch.context() as patched:
        patched.setattr(TantivyIndex, "_write", full)
        with pytest.raises(StoreUnwritable, match="Make room"):
            collection.put([document("new", ["word late"], [X])])
        assert "new#0" in found(collection)[1]  # it is kept, and the old index serves on
        assert len(found(collection)[0]) == 20
        assert collection.delete(["d001"]) == 1
        assert "d001#0" not in found(collection)[0]
    assert "new#0" in found(collection)[0]
    assert collection.verify() == []


def test_a_collection_opens_where_its_lexical_index_cannot_be_made(
    open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    fill(store.create("a", FINGERPRINT))
    before = found(store.open("a"))
    store.close()
    shutil.rmtree(tmp_path / "a/lexical")

    def refused(*_: object) -> None:
        raise StoreUnwritable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(TantivyIndex, "make", refused)
        collection = open_store().open("a")
        assert found(collection) == before
        fill(collection, 25)
        assert len(found(collection)[0]) == 25
    assert not (tmp_path / "a/lexical").exists()
    collection.rest()
    assert len(found(collection)[0]) == 25
    assert (tmp_path / "a/lexical").exists()


def test_a_graph_that_cannot_be_written_is_used_all_the_same(
    open_store: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refused(*_: object) -> None:
        raise RuntimeError("write error: No space left on device")

    monkeypatch.setattr("app.stores.local.graph_checkpoint.faiss.write_index", refused)
    collection = open_store(hnsw_threshold=5).create("a", FINGERPRINT)
    fill(collection)
    assert collection._dense.is_graph
    assert collection.verify() == []


# --- slow and many neighbours --------------------------------------------------------------------


def test_a_slow_opening_keeps_no_other_collection_waiting(
    open_store: Open, analyzer: SpaceAnalyzer, tmp_path: Path
) -> None:
    store = open_store()
    for name in ("slow", "quick"):
        fill(store.create(name, FINGERPRINT))
    store.close()
    for name in ("slow", "quick"):
        shutil.rmtree(tmp_path / name / "lexical")
    began, go_on = threading.Event(), threading.Event()

    def slowly(text: str) -> None:
        if not began.is_set():
            began.set()
            assert go_on.wait(WAIT_S)

    analyzer.before = slowly
    again = open_store()
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(lambda: found(again.open("slow")))
        try:
            assert began.wait(WAIT_S)
            quick = threads.submit(lambda: found(again.open("quick"))).result(WAIT_S)
            assert len(quick[0]) == 20
            again.create("new", FINGERPRINT)
            assert again.open("slow").stats().documents == 20
        finally:
            go_on.set()
        assert slow.result(WAIT_S) == quick


def test_a_process_that_hangs_while_it_makes_a_collection_is_told_of(
    open_store: Open, tmp_path: Path
) -> None:
    store = open_store(lock_timeout_s=0.05)
    store.create("a", FINGERPRINT)
    with FileLock(tmp_path / "collections.lock"):
        with pytest.raises(CollectionBusy, match=r"store\.lock_timeout_s"):
            store.create("b", FINGERPRINT)
        with pytest.raises(CollectionBusy):
            store.drop("a")
        fill(store.create("a", FINGERPRINT))  # it is there: nothing has to be made


def descriptors(root: Path) -> int:
    links = [link for link in Path("/proc/self/fd").iterdir() if link.exists()]
    return sum(str(link.readlink()).startswith(str(root)) for link in links)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors in /proc")
def test_collections_asked_for_long_ago_keep_no_files(open_store: Open, tmp_path: Path) -> None:
    store = open_store(open_collections=3, hnsw_threshold=5)
    names = [f"c{n}" for n in range(12)]
    for name in names:
        fill(store.create(name, FINGERPRINT))
    few = 3 * 5
    assert 0 < descriptors(tmp_path) <= few
    again = open_store(open_collections=3, hnsw_threshold=5)
    store.close()
    for name in (*names, *reversed(names), *names):
        assert len(found(again.open(name))[0]) == 20
        assert 0 < descriptors(tmp_path) <= few
    store, first = again, again.open("c0")
    for name in names[1:]:
        store.open(name).stats()
    assert len(found(first)[0]) == 20  # whoever still holds one goes on with it
    assert store.open("c5").verify() == []


# --- the catalog ---------------------------------------------------------------------------------


def execute(collection: LocalCollection, sql: str, *values: object) -> None:
    with collection._catalog._connections.transaction() as db:
        db.execute(sql, values)


def test_a_flipped_bit_in_a_stored_vector_is_told_and_never_searched(open_store: Open) -> None:
    store = open_store()
    collection = store.create("a", FINGERPRINT)
    fill(collection)
    blob = collection._catalog._connections.rows("SELECT vector FROM chunks WHERE key = 3")[0][0]
    flipped = bytes([blob[0], blob[1] ^ 0x40, *blob[2:]])
    execute(collection, "UPDATE chunks SET vector = ? WHERE key = 3", flipped)
    collection.rest()
    assert len(found(collection)[0]) == 20
    assert "d002#0" not in found(collection)[1]
    assert len(found(collection)[1]) == 19
    assert "chunk d002#0: its vector is not as it was written" in collection.verify()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE chunks SET text = 'else' WHERE key = 3", "chunk d002#0: its text is not"),
        ("UPDATE chunks SET metadata = '{' WHERE key = 3", "chunk d002#0: its headings"),
        ("UPDATE documents SET blocks = '[' WHERE key = 3", "document d002: its structure"),
    ],
)
def test_damage_to_one_document_names_it_and_what_to_do(
    open_store: Open, damage: str, told: str
) -> None:
    collection = open_store().create("a", FINGERPRINT)
    fill(collection)
    execute(collection, damage)
    assert [problem.startswith(told) for problem in collection.verify()] == [True]
    if "blocks" in damage:
        with pytest.raises(StoreCorrupted, match=r'"d002" .*`rag ingest --force`.*`rag delete`'):
            collection.document("d002")
    collection.put([document("d002", ["whole again"], [X])])
    assert collection.verify() == []


def test_a_collection_is_searched_and_written_while_it_is_made_anew(open_store: Open) -> None:
    collection = open_store(lock_timeout_s=0.05).create("a", FINGERPRINT)
    fill(collection, 3)
    rounds: list[list[str]] = []

    def reindex(records: Sequence[DocumentRecord]) -> list[IndexedDocument]:
        names = [record.id for record in records]
        rounds.append(names)
        if len(rounds) == 1:  # while these are made, others come, change and go
            with ThreadPoolExecutor(1) as thread:
                put = [document("d001", ["word changed"], [X]), document("new", ["word new"], [X])]
                thread.submit(collection.put, put).result(WAIT_S)
                assert thread.submit(collection.delete, ["d000"]).result(WAIT_S) == 1
                assert len(thread.submit(found, collection).result(WAIT_S)[0]) == 3
        return [document(name, [f"remade {name}"], [X]) for name in names]

    collection.reindex(reindex, replace(FINGERPRINT, chunking="another"))
    assert rounds == [["d000", "d001", "d002"], ["d001", "new"]]
    expected = ["d001#0", "d002#0", "new#0"]
    assert ids(collection.search_lexical(["remade"], limit=9)) == expected
    assert found(collection) == ([], expected)
    assert collection.fingerprint.chunking == "another"
    record = collection.record("d001")
    assert record is not None
    assert record.version == 2
    assert collection.verify() == []
    assert not (collection._directory / "rebuild").exists()


def test_one_rebuild_at_a_time_and_none_leaves_anything_when_it_dies(open_store: Open) -> None:
    collection = open_store().create("a", FINGERPRINT)
    fill(collection, 2)
    leftover = collection._directory / "rebuild"

    def again(_: object) -> list[IndexedDocument]:
        assert leftover.exists()
        with pytest.raises(CollectionBusy, match="is being rebuilt already"):
            collection.reindex(lambda _: [], FINGERPRINT)
        fill(collection, 1)  # which tidies up, but not what is in use
        assert leftover.exists()
        raise RuntimeError("the embedder broke")

    with pytest.raises(RuntimeError):
        collection.reindex(again, FINGERPRINT)
    assert not leftover.exists()
    leftover.mkdir()
    (leftover / "catalog.db").write_bytes(b"text of a rebuild that was killed")
    fill(collection, 1)
    assert not leftover.exists()


@pytest.mark.parametrize("where", ["vector", "middle", "end"])
def test_a_snapshot_is_read_to_its_end_before_anything_is_restored(
    open_store: Open, tmp_path: Path, where: str
) -> None:
    store = open_store()
    fill(store.create("a", FINGERPRINT), 300)
    copy = tmp_path / "copy.db"
    store.snapshot("a", copy)
    if where == "vector":
        with contextlib.closing(sqlite3.connect(copy)) as db, db:
            db.execute("UPDATE chunks SET vector = x'0000' WHERE key = 200")
    else:
        content = bytearray(copy.read_bytes())
        at = len(content) // 2 if where == "middle" else len(content) - 4_096
        content[at : at + 2_048] = random.Random(0).randbytes(2_048)
        copy.write_bytes(content)
    with pytest.raises(InvalidRequest, match=r"damaged, so nothing was restored|no snapshot"):
        store.restore(copy, "b")
    assert store.names() == ["a"]
    assert not (tmp_path / "b").exists()


def test_the_log_of_changes_is_pruned_and_whoever_lags_begins_anew(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection_module, "MIN_LOG", 50)
    for settings in ({}, {"hnsw_threshold": 5}, {"lexical_engine": "rank_bm25"}):
        writer = open_store(**settings).create("a", FINGERPRINT)
        fill(writer)
        reader = open_store(**settings).open("a")
        assert len(found(reader)[0]) == len(found(reader)[1]) == 20
        for _ in range(4):
            fill(writer)
        assert writer._catalog.log_length() <= 50
        with writer.bulk():
            writer.delete(["d000", "d001"])
        for collection in (reader, writer, open_store(**settings).open("a")):
            assert sorted(found(collection)[1]) == [f"d{n:03}#0" for n in range(2, 20)]
            assert len(found(collection)[0]) == 18
            assert collection.verify() == []
        open_store().drop("a")


def test_a_large_write_leaves_no_large_log_of_writes(open_store: Open, tmp_path: Path) -> None:
    collection = open_store().create("a", FINGERPRINT)
    text = "word " * 200_000
    with collection.bulk():
        for n in range(20):
            collection.put([document(f"d{n}", [text[: 900_000 + n]], [X])])
    assert (tmp_path / "a/catalog.db").stat().st_size > 30_000_000
    wal = tmp_path / "a/catalog.db-wal"
    assert not wal.exists() or wal.stat().st_size <= 16_000_000


def test_what_a_crash_left_of_dropped_collections_and_old_graphs_is_removed(
    open_store: Open, tmp_path: Path
) -> None:
    store = open_store(hnsw_threshold=5)
    collection = store.create("a", FINGERPRINT)
    fill(collection)
    (tmp_path / ".dropped-0123").mkdir()
    (tmp_path / ".dropped-0123/catalog.db").write_bytes(b"deleted text")
    for left in ("graph-1.faiss", "graph-1.npy", "unfinished.faiss"):
        (tmp_path / "a/dense" / left).write_bytes(b"old")
    store.create("b", FINGERPRINT)
    assert not (tmp_path / ".dropped-0123").exists()
    collection.rebuild_indexes()
    assert len(list((tmp_path / "a/dense").iterdir())) == 3
    with collection.bulk():
        collection.delete([f"d{n:03}" for n in range(18)])
    assert list((tmp_path / "a/dense").iterdir()) == []
