from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.collections import Fingerprint
from app.domain.documents import Chunk, Document, IndexedDocument, Metadata
from app.errors import InvalidFilter
from app.filters import (
    MAX_CONDITIONS,
    MAX_DEPTH,
    MAX_VALUES,
    And,
    Compare,
    Exists,
    Filter,
    Not,
    OneOf,
    Or,
    matches,
    parse_filter,
)
from app.stores.local.catalog.catalog import Catalog
from app.stores.local.filtering.filter_sets import FilterSets
from tests.unit.app.stores import nobody

# --- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param({}, None, id="empty"),
        pytest.param({"lang": "zh"}, OneOf("lang", ("zh",)), id="equals"),
        pytest.param({"lang": ["zh", "en"]}, OneOf("lang", ("zh", "en")), id="list"),
        pytest.param({"lang": {"in": ["zh"]}}, OneOf("lang", ("zh",)), id="in"),
        pytest.param({"public": {"ne": True}}, Not(OneOf("public", (True,))), id="ne"),
        pytest.param(
            {"date": {"gte": "2024", "lt": "2025"}},
            And((Compare("date", "gte", "2024"), Compare("date", "lt", "2025"))),
            id="range",
        ),
        pytest.param({"page": {"exists": False}}, Not(Exists("page")), id="absent"),
        pytest.param(
            {"lang": "en", "or": [{"year": 1}, {"not": {"year": 2}}]},
            And(
                (
                    OneOf("lang", ("en",)),
                    Or((OneOf("year", (1,)), Not(OneOf("year", (2,))))),
                )
            ),
            id="nested",
        ),
        pytest.param({"year": 2**70}, OneOf("year", (float(2**70),)), id="more than 64 bits"),
    ],
)
def test_filters_are_read(source: object, expected: Filter | None) -> None:
    assert parse_filter(source) == expected


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ([], "JSON object"),
        ("lang=zh", "JSON object"),
        ({"": 1}, "non-empty"),
        ({"a\ud800": 1}, "non-empty"),
        ({"and": {}}, '"and" takes a non-empty list'),
        ({"or": []}, '"or" takes a non-empty list'),
        ({"not": 3}, "JSON object"),
        ({"lang": {}}, '"lang" has an empty condition'),
        ({"lang": None}, '"lang" is compared with'),
        ({"lang": [None]}, '"lang" is compared with'),
        ({"lang": "\ud800"}, '"lang" is compared with'),
        ({"lang": {"like": "z%"}}, 'unknown condition "like"; use eq'),
        ({"lang": {"in": "zh"}}, '"in" for "lang" takes a list'),
        ({"year": {"gt": True}}, '"gt" for "year" takes a string or a number'),
        ({"year": {"gt": [1]}}, '"gt" for "year" takes a string or a number'),
        ({"year": {"exists": 1}}, '"exists" for "year" takes true or false'),
        ({"year": math.nan}, '"year" is compared with finite numbers'),
        ({"year": {"lt": math.inf}}, '"year" is compared with finite numbers'),
        ({"year": 10**400}, '"year" is compared with finite numbers'),
        ({"note": "n" * 1_000}, '"note" is compared with a text of more than 999'),
        ({"note": {"lt": "n" * 1_000}}, '"note" is compared with a text of more than 999'),
    ],
)
def test_what_is_no_filter_is_refused_with_the_part_that_is_wrong(
    source: object, message: str
) -> None:
    with pytest.raises(InvalidFilter, match=message):
        parse_filter(source)


def nested(depth: int) -> object:
    source: object = {"n": 5}
    for _ in range(depth):
        source = {"not": source}
    return source


def test_depth_is_bounded() -> None:
    assert parse_filter(nested(MAX_DEPTH)) is not None
    with pytest.raises(InvalidFilter, match=f"deeper than {MAX_DEPTH}"):
        parse_filter(nested(MAX_DEPTH + 1))


def test_values_are_bounded_over_the_whole_filter() -> None:
    assert parse_filter({"a": list(range(MAX_VALUES))}) is not None
    with pytest.raises(InvalidFilter, match=f"more than {MAX_VALUES}"):
        parse_filter({"a": list(range(MAX_VALUES)), "b": 1})


def test_comparisons_are_bounded_over_the_whole_filter() -> None:
    assert parse_filter({"and": [{"a": {"gt": n}} for n in range(MAX_CONDITIONS)]}) is not None
    with pytest.raises(InvalidFilter, match=f"more than {MAX_CONDITIONS}"):
        parse_filter({"and": [{"a": {"gt": n}} for n in range(MAX_CONDITIONS + 1)]})


@pytest.mark.parametrize("empty", [{}, {"not": {}}, {"and": [{}]}], ids=str)
@pytest.mark.parametrize("word", ["and", "or"])
def test_empty_parts_count_as_well(word: str, empty: object) -> None:
    assert parse_filter({word: [empty] * MAX_CONDITIONS}) is not None
    with pytest.raises(InvalidFilter, match=f"more than {MAX_CONDITIONS}"):
        parse_filter({word: [empty] * (MAX_CONDITIONS + 1)})


# --- meaning -------------------------------------------------------------------------------------

PAGE: Metadata = {
    "lang": "zh",
    "year": 2024,
    "score": 0.5,
    "public": True,
    "date": "2024-03-01",
    "changed": "2024-05-03T10:00+02:00",
    "tags": ("rag", "search", 7),
    "none": (),
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"lang": "zh"}, True),
        ({"lang": "ZH"}, False),
        ({"year": 2024.0}, True),
        ({"year": "2024"}, False),
        ({"public": True}, True),
        ({"public": 1}, False),
        ({"year": True}, False),
        ({"tags": "rag"}, True),
        ({"tags": 7}, True),
        ({"tags": ["x", "search"]}, True),
        ({"tags": {"ne": "rag"}}, False),
        ({"tags": {"gt": "rag"}}, True),
        ({"score": {"gte": 0.5}}, True),
        ({"score": {"gt": 0.5}}, False),
        ({"year": {"lt": "3000"}}, False),
        ({"public": {"gte": 0}}, False),
        ({"date": {"gte": "2024-01-01", "lt": "2024-04"}}, True),
        ({"date": {"gt": "2024-03-01"}}, False),
        ({"changed": {"lt": "2024-05-03T09:00Z"}}, True),
        ({"changed": "2024-05-03T08:00:00.0Z"}, True),
        ({"changed": {"gte": "2024-05-03", "lt": "2024-05-04"}}, True),
        ({"absent": {"ne": 1}}, True),
        ({"absent": {"lt": 1}}, False),
        ({"absent": {"exists": False}}, True),
        ({"none": {"exists": True}}, False),
        ({"year": {"exists": True}}, True),
        ({"not": {"absent": 1}}, True),
        ({"or": [{"absent": 1}, {"lang": "zh"}]}, True),
        ({"and": [{"lang": "zh"}, {"absent": 1}]}, False),
    ],
)
def test_filters_mean(source: object, *, expected: bool) -> None:
    where = parse_filter(source)
    assert where is not None
    assert matches(where, PAGE, []) is expected


# --- the same meaning in SQL ---------------------------------------------------------------------

FIELDS = st.sampled_from(["a", "b", "c", "and", "x'y", "值"])
SCALARS = (
    st.booleans()
    | st.integers(-3, 3)
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0.5, 1.0, -0.0, 2.0**53, 2**53 + 1])
    | st.sampled_from(["", "a", "b", "ab", "1", "true", "'; DROP TABLE chunks;--", "中", "\x00"])
    | st.sampled_from(["2024-05-03T10:00+02:00", "2024-05-03T09:00Z", "2024-05-03", "2024-05-04"])
    | st.text(st.characters(codec="utf-8"), max_size=3)
)
METADATA = st.dictionaries(FIELDS, SCALARS | st.lists(SCALARS, max_size=3).map(tuple), max_size=4)
ORDERS = st.sampled_from(["gt", "gte", "lt", "lte"])
BEYOND_64_BITS = st.integers(2**63, 2**70).map(float)
CONDITIONS = st.one_of(
    st.builds(OneOf, FIELDS, st.lists(SCALARS | BEYOND_64_BITS, min_size=1, max_size=3).map(tuple)),
    st.builds(
        Compare, FIELDS, ORDERS, SCALARS.filter(lambda v: not isinstance(v, bool)) | BEYOND_64_BITS
    ),
    st.builds(Exists, FIELDS),
)
FILTERS = st.recursive(
    CONDITIONS,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    path = tmp_path_factory.mktemp("filters") / "catalog.db"
    catalog = Catalog.create(path, Fingerprint("e", 1, "a", "c"), lock_timeout_s=1)
    yield catalog
    catalog.close()


def stored(id_: str, metadata: Metadata) -> IndexedDocument:
    chunk = Chunk(f"{id_}#0", id_, 0, "text", (0, 4), metadata=metadata)
    vectors = np.zeros((1, 1), dtype=np.float32)
    return IndexedDocument(Document(id_, "text", metadata=metadata), (chunk,), vectors, "hash")


@given(contents=st.lists(METADATA, min_size=1, max_size=6), where=FILTERS)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_sql_lets_through_exactly_what_the_filter_means(
    catalog: Catalog, contents: list[Metadata], where: Filter
) -> None:
    catalog.delete([record.id for record in catalog.records(after="", limit=None)])
    documents = [stored(f"d{n}", metadata) for n, metadata in enumerate(contents)]
    catalog.put(documents)
    expected = {d.chunks[0].id for d in documents if matches(where, d.chunks[0].attributes, [])}
    passed = catalog.chunk_ids(FilterSets(catalog, nobody).passing(where).keys().tolist())
    assert set(passed.values()) == expected


def test_the_largest_filter_that_is_read_is_also_answered(catalog: Catalog) -> None:
    catalog.put([stored("wide", {"n": 5})])
    many = {"or": [{"n": {"gt": n}} for n in range(MAX_CONDITIONS - 1)] + [{"n": -1}]}
    empty = {"or": [{}] * MAX_CONDITIONS}
    values = {"n": list(range(MAX_VALUES))}
    deep = nested(MAX_DEPTH)
    for source in (many, empty, values, deep):
        where = parse_filter(source)
        assert where is not None
        passed = FilterSets(catalog, nobody).passing(where).keys().tolist()
        assert "wide#0" in catalog.chunk_ids(passed).values()
