import pytest

from eval.answers.outcomes.matching import fold, holds


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("Payload | 250kg", "250 kg", id="no space before a unit"),
        pytest.param("Payload: 250 kg.", "250kg", id="a space before a unit"),
        pytest.param("It costs 1,200 EUR.", "1200", id="thousands separators of the text"),
        pytest.param("It costs 1200 EUR.", "1,200", id="thousands separators of what is wanted"),
        pytest.param("1\u202f234\u202f567 people", "1,234,567", id="narrow spaces as separators"),
        pytest.param("The answer is 5.", "5", id="the end of a sentence is no decimal point"),
        pytest.param("ＴＹＰＥ　Ａ１２", "type a12", id="width and case"),
        pytest.param("兩年保固", "两年保固", id="traditional"),
        pytest.param("保修期 三年。", "保修期三年", id="white space beside Chinese"),
        pytest.param("保修期：三年", "保修期: 三年", id="Chinese punctuation"),
        pytest.param("kept for\n thirty   days", "thirty days", id="runs of white space"),
        pytest.param("Charge 50 % of it", "50%", id="a space before a sign"),
        pytest.param("a fee of $ 5", "$5", id="a space behind a currency"),
        pytest.param("open 9 – 17", "9-17", id="dashes of a range"),
        pytest.param("from 10-18", "18", id="the end of a range is not negative"),
        pytest.param("第3天-18天", "18天", id="nor is it in Chinese"),
        pytest.param("down to −18 °C", "-18℃", id="minus sign"),
        pytest.param("down to –18 °C", "-18 °C", id="a dash as minus"),
        pytest.param("PPR-1044", "1044", id="a number within an identifier"),
        pytest.param("release v2.3.1", "2.3.1", id="a version"),
        pytest.param("USD500", "500", id="a currency code"),
        pytest.param("the T40's motor", "T40", id="genitive"),
        pytest.param("周二三点开会", "三点", id="a weekday before an hour"),
        pytest.param("Don\u2019t", "don't", id="quotes"),
        pytest.param("价格为100，200件起订", "200", id="a Chinese comma separates no thousands"),
        pytest.param("5 is not 15, 25 or 5", "25", id="one place of many"),
    ],
)
def test_what_a_person_would_find_is_held(text, wanted):
    assert holds(fold(text), wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("160 kg", "60 kg", id="the end of a number"),
        pytest.param("15", "5", id="a digit of a number"),
        pytest.param("2.5 m", "5 m", id="decimals"),
        pytest.param("5.25 m", "5", id="before decimals"),
        pytest.param("version 2.3.12", "2.3.1", id="the beginning of a version"),
        pytest.param("10.20.30.41", "20.30", id="the middle of an address"),
        pytest.param("-18 °C", "18 °C", id="the other sign"),
        pytest.param("18 °C", "-18 °C", id="a sign that is not there"),
        pytest.param("error E102", "E10", id="the beginning of an identifier"),
        pytest.param("error E102", "102", id="its number"),
        pytest.param("the T40B", "T40", id="a longer identifier"),
        pytest.param("two years", "two year", id="a part of a word"),
        pytest.param("unable", "able", id="the end of a word"),
        pytest.param("thirty days", "30 days", id="numerals are not computed"),
        pytest.param("十五天", "五天", id="the end of a Chinese number"),
        pytest.param("第三十一条", "第三十", id="the beginning of a Chinese number"),
        pytest.param("1,200 EUR", "200", id="thousands are one number"),
        pytest.param("anything", " \u200b ", id="nothing is nowhere"),
    ],
)
def test_what_only_looks_alike_is_not(text, wanted):
    assert not holds(fold(text), wanted)


@pytest.mark.parametrize(
    "text", ["−18 ℃ – 1,200 kg", "第３天 - 18天，版本 2.3", "a - b", "9 – 17", "1 , 2", "- 5 %"]
)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("unit", ["1", "1,111", "- 1", "1 %", "十", " ", "a1", "-", "1.1"])
def test_a_long_hostile_text_is_read_to_its_end(unit):
    text = unit * (100_000 // len(unit))
    assert not holds(fold(text), "2.5 kg")
    assert holds(fold(f"{text}。2.5 kg"), "2.5 kg")
