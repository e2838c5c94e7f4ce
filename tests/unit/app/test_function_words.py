from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.fakes import FakeAnalyzer
from app.text.analyzer import StandardAnalyzer
from app.text.function_words import CHINESE, ENGLISH, is_english_function_word
from app.text.normalise import normalise

TEXT = st.text(st.characters(codec=None, categories=None), max_size=40) | st.lists(
    st.sampled_from(
        [
            "what",
            "What",
            "IT",
            "is",
            "the",
            "rank",
            "fusion",
            "K",
            "HTTP_PROXY",
            "什么",
            "是",
            "排名",
        ]
    )
).map(" ".join)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("What is the default of K?", ["default", "k"], id="a question"),
        pytest.param("reciprocal rank fusion", ["reciproc", "rank", "fusion"], id="no such word"),
        pytest.param("what does IT do", ["it"], id="capitals are a name"),
        pytest.param("Who leads the WHO?", ["lead", "who"], id="the word and the name"),
        pytest.param("US GDP", ["us", "gdp"], id="a country"),
        pytest.param("What's RRF and who're its authors", ["rrf", "author"], id="contractions"),
        pytest.param("What’s IT’s default", ["it", "default"], id="a typographic apostrophe"),
        pytest.param("is_the_proxy", ["is_the_proxy", "is", "the", "proxi"], id="in an identifier"),
    ],
)
def test_a_question_looks_for_what_it_is_about(
    analyzer: StandardAnalyzer, query: str, expected: list[str]
) -> None:
    assert analyzer.query_terms(query) == expected


@pytest.mark.parametrize("query", ["to be or not to be", "The Who", "What is it?"])
def test_a_question_of_function_words_alone_keeps_them_all(
    analyzer: StandardAnalyzer, query: str
) -> None:
    assert analyzer.query_terms(query) == normalise(query).rstrip("?").split()


@pytest.mark.parametrize(
    "query",
    [
        "什么是倒数排名融合？",
        "什麼是倒數排名融合？",
        "甚麼是倒數排名融合？",
        "请问什么是倒数排名融合呢",
    ],
)
def test_a_chinese_question_looks_for_what_it_is_about(
    analyzer: StandardAnalyzer, query: str
) -> None:
    terms = analyzer.query_terms(query)
    assert not CHINESE & set(terms)
    assert {"倒数", "排名", "融合"} <= set(terms)
    assert "是" in analyzer.terms(query)  # the index has it


@given(query=TEXT)
def test_query_terms_are_some_of_the_terms_in_their_order(
    analyzer: StandardAnalyzer, query: str
) -> None:
    terms = analyzer.terms(query)
    wanted = analyzer.query_terms(query)
    rest = iter(terms)
    assert all(term in rest for term in wanted)  # `in` moves on to where it is found
    assert bool(wanted) == bool(terms)


@given(query=TEXT)
def test_the_analyzer_of_tests_knows_no_function_words(query: str) -> None:
    assert FakeAnalyzer().query_terms(query) == FakeAnalyzer().terms(query)


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("The", True),
        ("THE", False),
        ("it's", True),
        ("IT's", False),
        ("a", True),
        ("A", False),
        ("us", False),
        ("don't", False),
        ("rank", False),
        ("", False),
    ],
)
def test_english_function_words_are_told_by_how_they_are_written(
    token: str, expected: bool
) -> None:
    assert is_english_function_word(token) is expected


def test_the_lists_are_spelled_as_the_analyzer_spells_tokens() -> None:
    """What is not is never found."""
    assert {normalise(word) for word in CHINESE} == CHINESE
    assert {normalise(word) for word in ENGLISH} == ENGLISH


def test_a_letter_that_names_something_is_searched_for(analyzer: StandardAnalyzer) -> None:
    assert analyzer.query_terms("What is hepatitis A?") == ["hepat", "a"]
    assert analyzer.query_terms("A cure for hepatitis") == ["cure", "hepat"]
