"""What asks for the rule that is in force is taken out of what a reader is asked."""

from __future__ import annotations

import pytest

from app.answering.asking.asked import take_apart
from app.answering.asking.phrasing import without_now
from app.answering.evidence.kinds.asked import kinds_asked
from app.answering.evidence.kinds.kind import Kind
from app.fakes import FakeAnalyzer
from app.retrieval.understanding.understand import as_query


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("How many days may I currently carry over?", "How many days may I carry over?"),
        ("Meal allowance abroad, current version", "Meal allowance abroad"),
        ("Under the current parking rules, who may use bay 4?", "who may use bay 4?"),
        (
            "What is the current version of the driver?",
            "What is the current version of the driver?",
        ),
        ("实习生按现行规定可以加班吗？", "实习生可以加班吗？"),
        ("仓库现在还有多少个托盘？", "仓库还有多少个托盘？"),
        ("目前", "目前"),
    ],
)
def test_words_for_what_is_in_force_are_taken_out(question: str, left: str) -> None:
    assert without_now(question) == left


def test_a_reader_is_asked_both_ways() -> None:
    asked = take_apart(
        as_query("How many days may I currently carry over?", FakeAnalyzer()),
        FakeAnalyzer(),
        most=4,
    )
    assert "How many days may I carry over?" in asked.parts[0].readings


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("离职 邮箱 数据 保留", set()),
        ("林晓的邮箱", {Kind.EMAIL}),
        ("What happens to my e-mail when I leave?", set()),
        ("What is Aldo's e-mail?", {Kind.EMAIL}),
        ("温度记录仪怎么配对？", set()),
        ("冷库的温度是多少？", {Kind.TEMPERATURE}),
    ],
)
def test_a_word_that_is_only_mentioned_is_not_asked_for(question: str, kinds: set[Kind]) -> None:
    assert kinds_asked(question) == kinds
