"""The row of a table that a superlative asks for."""

from __future__ import annotations

import pytest

from app.answering.asking.asked import take_apart
from app.answering.context.statements import DocumentStatements
from app.answering.evidence.extremes import extremes
from app.retrieval.understanding.understand import as_query
from app.text.analyzer import StandardAnalyzer
from tests.unit.app.answering.desk import document

PUMPS = """| Model | Max pressure (bar) | Price | Weight | Warranty |
|---|---|---|---|---|
| Finch | 4 | €1,290 | 9 kg | 2 years |
| Heron | 8 | €489 | 12 kg | 1 year |
| Plover | 6 | €219 | 7 kg | 24 months |
"""
TABLE_ZH = """| 型号 | 压力（巴） | 单价 |
|---|---|---|
| 雀 | 4 | 1290 元 |
| 鹭 | 8 | 489 元 |
"""


def _wanted(analyzer: StandardAnalyzer, question: str, text: str) -> list[str]:
    """The labels of the rows that are asked for; of no comparison nothing."""
    found = document("pumps.md", text)
    rows = DocumentStatements(found)
    statements = rows.within((0, len(found.text)), n=1)
    wanted: list[str] = []
    for part in take_apart(as_query(question, analyzer), analyzer, most=4).parts:
        places = extremes(part, statements, {found.id: rows}, analyzer.terms)
        labels = {(s.document_id, s.span): s.setting.row or s.text for s in statements}
        wanted += [labels[place].split(" ")[0] for place, value in places.items() if value > 0]
    return wanted


@pytest.mark.parametrize(
    ("question", "model"),
    [
        ("Which pump has the highest pressure?", "Heron"),
        ("Which model has the lowest max pressure?", "Finch"),
        ("Which pump is the cheapest?", "Plover"),
        ("Which pump is the most expensive?", "Finch"),
        ("Which pump is the least expensive?", "Plover"),
        ("What is the heaviest pump?", "Heron"),
        ("哪款泵最贵？", "Finch"),
        ("哪款最轻？", "Plover"),
    ],
)
def test_the_row_with_the_most_or_the_least_is_asked_for(
    analyzer: StandardAnalyzer, question: str, model: str
) -> None:
    (wanted,) = _wanted(analyzer, question, PUMPS)
    assert model in wanted


def test_what_takes_the_longest_has_the_longest_duration(analyzer: StandardAnalyzer) -> None:
    table = "| Course | Duration |\n|---|---|\n| Basic | 15 minutes |\n| Full | 90 minutes |\n"
    (wanted,) = _wanted(analyzer, "Which course takes the longest?", table)
    assert "Full" in wanted


@pytest.mark.parametrize(
    ("question", "label"), [("哪个班最便宜？", "普通班"), ("哪个班最贵？", "加急班")]
)
def test_what_a_course_costs_is_its_tuition(
    analyzer: StandardAnalyzer, question: str, label: str
) -> None:
    rows = "| 普通班 | 3200元 |\n| 周末班 | 3600元 |\n| 加急班 | 4800元 |\n"
    table = f"| 班型 | 学费 |\n|---|---|\n{rows}"
    (wanted,) = _wanted(analyzer, question, table)
    assert label in wanted


@pytest.mark.parametrize(("question", "model"), [("哪款压力最大？", "鹭"), ("哪款最贵？", "雀")])
def test_chinese_tables_too(analyzer: StandardAnalyzer, question: str, model: str) -> None:
    (wanted,) = _wanted(analyzer, question, TABLE_ZH)
    assert model in wanted


@pytest.mark.parametrize(
    "question",
    [
        "Which pump has the longest warranty?",  # years and months
        "Which pump is the loudest?",
        "What does the Heron cost?",
        "I may carry at most 9 kg: is that enough?",
        "最多可以带几公斤？",
        "Which pump has the highest pressure of 6 bar?",  # the value is given
    ],
)
def test_nothing_is_compared_where_that_would_be_a_guess(
    analyzer: StandardAnalyzer, question: str
) -> None:
    assert _wanted(analyzer, question, PUMPS) == []


@pytest.mark.parametrize(
    "rows",
    [
        "| Coast | 45 min |\n| Forest | 50 min |\n| Ridge | 1 h 30 min |\n",
        "| Coast | 500 ms |\n| Forest | 2 m |\n",
        "| Coast | 4 |\n| Forest | unknown |\n| Ridge | 5 |\n",
    ],
)
def test_a_value_that_can_not_be_compared_compares_none(
    analyzer: StandardAnalyzer, rows: str
) -> None:
    table = f"| Hike | Duration |\n|---|---|\n{rows}"
    assert _wanted(analyzer, "Which hike has the longest duration?", table) == []


def test_a_total_is_no_row_among_others(analyzer: StandardAnalyzer) -> None:
    table = "| Month | Sales |\n|---|---|\n| May | 200 |\n| June | 400 |\n| Total | 600 |\n"
    (wanted,) = _wanted(analyzer, "Which month had the highest sales?", table)
    assert "June" in wanted


def test_a_hyphen_in_a_code_is_no_minus(analyzer: StandardAnalyzer) -> None:
    table = "| Valve | Pressure |\n|---|---|\n| A | PN-16 |\n| B | PN-40 |\n"
    assert "A" not in "".join(_wanted(analyzer, "Which valve has the highest pressure?", table))
