"""The entity graph of a local store, through restarts, damage, crashes and other processes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.conformance.documents import FINGERPRINT, X, document
from app.conformance.graphs import GATEWAY, LEAD, OWNER
from app.errors import InvalidRequest
from app.stores.local.collection import LocalCollection
from app.stores.local.graph import index
from app.stores.local.graph.database import GraphDamaged, GraphDatabase
from app.text.entities.extraction import Entities
from tests.unit.app.stores import Open, SpaceAnalyzer, opening

KEPT = {"entity_graph": True}


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Open]:
    with opening(tmp_path, SpaceAnalyzer()) as made:
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a/graph/graph.db"


def filled(open_store: Open, **settings: object) -> LocalCollection:
    collection = open_store(**settings).create("a", FINGERPRINT)
    collection.put([OWNER, LEAD, GATEWAY])
    return collection


def otters(collection: LocalCollection) -> tuple[str, ...]:
    return collection.graph().chunks_of(["otter"]).get("otter", ())


def test_where_it_is_off_nothing_is_made_and_the_setting_is_named(
    open_store: Open, file: Path
) -> None:
    collection = filled(open_store)
    assert collection.verify() == []
    collection.rebuild_indexes()
    assert not file.parent.exists()
    with pytest.raises(InvalidRequest, match=r"store\.entity_graph = true"):
        collection.graph()


def test_turned_on_later_it_is_made_of_what_is_stored(open_store: Open, file: Path) -> None:
    filled(open_store).close()
    collection = open_store(**KEPT).open("a")
    assert otters(collection) == ("lead#0", "owner#0")
    assert file.exists()
    assert collection.verify() == []


def test_what_was_written_while_it_was_off_is_made_up_for(open_store: Open) -> None:
    filled(open_store, **KEPT).close()
    without = open_store().open("a")
    without.delete(["owner"])
    without.put([document("new", ["Otter has a van."], [X])])
    without.close()
    collection = open_store(**KEPT).open("a")
    assert otters(collection) == ("lead#0", "new#0")
    assert collection.verify() == []


def test_a_restart_reads_no_text_again(open_store: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(open_store, **KEPT).close()
    monkeypatch.setattr(index, "entities_of", lambda text: pytest.fail(f"read again: {text}"))
    collection = open_store(**KEPT).open("a")
    assert otters(collection) == ("lead#0", "owner#0")


def test_two_processes_see_what_either_writes(open_store: Open) -> None:
    one = filled(open_store, **KEPT)
    other = open_store(**KEPT).open("a")
    assert otters(other) == ("lead#0", "owner#0")
    one.delete(["owner"])
    assert otters(other) == ("lead#0",)
    other.put([OWNER])
    assert otters(one) == ("lead#0", "owner#0")


def test_a_crash_while_it_follows_loses_nothing_and_leaves_no_ghost(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = filled(open_store, **KEPT)
    many = [document(f"d{n}", [f"Otter has box B-{n}."], [X]) for n in range(5)]

    class Killed(BaseException):
        pass

    def killed(text: str) -> Entities:
        if "B-3" in text:
            raise Killed
        return real(text)

    real = index.entities_of
    monkeypatch.setattr(index, "BATCH", 2)
    monkeypatch.setattr(index, "entities_of", killed)
    collection.delete(["owner"])
    with pytest.raises(Killed):
        collection.put(many)
    monkeypatch.setattr(index, "entities_of", real)
    again = open_store(**KEPT).open("a")
    again.delete(["d1"])
    assert otters(again) == ("d0#0", "d2#0", "d3#0", "d4#0", "lead#0")
    assert again.verify() == []


@pytest.mark.parametrize("content", [b"", b"no database at all" * 500])
def test_a_file_that_is_no_graph_is_made_anew(open_store: Open, file: Path, content: bytes) -> None:
    filled(open_store, **KEPT).close()
    for end in ("-wal", "-shm"):
        file.with_name(f"{file.name}{end}").unlink(missing_ok=True)
    file.write_bytes(content)
    collection = open_store(**KEPT).open("a")
    assert otters(collection) == ("lead#0", "owner#0")
    assert collection.verify() == []


def test_a_graph_of_other_rules_is_made_anew(open_store: Open, file: Path) -> None:
    filled(open_store, **KEPT).close()
    with sqlite3.connect(file) as db:
        db.execute("UPDATE state SET version = 'entities-0'")
        db.execute("DELETE FROM links")
    db.close()
    assert otters(open_store(**KEPT).open("a")) == ("lead#0", "owner#0")


def test_a_tie_that_was_lost_is_told_and_mended_when_it_is_read(
    open_store: Open, file: Path
) -> None:
    filled(open_store, **KEPT).close()
    with sqlite3.connect(file) as db:
        db.execute("DELETE FROM links WHERE chunk = 1")
    db.close()
    collection = open_store(**KEPT).open("a")
    assert collection.verify() == [f"entity graph: {file}: owner#0 is not as it was written"]
    assert "otter" in collection.graph().entities_of(["owner#0"])["owner#0"]
    assert collection.verify() == []


def test_a_graph_of_a_later_catalog_begins_anew(open_store: Open, file: Path) -> None:
    filled(open_store, **KEPT).close()
    with sqlite3.connect(file) as db:
        db.execute("UPDATE state SET applied = 1000")
    db.close()
    collection = open_store(**KEPT).open("a")
    assert otters(collection) == ("lead#0", "owner#0")
    assert collection.verify() == []


def test_a_graph_that_cannot_be_written_costs_no_write(
    open_store: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    collection = filled(open_store, **KEPT)

    def full(self: GraphDatabase, chunks: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(GraphDatabase, "add", full)
        collection.put([document("new", ["Otter has a van."], [X])])
    assert "database or disk is full" in caplog.text
    assert otters(collection) == ("lead#0", "new#0", "owner#0")


def test_another_process_that_writes_for_long_keeps_no_search_waiting_for_ever(
    open_store: Open, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    collection = filled(open_store, **KEPT, lock_timeout_s=0.1)
    assert otters(collection) == ("lead#0", "owner#0")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    collection.put([document("new", ["Otter has a van."], [X])])
    assert otters(collection) == ("lead#0", "owner#0")
    assert "database is locked" in caplog.text
    other.execute("ROLLBACK")
    other.close()
    assert otters(collection) == ("lead#0", "new#0", "owner#0")


def test_a_collection_that_rests_opens_its_graph_again(open_store: Open) -> None:
    collection = filled(open_store, **KEPT)
    collection.rest()
    assert otters(collection) == ("lead#0", "owner#0")


def test_where_nobody_may_write_it_is_kept_in_memory(
    open_store: Open, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(open_store).close()
    monkeypatch.setattr("app.stores.local.graph.database.may_write", lambda folder: False)
    collection = open_store(**KEPT).open("a")
    assert otters(collection) == ("lead#0", "owner#0")
    assert not file.exists()


def test_a_dropped_collection_leaves_no_graph_to_a_later_one(open_store: Open) -> None:
    store = open_store(**KEPT)
    store.create("a", FINGERPRINT).put([OWNER])
    store.drop("a")
    assert otters(store.create("a", FINGERPRINT)) == ()


def test_random_bytes_within_the_file_change_no_answer(open_store: Open, file: Path) -> None:
    collection = filled(open_store, **KEPT)
    chunks = ["owner#0", "lead#0", "lead#1", "gateway#0"]
    named = collection.graph().entities_of(chunks)
    collection.close()
    sound = file.read_bytes()
    for at in range(0, len(sound), len(sound) // 40):
        damaged = bytearray(sound)
        damaged[at : at + 4] = bytes(byte ^ 0x5A for byte in sound[at : at + 4])
        file.write_bytes(damaged)
        again = open_store(**KEPT).open("a")
        assert again.graph().entities_of(chunks) == named
        assert otters(again) == ("lead#0", "owner#0")
        again.close()


def test_the_same_chunk_added_twice_is_there_once(tmp_path: Path) -> None:
    graph = GraphDatabase(tmp_path / "graph.db", timeout_s=1.0)
    found = Entities(("otter", "kestrel"), (("kestrel", "红隼"),))
    with graph.transaction():
        graph.add([(1, "a#0", found)])
        graph.add([(1, "a#0", found)])
    assert graph.frequencies(["otter"]) == {"otter": 1}
    assert graph.keys().tolist() == [1]
    graph.close()


def test_damage_within_a_transaction_is_called_so(tmp_path: Path) -> None:
    graph = GraphDatabase(tmp_path / "graph.db", timeout_s=1.0)
    with pytest.raises(GraphDamaged), graph.transaction():
        raise sqlite3.DatabaseError("database disk image is malformed")
    graph.close()
