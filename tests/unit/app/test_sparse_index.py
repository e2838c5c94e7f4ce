from __future__ import annotations

import logging
import random
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.conformance.documents import SPARSE_FINGERPRINT, ids, weighted
from app.domain.documents import SparseVector
from app.filters import parse_filter
from app.settings import StoreSettings
from app.stores.local.catalog.sparse_blobs import to_blob, to_vector
from app.stores.local.collection import LocalCollection
from app.stores.local.sparse import index as sparse_index
from app.stores.local.store import LocalStore
from app.stores.memory.store import MemoryStore
from tests.unit.app.stores import Open, SpaceAnalyzer, opening

EIGHTHS = st.integers(1, 64).map(lambda n: n / 8)
"""Weights that float16 holds exactly, and whose products float64 sums exactly."""
VECTORS = st.dictionaries(st.integers(0, 12), EIGHTHS, max_size=6)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 9), st.lists(VECTORS, min_size=1, max_size=3)),
        st.tuples(st.just("delete"), st.integers(0, 9), st.none()),
        st.tuples(st.sampled_from(["reopen", "bulk", "rebuild"]), st.none(), st.none()),
    ),
    max_size=12,
)


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Open]:
    with opening(tmp_path, SpaceAnalyzer()) as made:
        yield made


@pytest.fixture
def kept_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a small collection is worth a checkpoint."""
    monkeypatch.setattr(sparse_index, "KEPT_ABOVE", 5)


def _fill(collection: LocalCollection, count: int = 20) -> None:
    with collection.bulk():
        collection.put([weighted(f"d{n:02}", [{1: 1.0, n + 10: 2.0}]) for n in range(count)])


def _dot(query: SparseVector, vector: SparseVector) -> float:
    return sum(weight * vector.get(token, 0.0) for token, weight in query.items())


def _best(
    kept: Mapping[str, list[SparseVector]], query: SparseVector, limit: int
) -> list[tuple[str, float]]:
    """By the dot product with everything."""
    scores = {
        f"{name}#{n}": _dot(query, vector)
        for name, vectors in kept.items()
        for n, vector in enumerate(vectors)
    }
    found = sorted((hit for hit in scores.items() if hit[1] > 0), key=lambda hit: (-hit[1], hit[0]))
    return found[:limit]


@pytest.mark.usefixtures("kept_early")
@settings(max_examples=25, deadline=None)
@given(steps=STEPS, query=VECTORS, limit=st.integers(1, 8))
def test_whatever_was_written_the_best_are_those_of_a_plain_dot_product(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int | None, list[SparseVector] | None]],
    query: SparseVector,
    limit: int,
) -> None:
    kept: dict[str, list[SparseVector]] = {}
    where = parse_filter({"half": 1})
    with opening(tmp_path_factory.mktemp("store"), SpaceAnalyzer()) as make:
        local = make().create("a", SPARSE_FINGERPRINT)
        memory = MemoryStore(StoreSettings(kind="memory"), SpaceAnalyzer()).create(
            "a", SPARSE_FINGERPRINT
        )
        for kind, number, vectors in steps:
            name = f"d{number}"
            match kind:
                case "put":
                    assert vectors is not None
                    assert number is not None
                    kept[name] = vectors
                    made = weighted(name, vectors, {"half": number % 2})
                    local.put([made])
                    memory.put([made])
                case "delete":
                    kept.pop(name, None)
                    local.delete([name])
                    memory.delete([name])
                case "reopen":
                    local = make().open("a")
                case "bulk":
                    with local.bulk():
                        pass  # ends with a checkpoint
                case "rebuild":
                    local.rebuild_indexes()
            for collection in (local, memory):
                found = collection.search_sparse(query, limit=limit)
                assert [(c.chunk_id, c.score) for c in found] == _best(kept, query, limit)
                odd = {name: v for name, v in kept.items() if int(name[1:]) % 2}
                found = collection.search_sparse(query, limit=limit, where=where)
                assert [(c.chunk_id, c.score) for c in found] == _best(odd, query, limit)
        assert local.verify() == []


@given(vector=st.dictionaries(st.integers(0, 2**32 - 1), st.floats(1e-4, 6e4), max_size=50))
def test_weights_at_rest_are_those_that_were_given_to_a_thousandth(vector: SparseVector) -> None:
    assert to_vector(to_blob(vector)) == pytest.approx(vector, rel=1e-3)
    assert list(to_vector(to_blob(vector))) == sorted(vector)


def test_weights_too_small_to_be_kept_are_left_out() -> None:
    assert to_vector(to_blob({3: 1e-9, 1: 0.5})) == {1: 0.5}


@pytest.mark.usefixtures("kept_early")
def test_postings_are_kept_found_again_followed_and_renewed(
    open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = open_store().create("a", SPARSE_FINGERPRINT)
    _fill(collection)
    folder = tmp_path / "a" / "sparse"
    assert sorted(file.name for file in folder.iterdir()) == ["postings-20.npz", "postings.json"]

    again = open_store().open("a")
    read: list[int] = []
    representations = again._catalog.representations
    plain = representations.read
    monkeypatch.setattr(
        representations, "read", lambda name, keys: (read.append(len(keys)), plain(name, keys))[1]
    )
    again.put([weighted("new", [{1: 9.0}])])
    assert ids(again.search_sparse({1: 1.0}, limit=1)) == ["new#0"]
    assert read == [1]  # the others came from the checkpoint

    with again.bulk():
        again.delete([f"d{n:02}" for n in range(10)])
    assert sorted(file.name for file in folder.iterdir()) == ["postings-31.npz", "postings.json"]
    assert len(again.search_sparse({1: 1.0}, limit=50)) == 11
    assert again.verify() == []
    with again.bulk():
        again.delete([f"d{n:02}" for n in range(10, 20)])
    assert list(folder.iterdir()) == []  # it has become small
    assert ids(again.search_sparse({1: 1.0}, limit=50)) == ["new#0"]


@pytest.mark.usefixtures("kept_early")
@pytest.mark.parametrize("damaged", ["postings-20.npz", "postings.json"])
def test_damaged_postings_are_told_left_unread_and_made_again(
    open_store: Open, tmp_path: Path, damaged: str, caplog: pytest.LogCaptureFixture
) -> None:
    _fill(open_store().create("a", SPARSE_FINGERPRINT))
    file = tmp_path / "a" / "sparse" / damaged
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    collection = open_store().open("a")
    with caplog.at_level(logging.WARNING):
        assert len(collection.search_sparse({1: 1.0}, limit=50)) == 20
    assert any("sparse index:" in problem for problem in collection.verify())
    collection.rebuild_indexes()
    assert collection.verify() == []
    assert len(open_store().open("a").search_sparse({1: 1.0}, limit=50)) == 20


@pytest.mark.usefixtures("kept_early")
def test_postings_that_cannot_be_written_cost_nothing_but_the_checkpoint(
    open_store: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr("app.stores.local.sparse.segment.np.savez", refused)
    collection = open_store().create("a", SPARSE_FINGERPRINT)
    _fill(collection)
    assert "can't be written: no room" in caplog.text
    assert len(collection.search_sparse({1: 1.0}, limit=50)) == 20
    assert collection.verify() == []


def test_weights_that_were_damaged_are_not_found_and_are_told(
    open_store: Open, tmp_path: Path
) -> None:
    store = open_store()
    _fill(store.create("a", SPARSE_FINGERPRINT), 3)
    store.close()
    with sqlite3.connect(tmp_path / "a" / "catalog.db") as db:
        db.execute("UPDATE representations SET content = zeroblob(12) WHERE chunk = 2")
    collection = open_store().open("a")
    assert ids(collection.search_sparse({1: 1.0}, limit=5)) == ["d00#0", "d02#0"]
    assert collection.is_damaged("d01")
    assert not collection.is_damaged("d00")
    assert collection.verify() == [
        "chunk d01#0: its weights are not as they were written",
        "sparse index: 1 chunks are missing",
    ]


def test_a_reader_follows_what_another_process_writes(open_store: Open) -> None:
    writer = open_store().create("a", SPARSE_FINGERPRINT)
    reader = open_store().open("a")
    assert reader.search_sparse({1: 1.0}, limit=5) == []
    _fill(writer, 3)
    assert len(reader.search_sparse({1: 1.0}, limit=5)) == 3
    writer.delete(["d01"])
    assert ids(reader.search_sparse({1: 1.0}, limit=5)) == ["d00#0", "d02#0"]


def test_a_read_that_fails_while_the_sparse_index_follows_loses_nothing(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = open_store().create("a", SPARSE_FINGERPRINT)
    _fill(collection, 3)
    with monkeypatch.context() as patch:
        patch.setattr(collection._catalog.representations, "read", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            collection.search_sparse({1: 1.0}, limit=5)
    assert len(collection.search_sparse({1: 1.0}, limit=5)) == 3


def test_a_pruned_log_is_read_anew(open_store: Open) -> None:
    collection, late = open_store().create("a", SPARSE_FINGERPRINT), open_store().open("a")
    _fill(collection, 3)
    assert len(late.search_sparse({1: 1.0}, limit=5)) == 3
    collection.delete(["d00"])
    collection.put([weighted("e", [{1: 1.0}])])
    collection._catalog.prune(collection._catalog.sequence())
    assert ids(late.search_sparse({1: 1.0}, limit=5)) == ["d01#0", "d02#0", "e#0"]


def test_segments_stay_few_and_dead_rows_go_once_they_are_many(open_store: Open) -> None:
    collection = open_store().create("a", SPARSE_FINGERPRINT)
    order = random.Random(3)
    for n in range(100):
        collection.put([weighted(f"d{n:02}", [{order.randrange(5): 1.0}])])
        collection.search_sparse({1: 1.0}, limit=1)
    rows = collection._indexes.sparse.follow()
    assert rows.count == 100
    assert len(rows.parts) <= 7
    collection.delete([f"d{n:02}" for n in range(10)])
    rows = collection._indexes.sparse.follow()
    assert (rows.count, rows.dead) == (100, 10)
    collection.delete([f"d{n:02}" for n in range(10, 30)])
    rows = collection._indexes.sparse.follow()
    assert (rows.count, rows.dead, len(rows.parts)) == (70, 0, 1)


def test_a_snapshot_brings_sparse_weights_back(open_store: Open, tmp_path: Path) -> None:
    store: LocalStore = open_store()
    _fill(store.create("a", SPARSE_FINGERPRINT), 3)
    store.snapshot("a", tmp_path / "a.snapshot")
    back = store.restore(tmp_path / "a.snapshot", "b")
    assert back.fingerprint == SPARSE_FINGERPRINT
    before = store.open("a").search_sparse({1: 1.0, 11: 0.5}, limit=5)
    assert back.search_sparse({1: 1.0, 11: 0.5}, limit=5) == before
    assert back.verify() == []
