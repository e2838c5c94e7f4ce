"""A store with damaged caches, a full or read-only disk, or slow neighbours."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from app.conformance.documents import FINGERPRINT, X, document, ids
from app.errors import CollectionBusy, StoreCorrupted, StoreUnwritable
from app.stores.local.lexical import tantivy_index
from app.stores.local.lexical.tantivy_checksums import SEGMENT_SUFFIXES
from app.stores.local.lexical.tantivy_index import TantivyIndex
from tests.unit.app.stores import WAIT_S, Open, SpaceAnalyzer, fill, found, opening

NOBODY = 65_534


@pytest.fixture
def analyzer() -> SpaceAnalyzer:
    return SpaceAnalyzer()


@pytest.fixture
def open_store(tmp_path: Path, analyzer: SpaceAnalyzer) -> Iterator[Open]:
    with opening(tmp_path, analyzer) as made:
        yield made


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
    return sorted(p for p in folder.iterdir() if p.suffix in SEGMENT_SUFFIXES)


class PanicException(BaseException):
    """As pyo3 raises where Rust panics."""


PanicException.__module__ = "pyo3_runtime"


# --- damaged caches ------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SEGMENT_SUFFIXES)
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
    if checked:
        assert found(again.open("a")) == before
    else:
        with contextlib.suppress(StoreCorrupted):  # and of nothing else
            found(again.open("a"))
    fill(again.open("a"), 25)  # and what is written next does not end in a panic
    again.open("a").rebuild_indexes()
    assert again.open("a").verify() == []
    assert len(found(again.open("a"))[0]) == 25


def test_a_panic_in_a_search_opens_the_index_anew(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
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
    assert found(collection) == before
    assert collection._lexical._opened() is not broken
    assert collection.verify() == []


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
        patched.setattr("app.stores.local.catalog.connections.may_write", lambda _: False)
        reader = open_store().open("a")
        assert reader.stats().documents == 0
        patched.undo()
        writer = open_store()
        fill(writer.open("a"))
        patched.setattr("app.stores.local.catalog.connections.may_write", lambda _: False)
        assert reader.stats().documents == 20
        patched.undo()
        writer.close()
        patched.setattr("app.stores.local.catalog.connections.may_write", lambda _: False)
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

    monkeypatch.setattr("app.stores.local.dense.graph_checkpoint.faiss.write_index", refused)
    collection = open_store(hnsw_threshold=5).create("a", FINGERPRINT)
    fill(collection)
    assert collection._indexes.dense.is_graph
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
