"""A filtered collection answers as one would in which the rest was never put."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

import app.access.filtered_collection as filtering
from app.access.filtered_collection import FilteredCollection
from app.access.guarded_store import GuardedStore
from app.access.principal import LOCAL, Principal
from app.access.scopes import COLLECTION, read_collections, read_scope_filter, read_verbs
from app.conformance.documents import FINGERPRINT, X, Y, document, unit
from app.domain.documents import IndexedDocument
from app.errors import Forbidden, InvalidFilter, InvalidRequest, StoreCorrupted
from app.fakes import FakeAnalyzer
from app.filters import And, OneOf, parse_filter
from app.ports.store import Collection
from app.settings import StoreSettings
from app.stores.memory.store import MemoryStore
from app.stores.naming import COLLECTION_NAME

OURS = {"team": "ours", "lang": "en"}
THEIRS = {"team": "theirs", "lang": "zh"}
SEEN = [
    document("b", ["fox at night", "fox by day"], [X, unit(1, 0.4, 0, 0)], OURS),
    document("d", ["night owl, the Kestrel"], [Y], OURS),
]
UNSEEN = [
    document("a", ["fox night", "fox"], [X, X], THEIRS),
    document("c", ["night fox fox, the Heron (Kestrel)"], [Y], {"lang": "en"}),
    document("e", ["owl"], [Y], THEIRS | {"secret": True}),
]
TEAM = OneOf("team", ("ours",))
READER = Principal("reader", None, frozenset({"search"}), where=TEAM)


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    store = MemoryStore(StoreSettings(kind="memory", entity_graph=True), FakeAnalyzer())
    yield store
    store.close()


def filled(store: MemoryStore, name: str, documents: list[IndexedDocument]) -> Collection:
    collection = store.create(name, FINGERPRINT)
    collection.put(documents)
    return collection


@pytest.fixture
def filtered(store: MemoryStore) -> FilteredCollection:
    return FilteredCollection(filled(store, "all", [*UNSEEN, *SEEN]), TEAM)


@pytest.fixture
def alone(store: MemoryStore) -> Collection:
    return filled(store, "alone", SEEN)


EVERY_CHUNK = ["a#0", "b#1", "c#0", "b#0", "d#0", "e#0", "none#0"]
EVERY_DOCUMENT = ["a", "b", "c", "d", "e", "none"]
READS: dict[str, Callable[[Collection], Any]] = {
    "search_lexical": lambda c: [
        [found.chunk_id for found in c.search_lexical(["fox", "night"], limit=9, where=where)]
        for where in (None, parse_filter({"lang": "en"}), parse_filter({"team": "theirs"}))
    ],
    "search_dense": lambda c: [
        [(found.chunk_id, found.rank) for found in c.search_dense(X, limit=9, where=where)]
        for where in (None, parse_filter({"not": {"team": "ours"}}))
    ],
    "chunks": lambda c: c.chunks(EVERY_CHUNK),
    "document_chunks": lambda c: [c.document_chunks(id_) for id_ in EVERY_DOCUMENT],
    "sample_chunks": lambda c: c.sample_chunks(99, seed=1),
    "neighbours": lambda c: [c.neighbours(id_, radius=2) for id_ in EVERY_CHUNK],
    "vectors": lambda c: c.vectors(EVERY_CHUNK).tolist(),
    "document": lambda c: [c.document(id_) for id_ in EVERY_DOCUMENT],
    "record": lambda c: [record and record.id for record in map(c.record, EVERY_DOCUMENT)],
    "records": lambda c: [
        [record.id for record in c.records(after=after, limit=limit)]
        for after, limit in (("", None), ("", 1), ("b", 1), ("c", 5), ("d", 1), ("", 0))
    ],
    "stats": lambda c: (c.stats().documents, c.stats().chunks),
    "languages": lambda c: c.languages(),
    "has_field": lambda c: [c.has_field(name) for name in ("team", "lang", "secret")],
    "graph": lambda c: (
        c.graph().frequencies(["kestrel", "heron"]),
        c.graph().chunks_of(["kestrel", "heron"]),
        c.graph().entities_of(EVERY_CHUNK),
        c.graph().same_as(["kestrel", "heron"]),
    ),
}
OF_WORDS = {"search_sparse", "term_frequencies", "terms_beginning"}
"""What tells less of what is seen than the port allows, or was given no weights here."""
SHOWN_AS_IT_IS = {"name", "version", "fingerprint", "tuning", "self_retrieval", "rebuilds"}
REFUSED = {
    "put": ([],),
    "delete": (["b"],),
    "writing": (),
    "bulk": (),
    "tune": (None,),
    "keep_self_retrieval": (None,),
    "verify": (),
    "is_damaged": ("a",),
    "rebuild_indexes": (),
    "reindex": (None, FINGERPRINT),
    "close": (),
}


@pytest.mark.parametrize("page", [1, 500])
@pytest.mark.parametrize("read", READS)
def test_it_reads_as_if_the_rest_was_never_put(
    filtered: FilteredCollection,
    alone: Collection,
    read: str,
    page: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filtering, "PAGE", page)

    assert READS[read](filtered) == READS[read](alone)


@pytest.mark.parametrize("method", REFUSED)
def test_it_can_not_be_changed_or_examined(filtered: FilteredCollection, method: str) -> None:
    with pytest.raises(Forbidden):
        getattr(filtered, method)(*REFUSED[method])
    assert filtered.whole.stats().documents == 5


def test_every_method_of_the_port_is_filtered_or_refused() -> None:
    port = {name for name, _ in inspect.getmembers(Collection) if not name.startswith("_")}

    assert port == set(READS) | OF_WORDS | SHOWN_AS_IT_IS | set(REFUSED)
    assert port <= set(vars(FilteredCollection))


def test_words_of_documents_that_are_not_seen_are_not_told(filtered: FilteredCollection) -> None:
    """Spelling is put right by the words of a collection, and would tell them."""
    whole = filtered.whole

    assert whole.term_frequencies(["day", "heron", "badger"]) == [1, 1, 0]
    assert filtered.term_frequencies(["day", "heron", "badger"]) == [1, 0, 0]
    assert whole.terms_beginning("her", limit=9) == [("heron", 1)]
    assert not filtered.terms_beginning("her", limit=9)


def test_sparse_weights_are_searched_behind_the_filter(filtered: FilteredCollection) -> None:
    asked: list[object] = []

    class Whole:
        def search_sparse(self, *_: object, limit: int, where: object) -> list[object]:
            asked.append((limit, where))
            return []

    seen = replace(filtered, whole=cast("Collection", Whole()))
    assert not seen.search_sparse({}, limit=3)
    seen.search_sparse({}, limit=3, where=TEAM)
    assert asked == [(3, TEAM), (3, And((TEAM, TEAM)))]


def test_a_document_that_is_not_seen_is_not_even_loaded(
    filtered: FilteredCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(type(filtered.whole), "document", lambda _, id_: loaded.append(id_))

    filtered.document("a")
    filtered.document("b")

    assert loaded == ["b"]


def test_the_guard_gives_it_to_whoever_has_a_filter_and_to_nobody_else(store: MemoryStore) -> None:
    filled(store, "all", [*UNSEEN, *SEEN])
    guarded = GuardedStore(store)

    with (
        guarded.using(READER, "search", "all") as seen,
        guarded.using(LOCAL, "search", "all") as all_,
    ):
        assert [record.id for record in seen.records()] == ["b", "d"]
        assert [record.id for record in all_.records()] == ["a", "b", "c", "d", "e"]


def test_sizes_are_counted_anew_once_the_collection_has_changed(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = filled(store, "all", [*UNSEEN, *SEEN])
    guarded = GuardedStore(store)
    counted: list[int] = []
    records = FilteredCollection.records

    def noted(self: FilteredCollection) -> Any:
        counted.append(1)
        return records(self)

    monkeypatch.setattr(FilteredCollection, "records", noted)

    def sizes() -> tuple[int, int]:
        with guarded.using(READER, "search", "all") as seen:
            stats = seen.stats()
        return stats.documents, stats.chunks

    assert (sizes(), sizes(), len(counted)) == ((2, 3), (2, 3), 1)
    whole.delete(["b"])
    assert (sizes(), sizes(), len(counted)) == ((1, 1), (1, 1), 2)
    store.drop("all")
    filled(store, "all", [*UNSEEN, *SEEN])
    assert (sizes(), len(counted)) == ((2, 3), 3)


def test_damage_that_it_shows_is_that_of_the_collection(store: MemoryStore) -> None:
    filled(store, "all", SEEN)
    guarded = GuardedStore(store)

    with pytest.raises(StoreCorrupted), guarded.using(READER, "search", "all"):
        raise StoreCorrupted("a vector is not as it was written")
    with guarded.using(READER, "search", "all") as seen:
        guarded.note_damage(seen)
    with guarded.using(LOCAL, "search", "all"):
        pass

    assert guarded.damaged == 1


def test_who_has_a_filter_may_only_search() -> None:
    with pytest.raises(ValueError, match="more than search"):
        Principal("writer", None, frozenset({"search", "ingest"}), where=TEAM)


@pytest.mark.parametrize(
    ("scopes", "name", "covered"),
    [
        pytest.param(["notes"], "notes", True, id="a name"),
        pytest.param(["notes"], "notes2", False, id="a longer name"),
        pytest.param(["notes*"], "notes2", True, id="a beginning"),
        pytest.param(["notes-*"], "notes", False, id="a beginning that is longer"),
        pytest.param(["a", "*"], "notes", True, id="all"),
    ],
)
def test_scopes_are_names_or_beginnings_of_names(
    scopes: list[str], name: str, *, covered: bool
) -> None:
    principal = Principal("p", read_collections(scopes), frozenset({"search"}))

    assert principal.may("search", name) == covered
    assert not principal.may("ingest", name)


@pytest.mark.parametrize("scopes", [[], ["Notes"], ["a*b"], ["**"], [""], ["a,b"]])
def test_a_scope_that_no_collection_fits_is_refused(scopes: list[str]) -> None:
    with pytest.raises(InvalidRequest):
        read_collections(scopes)


def test_scopes_know_what_collections_may_be_called() -> None:
    assert COLLECTION.pattern == COLLECTION_NAME.pattern


@pytest.mark.parametrize("verbs", [[], ["read"], ["search", "drop"]])
def test_verbs_are_those_that_there_are(verbs: list[str]) -> None:
    with pytest.raises(InvalidRequest):
        read_verbs(verbs)


@pytest.mark.parametrize(
    "source",
    [{"page": 3}, {"and": [{"team": "x"}, {"not": {"heading": "y"}}]}, {"or": [{"cell": "B7"}]}],
)
def test_a_key_is_not_restricted_by_what_differs_within_a_document(source: object) -> None:
    with pytest.raises(InvalidFilter, match="differs within a document"):
        read_scope_filter(source)
    assert read_scope_filter({"team": "x", "lang": "en"}) is not None


def test_vectors_of_no_chunk_at_all_still_have_a_dimension(filtered: FilteredCollection) -> None:
    assert np.shape(filtered.vectors(["a#0"])) == (0, FINGERPRINT.dimension)
