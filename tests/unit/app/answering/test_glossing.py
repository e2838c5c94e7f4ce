"""A question is put with the words of the other language that statements hold."""

from __future__ import annotations

from app.answering.evidence.glossing import glossed
from app.domain.questions import Sense


def _sense(terms: str, held: str, text: str = "") -> Sense:
    return Sense(frozenset(terms.split()), frozenset(held.split()), text or held)


def _stems(text: str) -> list[str]:
    return [word.lower().removesuffix("s").removesuffix("ed") for word in text.split()]


def test_english_words_are_called_what_most_statements_call_them() -> None:
    senses = [_sense("deposit", "存放"), _sense("deposit", "押金"), _sense("return", "退还")]
    texts = [frozenset({"押金", "退还"}), frozenset({"押金"}), frozenset({"存放"})]
    put = glossed("Are deposits returned?", "en", senses, texts, _stems)
    assert put == "Are 押金 退还?"


def test_words_that_mean_something_together_are_said_once() -> None:
    senses = [_sense("hearing protection", "听力保护"), _sense("protection", "保护")]
    put = glossed(
        "Is hearing protection worn?", "en", senses, [frozenset({"听力保护", "保护"})], _stems
    )
    assert put == "Is 听力保护 worn?"


def test_chinese_words_are_replaced_where_they_stand() -> None:
    senses = [_sense("押金", "deposit"), _sense("退", "return"), _sense("退还", "refund")]
    texts = [frozenset({"deposit", "refund", "return"})]
    assert glossed("押金何时退还？", "zh", senses, texts, list) == "deposit 何时 refund ？"


def test_a_question_stays_where_no_statement_calls_its_words_so() -> None:
    assert glossed("Are deposits returned?", "en", [_sense("deposit", "押金")], [], _stems) == ""
    assert glossed("押金？", "zh", [_sense("押金", "deposit")], [frozenset({"fee"})], list) == ""
    assert glossed("押金？", "zh", [], [frozenset({"fee"})], list) == ""
