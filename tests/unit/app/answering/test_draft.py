import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.generating.draft import leading_marks, parse_draft


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        ("It rains [1].", [("It rains.", (1,))]),
        ("It rains. [1] It snows. [2]", [("It rains.", (1,)), ("It snows.", (2,))]),
        ("It rains.[1][3] It snows [2, 4].", [("It rains.", (1, 3)), ("It snows.", (2, 4))]),
        ("[1] It rains. [2] It snows.", [("It rains.", (1,)), ("It snows.", (2,))]),
        ("It rains [1-3].", [("It rains.", (1, 2, 3))]),
        ("It [1] rains [1].", [("It rains.", (1,))]),
        ("下雨【1】。下雪。［２］", [("下雨。", (1,)), ("下雪。", (2,))]),
        ("下雨[1，2]。", [("下雨。", (1, 2))]),
        ("It rains (passage 2).", [("It rains.", (2,))]),
        ("It rains [Passage 2].", [("It rains.", (2,))]),
        ("According to passage 2, it rains.", [("It rains.", (2,))]),
        ("根据段落1，今天下雨。", [("今天下雨。", (1,))]),
        ("- It rains [1]\n- It snows [2]", [("It rains", (1,)), ("It snows", (2,))]),
        ("It rains", [("It rains", ())]),
        ("In [2019] it rained (3).", [("In [2019] it rained (3).", ())]),
        ("It rains. [1", [("It rains.", ())]),
        ("It rains [1]. It snows [", [("It rains.", (1,)), ("It snows", ())]),
        ("<passage 7> It rains. </passage 7>", [("It rains.", ())]),
        ("</passage 7>", []),
        ("[1]", []),
        ("", []),
    ],
)
def test_drafts_are_read_as_sentences_and_what_they_cite(draft, expected):
    assert [(sentence.text, sentence.citations) for sentence in parse_draft(draft)] == expected


@given(
    st.lists(
        st.sampled_from(
            ["[1]", "【2】", "[1-999]", "[9-1]", " ", "It rains", ". ", "。", "\n", "- ", "("]
        )
        | st.text(max_size=5),
        max_size=30,
    ).map("".join)
)
def test_no_draft_breaks_reading(draft):
    for sentence in parse_draft(draft):
        assert sentence.text.strip() == sentence.text != ""
        assert len(set(sentence.citations)) == len(sentence.citations)


def test_marks_at_the_beginning_are_measured_with_the_space_before_them():
    assert leading_marks(" [1] [2] It rains.") == len(" [1] [2]")
    assert leading_marks("It rains. [1]") == 0


@pytest.mark.usefixtures("_ends")
@pytest.mark.parametrize(
    "piece", ["[", "[1", "[1] ", " ", "(passage ", "<passage ", "1,", "- ", "【1】", "a. "]
)
def test_no_draft_is_slow_to_read(piece):
    parse_draft((piece * (100_000 // len(piece) + 1))[:100_000])
