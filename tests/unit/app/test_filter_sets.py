"""What filters let through is remembered, kept in step with writes, and shared by both routes."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.conformance.documents import FINGERPRINT, X, document, ids, unit
from app.domain.collections import Fingerprint
from app.domain.documents import Chunk, Document, IndexedDocument, Metadata
from app.filters import Filter, matches, parse_filter
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.collection import LocalCollection
from app.stores.local.filtering import filter_sets
from app.stores.local.filtering.filter_sets import FilterSets
from app.stores.local.lexical import tantivy_index
from tests.unit.app.stores import WAIT_S, Open, SpaceAnalyzer, nobody, opening


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Open]:
    with opening(tmp_path, SpaceAnalyzer()) as made:
        yield made


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    path = tmp_path_factory.mktemp("sets") / "catalog.db"
    catalog = Catalog.create(path, Fingerprint("e", 1, "a", "c"), lock_timeout_s=1)
    yield catalog
    catalog.close()


def where(source: object) -> Filter:
    read = parse_filter(source)
    assert read is not None
    return read


def stored(id_: str, metadata: Metadata) -> IndexedDocument:
    chunk = Chunk(f"{id_}#0", id_, 0, "text", (0, 4), metadata=metadata)
    vectors = np.zeros((1, 1), dtype=np.float32)
    return IndexedDocument(Document(id_, "text", metadata=metadata), (chunk,), vectors, "hash")


def passing(sets: FilterSets, catalog: Catalog, asked: Filter) -> set[str]:
    return set(catalog.chunk_ids(sets.passing(asked).keys().tolist()).values())


VALUES = st.sampled_from([0, 1, 2, 0.5, True, False, "", "a", "b", "1", ("a", "b"), (1, True)])
METADATA = st.dictionaries(st.sampled_from("ab"), VALUES, max_size=2)
ASKED = [
    where(source)
    for source in (
        {"a": 1},
        {"a": True},
        {"a": ["a", 0]},
        {"a": {"gt": 0}},
        {"a": {"lt": "b"}},
        {"a": {"exists": True}},
        {"a": {"ne": "a"}},
        {"not": {"a": {"gte": 1}, "b": "a"}},
        {"or": [{"a": "b"}, {"b": {"exists": False}}]},
    )
]


@given(
    steps=st.lists(
        st.tuples(st.sampled_from("xyz"), st.none() | METADATA, st.sampled_from(ASKED)), max_size=12
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_remembered_stays_true_while_documents_come_change_and_go(
    catalog: Catalog, steps: list[tuple[str, Metadata | None, Filter]]
) -> None:
    catalog.delete([record.id for record in catalog.records(after="", limit=None)])
    sets = FilterSets(catalog, nobody)
    there: dict[str, IndexedDocument] = {}
    for id_, metadata, asked in steps:
        if metadata is None:
            catalog.delete([id_])
            there.pop(id_, None)
        else:
            there[id_] = stored(id_, metadata)
            catalog.put([there[id_]])
        assert passing(sets, catalog, asked) == {
            f"{id_}#0" for id_, d in there.items() if matches(asked, d.chunks[0].attributes, [])
        }


def test_what_python_takes_for_equal_is_not_confused(catalog: Catalog) -> None:
    catalog.put([stored("one", {"n": 1}), stored("true", {"n": True}), stored("text", {"n": "1"})])
    sets = FilterSets(catalog, nobody)
    for source, expected in ((1, "one"), (True, "true"), (1.0, "one"), ("1", "text")):
        assert passing(sets, catalog, where({"n": source})) == {f"{expected}#0"}


def numbered(count: int, *, start: int = 0) -> list[IndexedDocument]:
    return [
        document(f"d{n:03}", ["word"], [unit(1, n / 1_000, 0, 0)], {"n": n, "even": n % 2 == 0})
        for n in range(start, start + count)
    ]


class Lookups:
    """Counts what is looked up: from which key on."""

    def __init__(self, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
        self.firsts: list[int] = []
        usual = catalog.keys_where

        def counted(condition: str, values: Sequence[object], *, first: int, end: int) -> object:
            self.firsts.append(first)
            return usual(condition, values, first=first, end=end)

        monkeypatch.setattr(catalog, "keys_where", counted)


def both(collection: LocalCollection, asked: Filter) -> tuple[list[str], list[str]]:
    return (
        ids(collection.search_lexical(["word"], limit=50, where=asked)),
        ids(collection.search_dense(X, limit=50, where=asked)),
    )


def test_a_comparison_is_looked_up_once_and_then_only_among_what_is_new(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = open_store().create("a", FINGERPRINT)
    collection.put(numbered(10))
    lookups = Lookups(collection._catalog, monkeypatch)
    even = [f"d{n:03}#0" for n in range(0, 10, 2)]
    for asked in ({"even": True}, {"even": True}, {"not": {"not": {"even": True}}}):
        assert both(collection, where(asked)) == (even, even)
    assert lookups.firsts == [0]
    collection.put(numbered(3, start=10))
    more = [*even, "d010#0", "d012#0"]
    assert both(collection, where({"even": True})) == (more, more)
    assert lookups.firsts == [0, 11]  # keys are counted from 1


def test_two_threads_that_ask_the_same_look_it_up_once(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = open_store().create("a", FINGERPRINT)
    collection.put(numbered(10))
    lookups = Lookups(collection._catalog, monkeypatch)
    together = threading.Barrier(4)

    def ask(_: int) -> int:
        together.wait(WAIT_S)
        return len(collection._filters.passing(where({"even": False})))

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(4))) == [5, 5, 5, 5]
    assert lookups.firsts == [0]


def test_only_so_much_is_remembered(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filter_sets, "MAX_COMPARISONS", 3)
    sets = FilterSets(catalog, nobody)
    for n in range(10):
        sets.passing(where({"n": n}))
    assert len(sets._known) == 3
    monkeypatch.setattr(filter_sets, "MAX_BYTES", 1)
    sets.passing(where({"n": 11}))
    assert len(sets._known) == 1


@pytest.mark.parametrize("hits_per_key", [0, 10**9], ids=["in the query", "sifted"])
@pytest.mark.parametrize("share", [1, 10, 50, 99])
def test_a_filter_finds_what_a_search_without_it_would_leave_of_everything(
    open_store: Open, monkeypatch: pytest.MonkeyPatch, share: int, hits_per_key: int
) -> None:
    monkeypatch.setattr(tantivy_index, "HITS_PER_KEY", hits_per_key)
    choose = random.Random(share)
    words = ["to", "be", "or", "not", "that", "is", "the", "question"]
    texts = [" ".join(choose.choices(words, k=choose.randrange(1, 12))) for _ in range(400)]
    collection = open_store().create("a", FINGERPRINT)
    percents = [choose.randrange(100) for _ in texts]
    collection.put(
        [
            document(f"t{n:03}", [text], [X], {"percent": percent})
            for n, (text, percent) in enumerate(zip(texts, percents, strict=True))
        ]
    )
    kept = {f"t{n:03}#0" for n, percent in enumerate(percents) if percent < share}
    for terms, limit in itertools.product((["be"], ["not", "question", "the"]), (1, 7, 100)):
        everything = collection.search_lexical(terms, limit=400)
        expected = [(c.chunk_id, c.score) for c in everything if c.chunk_id in kept][:limit]
        found = collection.search_lexical(
            terms, limit=limit, where=where({"percent": {"lt": share}})
        )
        assert [c.chunk_id for c in found] == [id_ for id_, _ in expected]
        assert [c.score for c in found] == pytest.approx([score for _, score in expected])


def test_a_filter_that_keeps_the_best_out_finds_the_rest(open_store: Open) -> None:
    """As when the question is in one language and the filter asks for the other."""
    collection = open_store().create("a", FINGERPRINT)
    best = [document(f"best{n:03}", ["word"], [X], {"side": "a"}) for n in range(300)]
    rest = [document(f"rest{n:03}", ["word " + "x " * 20], [X], {"side": "b"}) for n in range(300)]
    collection.put([*best, *rest])
    found = collection.search_lexical(["word"], limit=5, where=where({"side": "b"}))
    assert ids(found) == [f"rest{n:03}#0" for n in range(5)]
