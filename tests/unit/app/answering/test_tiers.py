import pytest

from app.answering.evidence.candidates import tier_of
from app.answering.evidence.tiers import amounts, falls_into
from app.domain.documents import BlockKind
from app.domain.statements import Statement
from tests.unit.app.answering.desk import statements


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the notice after 7 years?", [7.0]),
        ("满7年的通知期是多久？", [7.0]),
        ("What does an order of 1,200 euros cost?", [1200.0]),
        ("What was the revenue of 2023?", []),
        ("What does E102 mean?", []),
        ("第12条规定了什么？", []),
    ],
)
def test_numbers_that_name_nothing_are_amounts(question, expected):
    assert amounts(question) == expected


@pytest.mark.parametrize(
    ("tier", "value", "expected"),
    [
        ("6 to 9 years", 7, 1.0),
        ("6–9", 9, 1.0),
        ("6 to 9 years", 10, -1.0),
        ("6至9年", 7, 1.0),
        ("up to 5 kg", 5, 1.0),
        ("up to 5 kg", 6, -1.0),
        ("5 kg or less", 4, 1.0),
        ("不超过5公斤", 6, -1.0),
        ("5年以下", 4, 1.0),
        ("at least 10 days", 12, 1.0),
        ("10 or more", 9, -1.0),
        ("10年以上", 12, 1.0),
        ("10+", 12, 1.0),
        ("silver", 7, 0.0),
    ],
)
def test_a_number_falls_into_a_tier_or_not(tier, value, expected):
    assert falls_into(tier, [float(value)]) == expected


def test_a_question_without_a_number_asks_for_no_tier():
    assert falls_into("6 to 9 years", []) == 0.0


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Berth 8 to 12 m: 910", "Berth 8 to 12 m"),
        ("8至12米：910元", "8至12米"),
        ("The crane takes up to 8 tonnes.", ""),
    ],
)
def test_a_line_may_be_a_tier_by_its_label(text, label):
    assert tier_of(Statement("d", 1, (0, len(text)), text, BlockKind.PARAGRAPH)) == label


def test_a_row_is_a_tier_by_its_first_cell():
    (row, *_) = statements("t.csv", "years,notice\n6 to 9,three months\n10+,four months\n")
    assert tier_of(row) == "6 to 9"
