"""Operators of a query bind, and nothing else is taken for one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import InvalidRequest
from app.filters import parse_filter
from app.retrieval.understanding.syntax.operators import MOST_CONDITIONS
from tests.unit.app.understanding.conftest import DOCUMENTS, Ask, Find

QUESTIONS = Path(__file__).parents[4] / "eval" / "questions"
EVERYTHING = list(DOCUMENTS)


@pytest.mark.parametrize(
    ("text", "ranked", "found"),
    [
        ('"error handling"', "error handling", ["errors"]),
        ("“error handling” python", "error handling python", ["errors"]),
        ("「年假制度」", "年假制度", ["leave"]),
        ("制度 “五天”", "制度 五天", ["leave"]),
        ('制度 -"五天"', "制度", ["errors", "draft", "cats", "solar", "trip"]),
        ("python errors -draft", "python errors", ["errors", "cats", "solar", "leave", "trip"]),
        ("制度 -草稿", "制度", ["errors", "draft", "cats", "solar", "trip"]),
        ("python +draft", "python draft", ["draft"]),
        ("errors -http-proxy", "errors", ["errors", "draft", "cats", "leave", "trip"]),
        ("errors AND draft", "errors draft", ["draft"]),
        ("draft OR dogs", "draft dogs", ["draft", "cats"]),
        ("errors AND NOT draft", "errors", ["errors"]),
        ("errors NOT draft", "errors", ["errors", "cats", "solar", "leave", "trip"]),
        ("(draft OR dogs) AND NOT python", "draft dogs", ["cats"]),
        ("draft OR dogs AND cats", "draft dogs cats", ["draft", "cats"]),
        ("(draft OR dogs) AND purrs", "draft dogs purrs", ["cats"]),
        ('("error handling" OR dogs) AND every', "error handling dogs every", ["errors"]),
        ("制度 AND (年假 OR 草稿)", "制度 年假 草稿", ["leave"]),
        ("rules lang:zh", "rules", ["leave", "trip"]),
        ("rules -lang:en", "rules", ["solar", "leave", "trip"]),
        ("rules lang:zh OR lang:en", "rules", ["errors", "draft", "cats", "leave", "trip"]),
        ('team author:"Ada Lovelace"', "team", ["solar"]),
        ("制度 部门:人事", "制度", ["trip"]),
        ("rules year:2024", "rules", ["trip"]),
        ("rules year:>=2023", "rules", ["errors", "trip"]),
        ("rules year:<2024", "rules", ["errors"]),
        ("rules date:2024", "rules", ["cats", "solar"]),
        ("rules date:2024-03", "rules", ["cats"]),
        ("rules date:>2023", "rules", ["cats", "solar"]),
        ("rules date:<=2023", "rules", ["leave"]),
        ("errors draft:true", "errors", ["draft"]),
        ("what are the rules? lang:zh", "what are the rules?", ["leave", "trip"]),
        ('which cats purr? -"a draft" lang:en', "which cats purr?", ["errors", "cats"]),
        ("lang:zh", "zh", ["leave", "trip"]),
    ],
)
def test_operators_bind(ask: Ask, find: Find, text: str, ranked: str, found: list[str]) -> None:
    understood = ask(text)
    assert understood.query.text == ranked
    assert find(text) == found
    assert {reading.kind for reading in understood.query.readings} == {"operator"}
    assert all(reading.text in text for reading in understood.query.readings)


@pytest.mark.parametrize(
    "text",
    [
        'a stray " quote',
        "the user's guide and the users' guide",
        "C++ and C#",
        "a - b",
        "T-40",
        "-18 ℃",
        "store at -18 ℃",
        "kill -9",
        "rm -rf",
        "grep -v pattern",
        "cats and dogs or birds, not fish",
        "AND",
        "OR NOT",
        "AND OR NOT",
        "TERMS AND CONDITIONS",
        "cats AND",
        "ada@example.com",
        "http://example.com/a:b",
        "12:30",
        "note: this",
        "note:this",
        "title: errors",
        "std::vector",
        "C:\\temp",
        "f(x) and g(y)",
        "(see below)",
        "(cats",
        "cats) :)",
        "the pump must NOT be used outdoors",
        "Which pump must NOT be used AND why?",
        "what does tar -extract do",
        'What does "error handling" mean?',
        "“软件”为什么没有命中？",
        "我搜“软件”没有命中",
        "能不能问“一共签了多少份合同”这种问题",
        'Compare "error handling" with "a draft"',
        'list all papers with "error handling"',
        'I typed "error handling" into the box and got nothing',
        "„Fehler“ auf Deutsch",
        'a 12" pipe and a 14" pipe',
        "-draft",
        "-lang:zh",
        "the pump -which is old- leaks",
        "+49 123 456",
        "“”",
        '""',
        "reports that the team wrote on solar panels in the north within three years -signed",
        "?",
    ],
)
def test_a_text_without_operators_is_left_alone(ask: Ask, text: str) -> None:
    understood = ask(text)
    assert understood.query.text == text
    assert (understood.where, understood.query.readings) == (None, ())


@pytest.mark.parametrize("name", ["handbook", "office"])
def test_no_question_that_people_ask_is_taken_for_operators(ask: Ask, name: str) -> None:
    """Nobody reads them here, so that those that are kept unseen stay so."""
    lines = (QUESTIONS / name / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    changed = sum(ask(json.loads(line)["text"]).where is not None for line in lines)
    assert changed == 0


def test_operators_can_be_ignored(ask: Ask) -> None:
    understood = ask('python -draft "error handling"', ignore=frozenset({"operator"}))
    assert understood.query.text == 'python -draft "error handling"'
    assert understood.where is None


def test_readings_show_what_was_typed_and_what_was_made_of_it(ask: Ask) -> None:
    shown = ask('"error handling" -draft year:>=2023 (cats OR dogs) AND purrs').query.readings
    assert [(reading.text, reading.meaning) for reading in shown] == [
        ('"error handling"', "“error handling”"),
        ("-draft", "not “draft”"),
        ("year:>=2023", "year >= 2023"),
        ("(cats OR dogs) AND purrs", "((“cats” or “dogs”) and “purrs”)"),
    ]


def test_the_filter_of_a_request_holds_beside_the_operators(find: Find) -> None:
    assert find("制度 -草稿", where=parse_filter({"lang": "zh"})) == ["trip"]


@pytest.mark.parametrize(("times", "found"), [(2, ["cats"]), (3_000, ["cats"]), (3_001, [])])
def test_a_negation_takes_another_back(find: Find, times: int, found: list[str]) -> None:
    text = f"dogs AND {'NOT ' * times}purrs"
    assert find(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(cats AND dogs", "does not close it"),
        ("cats AND (dogs OR birds", "does not close it"),
        ("cats AND dogs)", "does not open"),
        ("(" * 9 + "cats AND dogs" + ")" * 9, "deeper than 8"),
        (" OR ".join(f"w{n}" for n in range(MOST_CONDITIONS + 1)), "more than 64"),
    ],
)
def test_what_can_only_be_meant_as_operators_is_an_error(ask: Ask, text: str, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        ask(text)


@given(
    st.lists(
        st.sampled_from([*'()"“”-+ ', "AND", "OR", "NOT", "lang:", ">=", "cats", "年假"]),
        max_size=24,
    ).map("".join)
)
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_is_understood_or_refused(ask: Ask, text: str) -> None:
    try:
        understood = ask(text)
    except InvalidRequest:
        return
    assert understood.query.text.strip()
    assert (understood.where is None) == (not understood.query.readings)


@pytest.mark.parametrize(
    "text",
    [
        "find -name cats",
        "tar -xzf archive",
        "site:example.com cats",
        "TypeError:x.map draft",
        "版本:v1.2的变化",
    ],
)
def test_options_and_addresses_are_text(text: str, ask: Ask) -> None:
    understood = ask(text)
    assert understood.where is None
    assert understood.query.text == text
