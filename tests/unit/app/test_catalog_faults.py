"""A catalog that is damaged, made anew under its readers, or restored from a damaged copy."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app.conformance.documents import FINGERPRINT, X, document, ids
from app.domain.documents import DocumentRecord, IndexedDocument
from app.errors import CollectionBusy, InvalidRequest, StoreCorrupted
from app.stores.local import collection as collection_module
from app.stores.local.collection import LocalCollection
from tests.unit.app.stores import WAIT_S, Open, SpaceAnalyzer, fill, found, opening


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Open]:
    with opening(tmp_path, SpaceAnalyzer()) as made:
        yield made


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
