import pytest

from app.answering.asking.phrasing import (
    as_question,
    asked_of,
    asking_clause,
    chinese_subject,
    is_story,
)


@pytest.mark.parametrize(
    ("keywords", "question"),
    [
        ("T40 payload", "What is the T40 payload?"),
        ("the payload of carts", "What is the payload of carts?"),
        ("培训费 上限", "培训费 上限是什么？"),
    ],
)
def test_key_words_are_put_as_a_question(keywords, question):
    assert as_question(keywords) == question


@pytest.mark.parametrize(
    "text",
    [
        "What is the payload?",
        "list all findings",
        "The cart stops. It beeps",
        "请列出所有仓库",
        "word " * 30,
    ],
)
def test_what_is_no_key_word_stays_as_it_is(text):
    assert as_question(text) == text


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        pytest.param(
            "Sorry to bother you, I'm new, and Jo says we bring our own cups; what I'd like to "
            "know is what time the kiosk opens, because my train leaves at nine.",
            "what time the kiosk opens",
            id="a lead before and a reason behind it",
        ),
        pytest.param(
            "We were at the lake, so can you tell me how deep it may be for the pump",
            "how deep it may be for the pump",
            id="a lead that asks by itself",
        ),
        pytest.param(
            "Hi all, if a cart stands still on a Sunday, who do I call?",
            "if a cart stands still on a Sunday, who do I call?",
            id="its condition",
        ),
        pytest.param(
            "我换了手机，另外一台被挤掉了，想问下一个账号最多能登录几台手机",
            "一个账号最多能登录几台手机",
            id="chinese",
        ),
        pytest.param("The lake is deep, and cold.", "The lake is deep, and cold.", id="no clause"),
    ],
)
def test_the_clause_that_asks_is_cut_out_of_what_is_told(told, asked):
    assert asking_clause(told) == asked


def test_a_chinese_story_is_shorter_than_an_english_one():
    assert is_story("我" * 40)
    assert not is_story("a" * 40)


@pytest.mark.parametrize(
    ("name", "part", "question"),
    [
        ("R2", "the R2 in weight?", "What is the weight of the R2?"),
        ("R2", "battery warranty, the R2?", "What is the battery warranty of the R2?"),
        ("Chile", "annual leave Chile", "What is the annual leave Chile?"),
        ("Graz", "Speed limit in Graz?", "What is the speed limit in Graz?"),
        ("R2", "How much is the R2?", "How much is the R2?"),
    ],
)
def test_what_is_left_of_a_comparison_is_a_question(name, part, question):
    assert asked_of(name, part) == question


def test_a_chinese_question_says_first_what_it_is_about():
    assert chinese_subject("东门仓的主管是谁") == "东门仓"
    assert chinese_subject("谁的车") == ""
    assert chinese_subject("主管是谁") == ""
