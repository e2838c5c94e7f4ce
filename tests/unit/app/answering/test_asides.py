import pytest

from app.answering.context.asides import (
    announces,
    answer_offset,
    is_question,
    leads_in,
    leans,
    without_question_mark,
)


@pytest.mark.parametrize(
    "text",
    [
        "May I bring my dog?",
        "**May I bring my dog?**",
        "“May I bring my dog?”",
        "Q: the port of the gate",
        "Question 3: the port of the gate",
        "问：门的端口",
        "可以带狗吗？",
    ],
)
def test_questions_are_told_by_their_mark_or_their_prefix(text):
    assert is_question(text)


@pytest.mark.parametrize(
    "text", ["Dogs may come along.", "Quality: high", "狗可以同行。", "He asked “why?” and left."]
)
def test_other_lines_ask_nothing(text):
    assert not is_question(text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Q: May I?", "May I?"),
        ("**Q3:** May I?", "May I?"),
        ("问：可以吗？", "可以吗？"),
        ("May I?", "May I?"),
    ],
)
def test_a_question_stands_without_its_prefix(text, rest):
    assert without_question_mark(text) == rest


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("A: Yes.", "Yes."),
        ("**Answer:** Yes.", "Yes."),
        ("答：可以。", "可以。"),
        ("Yes.", "Yes."),
        ("A: ", "A: "),
        ("Areas: two", "Areas: two"),
    ],
)
def test_an_answer_begins_behind_its_prefix(text, rest):
    assert text[answer_offset(text) :] == rest


def test_a_colon_at_the_end_announces():
    assert announces("The steps are:")
    assert announces("步骤如下：**")
    assert not announces("Time: noon")


def test_a_list_may_be_announced_without_a_colon():
    assert leads_in("The following tools are needed.")
    assert leads_in("需要以下工具。")
    assert not leads_in("Tools are needed.")
    assert not leads_in("The following " + "long " * 50 + "sentence says it itself.")


@pytest.mark.parametrize(
    "text",
    [
        "It may be used in rain.",
        "The device is waterproof.",
        "它可以使用。",
        "本产品防水。",
        "该设备防水。",
    ],
)
def test_a_sentence_whose_subject_stands_before_it_leans(text):
    assert leans(text)


@pytest.mark.parametrize(
    "text", ["Item 4 is blue.", "Theory is hard.", "此外，狗可以来。", "其他人可以来。"]
)
def test_words_that_begin_like_pronouns_do_not_lean(text):
    assert not leans(text)
