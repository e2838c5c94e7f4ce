"""Faults in numbers: another digit, swapped digits, a factor of ten, a moved point."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Final

from eval.answers.faults.numerals import (
    Number,
    exact_numbers,
    in_han,
    in_words,
    number_words,
    of_han,
    of_words,
    values_of,
)
from eval.answers.faults.rules import Edit, Rule, Scene, choose

_YEAR: Final = re.compile(r"(?:1[0-9]|20)\d\d")
_COUNTED_ZH: Final = re.compile(
    r"(?<![一二两三四五六七八九十百千万第零〇年月数几多近约之])([二两三四五六七八九]?"
    r"十?[二三四五六七八九]|[二三四五六七八九]十)"
    r"(?=个(?!别|性|体)|名|位|次|年(?!代|级)|天|座|种|条|项|部|家|届|篇|层|艘|辆)"
)
_ORDINAL_WORDS: Final = re.compile(
    r"\s(?:of|to|or|and|hundred|thousand|million|billion|dozen|out)\b|-|,"
)


def _one_digit(number: Number, chance: Random) -> str | None:
    places = [at for at, mark in enumerate(number.text) if mark.isdigit()]
    at = chance.choice(places)
    least = "1" if at == 0 or len(places) == 1 else "0"
    new = chance.choice(
        [digit for digit in "0123456789" if digit >= least and digit != number.text[at]]
    )
    return number.text[:at] + new + number.text[at + 1 :]


def _transposed(number: Number, chance: Random) -> str | None:
    text = number.text
    places = [
        at
        for at in range(len(text) - 1)
        if text[at : at + 2].isdigit()
        and text[at] != text[at + 1]
        and not (at == 0 and text[1] == "0")
    ]
    if not places:
        return None
    at = chance.choice(places)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _tenfold(number: Number, chance: Random) -> str | None:
    if not number.text.isdigit() or _YEAR.fullmatch(number.text) or number.text == "0":
        return None
    if number.text.endswith("0") and len(number.text) > 1 and chance.choice((True, False)):
        return number.text[:-1]
    return number.text + "0"


def _point_moved(number: Number, chance: Random) -> str | None:
    whole, point, part = number.text.partition(".")
    if not point or int(whole + part) == 0:
        return None
    if chance.choice((True, False)) and whole != "0":
        moved = f"{whole[:-1] or '0'}.{whole[-1]}{part}"
    else:
        moved = f"{whole}{part[0]}.{part[1:]}".rstrip(".")
        moved = moved.lstrip("0") or "0"
        moved = "0" + moved if moved.startswith(".") else moved
    return moved


def _numbers(change: Callable[[Number, Random], str | None]) -> Callable[[Scene], str | None]:
    def make(scene: Scene) -> str | None:
        held = values_of(scene.passage.text + scene.passage.title)

        def edits() -> Iterator[Edit]:
            for number in exact_numbers(scene.sentence):
                new = change(number, scene.chance)
                if new is not None and _value(new) not in held:
                    yield Edit(number.start, number.end, new)

        return choose(scene, edits())

    return make


def _value(text: str) -> str:
    return re.sub(r"[,，]", "", text)


def _other_word(scene: Scene) -> str | None:
    held = values_of(scene.passage.text)

    def edits() -> Iterator[Edit]:
        for found in number_words(scene.sentence):
            if found.text.lower() in {"one", "zero"} or _ORDINAL_WORDS.match(
                scene.sentence, found.end
            ):
                continue
            if scene.sentence[found.start - 1 : found.start] in {"-", "–"}:
                continue
            value = of_words(found.text)
            new = in_words(scene.chance.choice([3, 4, 5, 6, 7, 8, 9, 11, 12, 14, 30, 40]))
            if new is None or str(of_words(new)) in held or of_words(new) == value:
                continue
            yield Edit(found.start, found.end, new.capitalize() if found.text[0].isupper() else new)

    return choose(scene, edits())


def _other_han(scene: Scene) -> str | None:
    held = values_of(scene.passage.text)

    def edits() -> Iterator[Edit]:
        for found in _COUNTED_ZH.finditer(scene.sentence):
            if of_han(found[1]) is None:
                continue
            value = scene.chance.choice([3, 4, 5, 6, 7, 8, 9, 11, 12, 16, 30])
            if str(value) not in held:
                yield Edit(found.start(), found.end(), in_han(value) or "")

    return choose(scene, edits())


_DIGIT_RULES: Final = tuple(
    Rule(kind, lang, _numbers(change))
    for lang in ("en", "zh")
    for kind, change in (
        ("number: a digit", _one_digit),
        ("number: digits exchanged", _transposed),
        ("number: tenfold", _tenfold),
        ("number: point moved", _point_moved),
    )
)
RULES: Final = (
    *_DIGIT_RULES,
    Rule("number: a word", "en", _other_word),
    Rule("number: a word", "zh", _other_han),
)
