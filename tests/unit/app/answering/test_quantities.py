from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.verifying.quantities import Quantity, mentioned_quantities, stated_quantities


def stated(text: str) -> list[str]:
    return [str(quantity) for quantity in stated_quantities(text)]


@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        (["1,000", "1000", "１０００", "one thousand", "一千", "1千", "1000.0"], "1000"),
        (["3 million", "3,000,000", "300万", "三百万", "three million"], "3000000"),
        (["3.5亿", "350 million", "三亿五千万", "350000000"], "350000000"),
        (["50%", "50 %", "５０％", "50 percent", "百分之五十", "fifty percent"], "50%"),
        (["5 km", "5km", "5 kilometres", "5公里", "五公里"], "5 km"),
        (["2019年", "二〇一九年", "２０１９年"], "2019 year"),
        (["twenty-one", "21", "二十一"], "21"),
        (["-5 °C", "−5°C"], "-5 °C"),
        (["25000", "两万五千", "2.5万", "25 thousand"], "25000"),
        (["15", "十五", "fifteen"], "15"),
    ],
)
def test_spellings_of_one_quantity_are_one(spellings, expected):
    assert [stated(spelling) for spelling in spellings] == [[expected]] * len(spellings)


@pytest.mark.parametrize(
    "text",
    [
        "GPT-4o",
        "v2.3.1",
        "HTTP2",
        "2FA",
        "interleukin-2",
        "one of them",
        "统一了一些",
        "十分重要",
        "万一",
    ],
)
def test_identifiers_and_words_state_no_number(text):
    assert stated(text) == []


def test_a_date_states_each_of_its_numbers():
    assert stated("1867年11月7日") == ["1867 year", "11 月", "7 日"]
    assert stated("2024-01-15 10:30") == ["2024", "1", "15", "10", "30"]


def test_numerals_on_both_sides_of_a_comma_stay_apart():
    assert stated("第一，一百人；十五，三十") == ["1", "100 person", "15", "30"]


def test_a_passage_may_mean_a_number_where_a_sentence_may_not_state_one():
    assert Quantity(Decimal(1), "") in mentioned_quantities("one of them")
    assert Quantity(Decimal(10), "") in mentioned_quantities("十来步")


@pytest.mark.parametrize(
    ("claim", "source", "supported"),
    [
        ("5 km", "5 km", True),
        ("5 km", "a length of 5", True),
        ("5", "5 km", True),
        ("5 km", "5 miles", False),
        ("5 km", "6 km", False),
        ("50%", "50 percent", True),
        ("5", "-5", False),
        ("20 mg", "20 µg", False),
        ("20毫克", "20微克", False),
        ("$1,200", "£1,200", False),
        ("5%", "5‰", False),
        ("90 rps", "90 rpm", False),
        ("20 mW", "20 MW", False),
        ("-18℃", "零下18℃", True),
        ("-18℃", "minus 18 °C", True),
        ("18℃", "负18℃", False),
        ("18 °C", "–18 °C", False),
        ("10 kg", "10 to 20 kg", True),
        ("10 t", "10 to 20 kg", False),
    ],
)
def test_a_quantity_is_supported_by_its_value_without_another_unit(claim, source, supported):
    (quantity,) = stated_quantities(claim)
    assert quantity.supported_by(mentioned_quantities(source)) is supported


@given(st.text(alphabet="0123456789,.-% 零一二十百千万亿两第分之年km٣²½", max_size=60))
def test_whatever_is_stated_is_also_mentioned_and_nothing_raises(text):
    assert all(q.supported_by(mentioned_quantities(text)) for q in stated_quantities(text))
