"""Passages reranked by the statement in them that answers best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ConfigurationError
from app.models.rerankers.by_statements import MOST_STATEMENTS, StatementReranker, statements_of
from app.models.rerankers.registry import build_reranker
from app.settings import ModelSettings


class ReaderOf:
    """Believes in statements that hold a word."""

    id = "reader-of"

    def __init__(self, word: str) -> None:
        self.word = word
        self.asked: list[str] = []

    def read(self, question: str, statements: Sequence[str]) -> list[float]:
        self.asked += statements
        return [0.9 if self.word in one else 0.1 for one in statements]


def test_a_passage_is_worth_what_its_best_statement_is() -> None:
    reader = ReaderOf("rain")
    passages = ["Manual › Heron\nIt is light. Use in rain is forbidden.", "It is red. It is cheap."]
    best, other = StatementReranker(reader).score("May it be used in rain?", passages)
    assert best == pytest.approx(math.log(9))
    assert other == pytest.approx(-math.log(9))
    assert reader.asked == [
        "Manual › Heron\nIt is light.",
        "Manual › Heron\nUse in rain is forbidden.",
        "\nIt is red.",
        "\nIt is cheap.",
    ]


def test_a_first_line_is_a_setting_and_no_statement_is_lost() -> None:
    assert statements_of("雨天禁止使用。\n保修期三年。", "") == [
        "\n雨天禁止使用。",
        "雨天禁止使用。\n保修期三年。",
    ]
    assert statements_of("鹪鹩钻 › 雨天\n禁止使用。", "") == ["鹪鹩钻 › 雨天\n禁止使用。"]
    assert statements_of("We sell pumps\nSend them back.", "") == [
        "\nWe sell pumps",
        "We sell pumps\nSend them back.",
    ]


def test_a_question_above_its_answer_is_the_setting_and_no_answer() -> None:
    asked = "How do I return a pump?"
    assert statements_of(f"{asked}\nSend it back.", asked) == [f"{asked}\nSend it back."]


def test_a_row_far_down_a_table_is_read() -> None:
    rows = [f"model: T{n} | price: {n} EUR" for n in range(40)]
    found = statements_of("\n".join(["Prices › All", *rows]), "What does the T30 cost?")
    assert len(found) == MOST_STATEMENTS
    assert f"Prices › All\n{rows[30]}" in found


def test_certainty_has_bounds_and_nothing_is_read_of_nothing() -> None:
    class Certain(ReaderOf):
        def read(self, question: str, statements: Sequence[str]) -> list[float]:
            return [1.0 for _ in statements]

    scores = StatementReranker(Certain("")).score("q", ["It is so.", ""])
    assert math.isfinite(scores[0])
    assert scores[1] < 0 < scores[0]
    assert StatementReranker(Certain("")).score("q", []) == []


@given(st.text(max_size=400))
def test_every_statement_is_of_its_passage(passage: str) -> None:
    found = statements_of(passage, "what")
    assert len(found) <= MOST_STATEMENTS
    assert bool(found) == bool(passage.strip())
    assert all(part in passage for one in found for part in one.split("\n", 1))


def test_without_a_reader_it_is_told_what_to_set(tmp_path: Path) -> None:
    settings = ModelSettings(reranker="reader", reader="none", cache=tmp_path)
    with pytest.raises(ConfigurationError, match=r"models.reader is none; name a reader"):
        build_reranker(settings, None)
