from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.analyzer import (
    _UNSPACED,
    ANALYZER_VERSION,
    MAX_TERM_CHARACTERS,
    StandardAnalyzer,
)
from app.text.normalise import fold_compatibility, in_simplified, normalise

ANY_UNICODE = st.text(st.characters(codec=None, categories=None), max_size=60)
"""Lone surrogates, unassigned and private code points included."""
TRICKY = st.text(
    st.sampled_from("aZ0９é_.-'’@/+:#, \n\u00ad\u200b\ud800中國国资料庫のカナПривΣİßﬁ½ﷺ\u0301"),
    max_size=40,
)


@given(text=ANY_UNICODE | TRICKY)
@settings(max_examples=200, deadline=None)
def test_any_text_gives_the_same_storable_terms_each_time(
    analyzer: StandardAnalyzer, text: str
) -> None:
    terms = analyzer.terms(text)
    assert terms == analyzer.terms(text)
    for term in terms:
        assert term
        assert not any(character.isspace() for character in term)
        assert len(term) <= MAX_TERM_CHARACTERS
        term.encode("utf-8")  # raises for an unpaired surrogate


@given(text=ANY_UNICODE | TRICKY)
@settings(max_examples=300, deadline=None)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(text=TRICKY)
@settings(max_examples=200, deadline=None)
def test_terms_do_not_depend_on_compatibility_forms(analyzer: StandardAnalyzer, text: str) -> None:
    assert analyzer.terms(fold_compatibility(text)) == analyzer.terms(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The servers were running", ["the", "server", "were", "run"], id="stems"),
        pytest.param("HTTP_PROXY", ["http_proxy", "http", "proxi"], id="snake case"),
        pytest.param("v2.3.1", ["v2.3.1", "v2", "3", "1", "2.3.1"], id="version"),
        pytest.param("GPT-4o", ["gpt-4o", "gpt", "4o"], id="hyphen"),
        pytest.param("getUserName", ["getusernam", "get", "user", "name"], id="camel case"),
        pytest.param("C++", ["c++", "c"], id="trailing signs"),
        pytest.param("1,000,000 of 12,5", ["1000000", "of", "12", "5"], id="thousands"),
        pytest.param("ＨＴＴＰ　１２３", ["http", "123"], id="full width"),
        pytest.param("数据库", ["数据", "据库", "数据库", "数据", "据库"], id="Chinese"),
        pytest.param("カタカナ", ["カタ", "タカ", "カナ"], id="kana in pairs"),
        pytest.param("Привет, мир", ["привет", "мир"], id="Cyrillic"),
        pytest.param("John's code", ["john", "code"], id="possessive"),
        pytest.param("me@example.com", ["me@example.com", "me", "exampl", "com"], id="address"),
        pytest.param(
            "https://example.com/a/b",
            ["https://example.com/a/b", "https", "exampl", "com", "a", "b"],
            id="URL",
        ),
        pytest.param("soft\u00adhyphen", ["softhyphen"], id="soft hyphen"),
        pytest.param("zero\u200bwidth", ["zerowidth"], id="zero width"),
        pytest.param("— … ，。 ！", [], id="punctuation alone"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_terms_of(analyzer: StandardAnalyzer, text: str, expected: list[str]) -> None:
    assert analyzer.terms(text) == expected


def test_mixed_chinese_and_english_keep_reading_order(analyzer: StandardAnalyzer) -> None:
    terms = analyzer.terms("用Python3写HTTP_PROXY的代码")
    wanted = ["用", "python3", "写", "http_proxy", "代码"]
    assert [term for term in dict.fromkeys(terms) if term in wanted] == wanted


def test_traditional_and_simplified_characters_give_the_same_terms(
    analyzer: StandardAnalyzer,
) -> None:
    assert analyzer.terms("資料庫的檢索與測試") == analyzer.terms("资料库的检索与测试")


@pytest.mark.parametrize(
    ("query", "passage"),
    [
        ("http proxy", "set HTTP_PROXY first"),
        ("HTTP_PROXY", "the http proxy"),
        ("2.3.1", "released as v2.3.1"),
        ("user name", "call getUserName()"),
        ("gpt", "GPT-4o"),
        ("don't", "don’t"),
        ("John", "John’s"),
        ("数据", "数据库"),
        ("軟體", "软体"),
        ("1000", "about 1,000 rows"),
        ("CAFÉ", "café"),
    ],
)
def test_variants_of_one_name_share_a_term(
    analyzer: StandardAnalyzer, query: str, passage: str
) -> None:
    assert set(analyzer.terms(query)) & set(analyzer.terms(passage))


@pytest.mark.parametrize("run", ["x", "中", "1.", "a_", "aB", "é", "カ"])
def test_runs_without_end_are_cut(analyzer: StandardAnalyzer, run: str) -> None:
    terms = analyzer.terms(run * 20_000)
    assert terms
    assert max(map(len, terms)) <= MAX_TERM_CHARACTERS


def test_the_version_is_the_one_that_collections_record(analyzer: StandardAnalyzer) -> None:
    assert analyzer.version == ANALYZER_VERSION


def test_the_dictionary_is_kept_in_the_folder_given_and_nowhere_else(tmp_path: Path) -> None:
    StandardAnalyzer(tmp_path / "private").terms("数据库")
    assert [path.name for path in (tmp_path / "private").iterdir()] == ["jieba.cache"]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        pytest.param(
            "The servers run; a server ran.",
            "server run",
            [(1, "server"), (2, "run"), (4, "server")],
            id="words by their stem",
        ),
        pytest.param(
            "set HTTP_PROXY now",
            "http_proxy",
            [(1, "http_proxy"), (1, "http"), (1, "proxi")],
            id="parts of an identifier in its place",
        ),
        pytest.param(
            "用户资料库, use 資料", "资料", [(2, "资料"), (6, "资料")], id="Chinese by character"
        ),
        pytest.param("aaa 人人人", "人人", [(1, "人人"), (2, "人人")], id="overlapping"),
        pytest.param("nothing of it", "资料 server", [], id="none"),
    ],
)
def test_terms_are_found_where_they_stand(
    analyzer: StandardAnalyzer, text: str, query: str, expected: list[tuple[int, str]]
) -> None:
    asked = frozenset(analyzer.query_terms(query))
    assert analyzer.occurrences([text, "", text], asked) == [expected, [], expected]


@given(texts=st.lists(ANY_UNICODE | TRICKY, max_size=5), query=ANY_UNICODE | TRICKY)
@settings(max_examples=200, deadline=None)
def test_texts_that_are_searched_together_are_searched_as_each_alone(
    analyzer: StandardAnalyzer, texts: list[str], query: str
) -> None:
    terms = frozenset(analyzer.terms(query) + [t for text in texts for t in analyzer.terms(text)])
    alone = [analyzer.occurrences([text], terms)[0] for text in texts]
    assert analyzer.occurrences(texts, terms) == alone


def test_characters_of_scripts_without_spaces_are_one_place_each_in_any_spelling() -> None:
    """What runs of them are searched by: folded as in passages, and no longer than before."""
    folded = (fold_compatibility(chr(point)) for point in range(sys.maxunicode + 1))
    unspaced = {character for form in folded for character in form if _UNSPACED.match(character)}
    assert len(unspaced) > 20_000
    assert {c: in_simplified(c) for c in unspaced} == {c: normalise(c) for c in unspaced}
    assert all(len(in_simplified(character)) == 1 for character in unspaced)


@given(text=ANY_UNICODE | TRICKY)
@settings(max_examples=200, deadline=None)
def test_a_text_holds_its_own_terms_in_ascending_places(
    analyzer: StandardAnalyzer, text: str
) -> None:
    terms = frozenset(analyzer.terms(text))
    (found,) = analyzer.occurrences([text], terms)
    assert {term for _, term in found} == terms
    assert [place for place, _ in found] == sorted(place for place, _ in found)
