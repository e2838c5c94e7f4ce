import math

import numpy as np
import pytest

from app.answering.meaning import Meaning
from app.answering.passages import Quotation
from app.answering.question import Question
from app.answering.relevance import Relevance, chunk_nearness

RAIN = Quotation(1, (0, 10), "rain falls often in bergen")
OSLO = Quotation(1, (11, 20), "oslo is drier than bergen")
SNOW = Quotation(2, (0, 10), "snow comes late")
CANDIDATES = [RAIN, OSLO, SNOW]
DIRECTIONS = {RAIN.text: (0.6, 0.8), OSLO.text: (1.0, 0.0), SNOW.text: (0.0, 1.0)}
DIRECTIONS["oslo is drier"] = (1.0, 0.0)
EAST = Meaning(np.array([1.0, 0.0], dtype=np.float32), unrelated=0.2)


def embed(texts):
    return np.array([DIRECTIONS[text] for text in texts], dtype=np.float32)


def relevance(question: str, *, meaning: Meaning | None = EAST, near=lambda _: 0.0) -> Relevance:
    return Relevance(
        Question(frozenset(question.split()), meaning),
        CANDIDATES,
        terms=str.split,
        embed=embed,
        near=near,
    )


def test_relevance_is_the_weighted_sum_of_its_parts():
    # Of three sentences two hold "bergen", one "rain", none "much".
    bergen, rain = math.log(1 + 1.5 / 2.5), math.log(1 + 2.5 / 1.5)
    near = {RAIN: 0.4, OSLO: 0.4, SNOW: 0.9}
    ranked = relevance("rain much bergen", near=near.__getitem__).rank(embedded=3)
    expected = {
        RAIN: 0.2 * 1.0 + 0.5 * (0.6 - 0.2) / 0.8 + 0.2 * 0.4 + 0.1,
        OSLO: 0.2 * bergen / (bergen + rain) + 0.5 * 1.0 + 0.2 * 0.4 + 0.1,
        SNOW: 0.5 * 0.0 + 0.2 * 0.9 + 0.1 / 2,
    }
    assert {s.quotation: s.score for s in ranked} == pytest.approx(expected)
    assert [s.quotation for s in ranked] == [OSLO, RAIN, SNOW]


def test_only_the_best_by_words_and_place_are_embedded():
    asked = []

    def counting(texts):
        asked.extend(texts)
        return embed(texts)

    judge = Relevance(
        Question(frozenset(["rain"]), EAST),
        CANDIDATES,
        terms=str.split,
        embed=counting,
        near=lambda _: 0.0,
    )
    assert [s.quotation for s in judge.rank(embedded=1)] == [RAIN]
    assert asked == [RAIN.text]


def test_without_meaning_words_and_place_decide_and_nothing_is_embedded():
    judge = relevance("snow", meaning=None)
    ranked = judge.rank(embedded=3)
    assert [s.quotation for s in ranked] == [SNOW, RAIN, OSLO]
    assert [s.score for s in ranked] == pytest.approx([0.25, 0.1, 0.1])


def test_a_text_is_scored_as_if_it_stood_where_its_source_stands():
    judge = relevance("oslo drier", near={OSLO: 0.5}.__getitem__)
    assert judge.score("oslo is drier", OSLO) == pytest.approx(0.2 + 0.5 + 0.2 * 0.5 + 0.1)


def test_a_question_whose_words_no_sentence_holds_is_answered_by_meaning():
    ranked = relevance("奥斯陆 干燥").rank(embedded=3)
    assert ranked[0].quotation == OSLO


def test_nearness_of_chunks_is_unknown_when_one_was_deleted_meanwhile():
    question = Question(frozenset(), EAST)
    vectors = np.array([[1.0, 0.0], [0.6, 0.8]], dtype=np.float32)
    assert chunk_nearness(question, ["a", "b"], vectors) == pytest.approx({"a": 1.0, "b": 0.5})
    assert chunk_nearness(question, ["a", "b", "c"], vectors) == {}
    assert chunk_nearness(Question(frozenset(), None), ["a", "b"], vectors) == {}
