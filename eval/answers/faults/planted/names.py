"""Faults in names: another person, place or people, or one altered character."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from eval.answers.faults.gazetteer import (
    CITIES,
    CITIES_ZH,
    COUNTRIES,
    COUNTRIES_ZH,
    GIVEN,
    GIVEN_ZH,
    PEOPLES,
    PROVINCES_ZH,
    SURNAMES,
    SURNAMES_ZH,
)
from eval.answers.faults.rules import Edit, Rule, Scene, choose

PLACE: Final = re.compile(
    rf"(?<![A-Z][a-z] )(?<!-)\b(?:{'|'.join([*COUNTRIES, *CITIES])})\b(?!\s[A-Z]|-|'s\s[A-Z])"
)
_PEOPLE: Final = re.compile(
    rf"(?<!-)\b(?:{'|'.join(PEOPLES)})\b(?!-|\s(?:[A-Z]|language|speaking))"
)
PERSON: Final = re.compile(
    rf"\b(?P<given>{'|'.join(GIVEN)}) (?P<surname>[A-Z][a-z]{{2,14}})\b(?!\s[A-Z])"
)
PLACE_ZH: Final = re.compile(
    rf"(?:{'|'.join(CITIES_ZH)})(?=市|的|[，、。]|举行|出生|大学)|"
    rf"(?<=[在于往自到])(?:{'|'.join(CITIES_ZH)})"
    rf"|(?:{'|'.join(PROVINCES_ZH)})(?=省)"
    rf"|(?<!驻)(?<!中)(?:{'|'.join(COUNTRIES_ZH)})(?![语文裔籍队字州])"
)
_ROLE_ZH: Final = (
    "表示|介绍|指出|认为|先生|女士|教授|说，|告诉|强调|主席|总理|院士|医生|博士|出生|"
    "担任|饰演|透露|坦言|分析"
)
_PERSON_ZH: Final = re.compile(
    rf"(?:(?<=[，。、《》“”（）和与由\s])|(?<=长)|(?<=授)|(?<=演)|(?<=员)|(?<=理)|(?<=师)|(?<=席))"
    rf"(?P<surname>[{SURNAMES_ZH}])(?P<given>[\u4e00-\u9fff]{{1,2}})(?={_ROLE_ZH})"
)
FOREIGN_ZH: Final = re.compile(
    r"(?P<first>[\u4e00-\u9fff]{2,4})·(?P<last>[\u4e00-\u9fff]{2,5})(?=[，（、。是在的])"
)
_NOT_GIVEN_ZH: Final = re.compile(
    r"[女先某总的了是在也还就曾则均都先后会已并以及其此该各者们人业界方家门]"
)
_FOREIGN_FIRST_ZH: Final = ("伊万", "阿尔贝托", "古斯塔夫", "奥列格", "费尔南多", "西蒙娜")


def place_class(name: str) -> tuple[str, ...]:
    """The list of places that exclude the name; empty if it is in none."""
    lists = (COUNTRIES, CITIES, COUNTRIES_ZH, PROVINCES_ZH, CITIES_ZH)
    return next((places for places in lists if name in places), ())


def _place(pattern: re.Pattern[str]) -> Callable[[Scene], str | None]:
    def make(scene: Scene) -> str | None:
        def edits() -> Iterator[Edit]:
            for found in pattern.finditer(scene.sentence):
                new = scene.chance.choice(place_class(found.group()))
                if new not in scene.passage.text + scene.passage.title:
                    yield Edit(found.start(), found.end(), new)

        return choose(scene, edits())

    return make


def _people(scene: Scene) -> str | None:
    def edits() -> Iterator[Edit]:
        for found in _PEOPLE.finditer(scene.sentence):
            old = found.group()
            vowel = old[0] in "AEIO"
            others = [
                people
                for people in PEOPLES
                if people not in scene.passage.text and (people[0] in "AEIO") == vowel
            ]
            if others:
                yield Edit(found.start(), found.end(), scene.chance.choice(others))

    return choose(scene, edits())


def _person(scene: Scene) -> str | None:
    def edits() -> Iterator[Edit]:
        for found in PERSON.finditer(scene.sentence):
            if scene.chance.choice((True, False)):
                new = scene.chance.choice(GIVEN)
                if new not in scene.passage.text + scene.passage.title:
                    yield Edit(*found.span("given"), new)
            elif (new := scene.chance.choice(SURNAMES)) not in scene.passage.text:
                yield Edit(*found.span("surname"), new)

    return choose(scene, edits())


def _letter(scene: Scene) -> str | None:
    """Exchanges one letter of a surname: Meyer, Mayer."""
    exchange = {"a": "o", "e": "a", "i": "e", "o": "u", "n": "m", "t": "d", "s": "z", "r": "l"}

    def edits() -> Iterator[Edit]:
        for found in PERSON.finditer(scene.sentence):
            at = [
                place
                for place in range(found.start("surname") + 1, found.end())
                if scene.sentence[place] in exchange
            ]
            if at:
                place = scene.chance.choice(at)
                yield Edit(place, place + 1, exchange[scene.sentence[place]])

    return choose(scene, edits())


def _persons_zh(scene: Scene) -> Iterator[re.Match[str]]:
    for found in _PERSON_ZH.finditer(scene.sentence):
        if not _NOT_GIVEN_ZH.search(found["given"]):
            yield found


def _person_zh(scene: Scene) -> str | None:
    def edits() -> Iterator[Edit]:
        for found in _persons_zh(scene):
            new = scene.chance.choice(SURNAMES_ZH)
            if new + found["given"] not in scene.passage.text:
                yield Edit(*found.span("surname"), new)
        for found in FOREIGN_ZH.finditer(scene.sentence):
            new = scene.chance.choice(_FOREIGN_FIRST_ZH)
            if found["first"] not in new:
                yield Edit(*found.span("first"), new)

    return choose(scene, edits())


def _character_zh(scene: Scene) -> str | None:
    def edits() -> Iterator[Edit]:
        for found in _persons_zh(scene):
            new = scene.chance.choice(GIVEN_ZH)
            if new not in found["given"]:
                yield Edit(found.end() - 1, found.end(), new)

    return choose(scene, edits())


RULES: Final = (
    Rule("name: place", "en", _place(PLACE)),
    Rule("name: people", "en", _people),
    Rule("name: person", "en", _person),
    Rule("name: a letter", "en", _letter),
    Rule("name: place", "zh", _place(PLACE_ZH)),
    Rule("name: person", "zh", _person_zh),
    Rule("name: a letter", "zh", _character_zh),
)
