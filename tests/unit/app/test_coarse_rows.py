"""A coarse comparison chooses the vectors that are looked at, and loses none that belongs there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.conformance.documents import document
from app.domain.collections import Fingerprint
from app.domain.documents import IndexedDocument, Vectors
from app.filters import parse_filter
from app.stores.local.collection import LocalCollection
from app.stores.local.dense import index as dense_index
from app.stores.local.dense import search as dense_search
from app.stores.local.dense.coarse_rows import CoarseRows
from app.stores.local.dense.search import DenseSearch
from tests.unit.app.stores import Open, SpaceAnalyzer, opening

DIMENSION = 32


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Open]:
    with opening(tmp_path, SpaceAnalyzer()) as made:
        yield made


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """The coarse comparison is made in collections of any size, and lets few through."""
    for module in (dense_index, dense_search):
        monkeypatch.setattr(module, "COARSE_FROM", 1)
    monkeypatch.setattr(dense_search, "COARSE_LIMIT", 1)
    monkeypatch.setattr(dense_search, "COARSE_TIMES", 8)


def spread(count: int, *, scale: float = 1.0, seed: int = 0) -> Vectors:
    """Unit vectors; with a small ``scale`` all lie about one direction."""
    noise = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    vectors = (scale * noise + (1.0 - scale) * np.eye(DIMENSION)[0]).astype(np.float32)
    made: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return made


def documents(vectors: Vectors, *, start: int = 0) -> list[IndexedDocument]:
    return [
        document(f"d{n:04}", ["text"], [vector], {"n": n})
        for n, vector in enumerate(vectors, start)
    ]


def filled(store: Open, vectors: Vectors, metric: str = "cosine") -> LocalCollection:
    fingerprint = Fingerprint("e", DIMENSION, "a", "c", metric)  # type: ignore[arg-type]  # a parameter
    collection = store().create("a", fingerprint)
    collection.put(documents(vectors))
    return collection


class Asked:
    """How many searches the coarse comparison was asked to narrow, and how many it could."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.narrowed: list[bool] = []
        usual = DenseSearch._narrowed

        def noted(*arguments: object) -> object:
            found = usual(*arguments)  # type: ignore[arg-type]  # passed on as they came
            self.narrowed.append(found is not None)
            return found

        monkeypatch.setattr(DenseSearch, "_narrowed", noted)


def same_with_and_without(
    collection: LocalCollection, queries: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    for query in queries:
        for limit, source in ((1, None), (10, None), (10, {"n": {"lt": 150}}), (7, {"n": 3})):
            where = parse_filter(source)
            found = collection.search_dense(query, limit=limit, where=where)
            with monkeypatch.context() as patched:
                patched.setattr(DenseSearch, "_narrowed", lambda *_: None)
                assert found == collection.search_dense(query, limit=limit, where=where)


@pytest.mark.usefixtures("always")
def test_what_is_found_is_exact_while_documents_come_and_go(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = spread(300)
    collection = filled(open_store, vectors[:200])
    asked = Asked(monkeypatch)
    same_with_and_without(collection, vectors[190:210], monkeypatch)
    assert sum(asked.narrowed) > len(asked.narrowed) / 2
    collection.put(documents(vectors[200:], start=200))
    collection.delete([f"d{n:04}" for n in range(40)])
    # Numbers larger than any at first, which are cut off.
    collection.put(documents(np.eye(DIMENSION, dtype=np.float32)[:4], start=300))
    same_with_and_without(collection, vectors[190:210], monkeypatch)
    same_with_and_without(collection, np.eye(DIMENSION, dtype=np.float32)[:5], monkeypatch)
    assert collection.verify() == []


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("scale", [0.0, 1e-3], ids=["all alike", "nearly alike"])
def test_vectors_that_lie_too_near_to_each_other_are_all_compared(
    open_store: Open, monkeypatch: pytest.MonkeyPatch, scale: float
) -> None:
    vectors = spread(200, scale=scale)
    collection = filled(open_store, vectors)
    asked = Asked(monkeypatch)
    collection.search_dense(vectors[0], limit=10)
    assert asked.narrowed == [False]
    same_with_and_without(collection, vectors[:5], monkeypatch)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("metric", ["dot", "l2"])
def test_only_unit_vectors_are_compared_coarsely(open_store: Open, metric: str) -> None:
    collection = filled(open_store, spread(50), metric)
    assert collection.search_dense(spread(1)[0], limit=3)
    rows = collection._indexes.dense._rows
    assert rows is not None
    assert rows.coarse is None


def test_few_vectors_are_not_compared_coarsely(open_store: Open) -> None:
    collection = filled(open_store, spread(50))
    assert collection.search_dense(spread(1)[0], limit=3)
    rows = collection._indexes.dense._rows
    assert rows is not None
    assert rows.coarse is None


@given(seed=st.integers(0, 10**6), scale=st.floats(0.001, 1.0), later=st.floats(0.1, 3.0))
@settings(max_examples=60, deadline=None)
def test_no_other_row_exceeds_the_bound(seed: int, scale: float, later: float) -> None:
    """Unit vectors at first, then some of other lengths: what was cut off counts as well."""
    vectors = np.concatenate([spread(100, scale=scale, seed=seed), later * spread(20, seed=seed)])
    rows = CoarseRows(vectors[:100])
    rows.add(vectors[100:].astype(np.float32))
    query = spread(1, seed=seed + 1)[0]
    nearest, bound = rows.nearest(query, limit=10, selector=None)
    scores = vectors @ query
    others = np.setdiff1d(np.arange(120), nearest)
    assert len(nearest) == 10
    assert scores[others].max() <= bound
    everything, none_left = rows.nearest(query, limit=500, selector=None)
    assert sorted(everything) == list(range(120))
    assert none_left == -np.inf
