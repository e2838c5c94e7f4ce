"""Words side by side: what the analyzer puts there, and what every engine finds of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import tantivy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.conformance.documents import FINGERPRINT, X, document, ids
from app.filters import And, Holds, Not, Or, holds, matches
from app.ports.store import Collection
from app.settings import StoreSettings
from app.stores.local.store import LocalStore
from app.stores.memory.store import MemoryStore
from app.text.analyzer import StandardAnalyzer
from tests.unit.app.stores import Open, SpaceAnalyzer, opening


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("The error handling of the server.", "error handling", True),
        ("The error handling of the server.", "Errors handled", True),
        ("Handling an error", "error handling", False),
        ("the error (handling)", "error handling", True),
        ("HTTP_PROXY settings", "http proxy", True),
        ("HTTP_PROXY settings", "proxy settings", True),
        ("an up-to-date list", "up to date", True),
        ("written in C++ and C#", "C++ and", True),
        ("written in C", "C++", False),
        ("1,000 metres", "1000 metres", True),
        ("请使用HTTP代理服务器。", "HTTP代理", True),
        ("请使用HTTP代理服务器。", "理服", True),
        ("请使用HTTP代理服务器。", "务", True),
        ("我們研究問題", "研究问题", True),
        ("我们研究，再究竟。", "研究竟", False),
        ("研究究竟", "研究竟", False),
        ("カタログ", "タロ", True),
    ],
)
def test_a_phrase_is_what_stands_side_by_side(
    analyzer: StandardAnalyzer, text: str, phrase: str, *, expected: bool
) -> None:
    assert holds(analyzer.sequence(text), analyzer.sequence(phrase)) is expected


@pytest.fixture(scope="module", params=["tantivy", "rank_bm25", "memory"])
def collection(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    analyzer: StandardAnalyzer,
) -> Iterator[Collection]:
    directory = tmp_path_factory.mktemp("phrases")
    if request.param == "memory":
        store = MemoryStore(StoreSettings(kind="memory"), analyzer)
    else:
        store = LocalStore(
            StoreSettings(directory=directory, lexical_engine=request.param), analyzer
        )
    yield store.create("a", FINGERPRINT)
    store.close()


PIECES = st.sampled_from(
    [*"研究竟生", "cat", "Cats", "the", "dog", "a_b", "C++", " ", " ", "，", "."]
)
TEXTS = st.lists(PIECES, max_size=10).map("".join)


@given(
    texts=st.lists(TEXTS, min_size=1, max_size=4),
    phrase=TEXTS,
    other=PIECES.filter(lambda piece: piece.isalpha()),
    later=TEXTS,
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_phrase_is_found_where_a_scan_finds_it(
    collection: Collection,
    analyzer: StandardAnalyzer,
    texts: list[str],
    phrase: str,
    other: str,
    later: str,
) -> None:
    words = tuple(analyzer.sequence(phrase))
    if not words:
        return
    collection.delete([record.id for record in collection.records()])
    texts = [text or "." for text in texts]
    collection.put([document(f"d{n}", [text], [X]) for n, text in enumerate(texts)])
    for held in (texts, [*texts, later or "."]):
        if held is not texts:
            collection.put([document(f"d{len(texts)}", [held[-1]], [X])])
        one, two = Holds(words), Holds(tuple(analyzer.sequence(other)))
        for where in (one, Not(one), And((one, Not(two))), Or((Not(one), two))):
            expected = {
                f"d{n}#0"
                for n, text in enumerate(held)
                if matches(where, {}, analyzer.sequence(text))
            }
            assert set(ids(collection.search_dense(X, limit=9, where=where))) == expected
            found = ids(collection.search_lexical(["cat", "dog", "研究"], limit=9, where=where))
            assert set(found) <= expected


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Open]:
    with opening(tmp_path, SpaceAnalyzer()) as made:
        yield made


def test_what_another_process_writes_in_bulk_is_read_where_no_index_knows_it(
    open_store: Open,
) -> None:
    writer = open_store().create("a", FINGERPRINT)
    reader = open_store().open("a")
    writer.put([document("old", ["a rule"], [X])])
    without = Not(Holds(("draft",)))
    with writer.bulk():
        writer.put([document("new", ["a draft"], [X]), document("next", ["a rule"], [X])])
        assert reader._lexical.applied() < reader._catalog.sequence()
        assert set(ids(reader.search_dense(X, limit=9, where=without))) == {"old#0", "next#0"}
        assert ids(reader.search_dense(X, limit=9, where=Holds(("draft",)))) == ["new#0"]


def test_an_index_with_other_fields_is_made_anew(open_store: Open, tmp_path: Path) -> None:
    collection = open_store().create("a", FINGERPRINT)
    collection.put([document("old", ["a rule"], [X])])
    collection.rest()
    folder = tmp_path / "a" / "lexical"
    for file in folder.iterdir():
        file.unlink()
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", indexed=True, fast=True)
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    tantivy.Index(builder.build(), path=str(folder))
    assert ids(collection.search_dense(X, limit=9, where=Holds(("a", "rule")))) == ["old#0"]
    assert ids(open_store().open("a").search_lexical(["rule"], limit=9)) == ["old#0"]
