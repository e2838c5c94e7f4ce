from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.generating.drafting import MAX_SENTENCE_CHARACTERS, read_draft

TEXT = (
    "The K of fusion is 60 by default [1]. It goes back to Cormack, Clarke and Büttcher. [2] "
    "Dr. Smith found, e.g. in 2009, that results change little around version v2.3.1. [1][3] "
    "重建索引不需要。[2] Weights may be changed at any time, as fusion happens at query time [4]."
)
SENTENCES = [
    ("The K of fusion is 60 by default.", (1,)),
    ("It goes back to Cormack, Clarke and Büttcher.", (2,)),
    (
        "Dr. Smith found, e.g. in 2009, that results change little around version v2.3.1.",
        (1, 3),
    ),
    ("重建索引不需要。", (2,)),
    ("Weights may be changed at any time, as fusion happens at query time.", (4,)),
]


def read(pieces, **options):
    return [(sentence.text, sentence.citations) for sentence in read_draft(pieces, **options)]


@given(st.lists(st.integers(1, len(TEXT) - 1), max_size=20))
def test_however_a_draft_arrives_its_sentences_are_the_same(cuts):
    places = [0, *sorted(set(cuts)), len(TEXT)]
    pieces = [TEXT[a:b] for a, b in pairwise(places)]
    assert read(pieces) == SENTENCES


def test_a_sentence_comes_before_the_draft_has_ended():
    arrived = []

    def pieces():
        for character in TEXT:
            arrived.append(character)
            yield character

    first = next(read_draft(pieces()))
    assert first.text == "The K of fusion is 60 by default."
    assert len(arrived) < len(TEXT) / 2


def test_marks_before_sentences_stay_with_what_follows_them():
    draft = "[1] It rains in Bergen on most days of the year. [2] It snows in Oslo in winter only."
    assert read(list(draft)) == [
        ("It rains in Bergen on most days of the year.", (1,)),
        ("It snows in Oslo in winter only.", (2,)),
    ]


@given(st.lists(st.text(max_size=30), max_size=30))
def test_no_sentence_comes_twice(pieces):
    texts = [sentence.text for sentence in read_draft(pieces)]
    assert len(texts) == len(set(texts))


def test_reading_ends_with_the_first_repeated_sentence():
    asked_for = []

    def looping():
        yield "It rains in Bergen on most days. "
        for n in range(50):
            asked_for.append(n)
            yield "The mechanism is the arithmetic of the last section. "

    assert [text for text, _ in read(looping())] == [
        "It rains in Bergen on most days.",
        "The mechanism is the arithmetic of the last section.",
    ]
    assert len(asked_for) < 5


def test_a_sentence_that_does_not_end_is_given_up():
    asked_for = []

    def endless():
        for n in range(1_000):
            asked_for.append(n)
            yield "and so on and on "

    assert read(endless()) == []
    assert len(asked_for) * len("and so on and on ") < 2 * MAX_SENTENCE_CHARACTERS


@pytest.mark.parametrize(
    ("draft", "cut_short", "texts"),
    [
        pytest.param("It rains. It snows in the", False, ["It rains."], id="behind-a-whole-one"),
        pytest.param("It rains. [1] It snows in", False, ["It rains."], id="behind-marks"),
        pytest.param("sixty", False, ["sixty"], id="short-answer"),
        pytest.param("sixty is the", True, [], id="cut-short"),
        pytest.param("It rains. It snows.", True, ["It rains.", "It snows."], id="both-whole"),
        pytest.param("It rains [1]", True, ["It rains"], id="a-mark-ends-it"),
        pytest.param("", False, [], id="nothing"),
    ],
)
def test_a_sentence_that_was_not_finished_is_left_out(draft, cut_short, texts):
    assert [text for text, _ in read([draft], cut_short=lambda: cut_short)] == texts


def test_marks_go_with_the_whole_sentence_when_the_next_is_left_out():
    assert read(["It rains. [1] It snows in"]) == [("It rains.", (1,))]


def test_what_came_before_a_failure_has_been_read():
    def failing():
        yield "It rains in Bergen on most days. It snows in Oslo, mostly in winter, and not much."
        raise ConnectionError

    sentences = read_draft(failing())
    assert next(sentences).text == "It rains in Bergen on most days."
    with pytest.raises(ConnectionError):
        next(sentences)
