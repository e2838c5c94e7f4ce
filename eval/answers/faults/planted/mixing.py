"""Faults that combine facts of several places; each part is true of something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from eval.answers.faults.cases import Lang
from eval.answers.faults.nouns_zh import is_noun
from eval.answers.faults.numerals import Number, exact_numbers
from eval.answers.faults.planted.dates import YEAR, YEAR_ZH
from eval.answers.faults.planted.identifiers import CODE
from eval.answers.faults.planted.names import FOREIGN_ZH, PERSON, PLACE, PLACE_ZH, place_class
from eval.answers.faults.rules import Edit, Rule, Scene, choose

_UNIT_EN: Final = re.compile(r"(?:\s|-)?(%|‰|°C|[A-Za-zµμ]{1,14})")
_UNIT_ZH: Final = re.compile(
    r"\s?(%|％|‰|℃|[A-Za-z]{1,5}|万?平方(?:公里|米)|公里|万?个?(?:美元|元|人|名|年|月|"
    r"日|个|米|吨|架|辆|台|亿|万|岁|分|次|位|家|部|集|级|时|天|站|场|届|层|座|辆|克|"
    r"件|所|支|张|篇|种|条|项))"
)

_SUBJECT_EN: Final = re.compile(
    r"(?P<subject>[A-Z][\w' ,()-]{3,45}?) (?P<verb>is|are|was|were|has|have|can|will|may) (?=[a-z])"
)
_VAGUE_EN: Final = re.compile(
    r"^(?:It|He|She|They|This|That|These|Those|There|We|I|You|What|Which|Who|How|When|"
    r"Where|While|If|As|In|On|At|By|For|"
    r"From|With|After|Before|Although|Because|Since|During|However|Some|Most|Many|"
    r"Other|Such|Each|One|Both|All|His|Her|Its|Their|Our)\b"
    r"|,|\b(?:that|which|who)\b",
)
_SUBJECT_ZH: Final = re.compile(
    r"(?P<subject>[《“]?[\u4e00-\u9fffA-Za-z0-9·》”]{2,14}?)(?P<verb>是|位于|成立于|"
    r"出生于|属于|拥有|包括|主要)(?=[\u4e00-\u9fff0-9])"
)
_VAGUE_ZH: Final = re.compile(
    r"^(?:他|她|它|其|这|那|该|此|我|你|有|在|当|因|由于|如果|虽然|但|而|并|也|最|"
    r"目前|现在|同|另|本|以|自|从|对|对于|特别|尤其|首先|其中|不|就|更|主要|还|可能|"
    r"于|都|每|一|两|三|所|关于|第|今|当时|后来|随后|然而|可|通常|各|之)|的$|不$|就$|"
    r"也$|都$|还$|便$|则$|已$|以$|才$|正$|说$|有$|但|如"
)
_NAMED: Final[Mapping[Lang, tuple[re.Pattern[str], ...]]] = {
    "en": (PERSON, PLACE, YEAR, CODE),
    "zh": (FOREIGN_ZH, PLACE_ZH, YEAR_ZH, CODE),
}
_SHORTEST_TITLE: Final = 2
_LONGEST_TITLE: Final = 40


def _unit(scene: Scene, sentence: str, number: Number) -> str | None:
    pattern = _UNIT_EN if scene.passage.lang == "en" else _UNIT_ZH
    found = pattern.match(sentence, number.end)
    money = "$" if sentence[max(0, number.start - 1) : number.start] == "$" else ""
    return money + found[1] if found else None


def _values(scene: Scene) -> str | None:
    """Replaces a number by one of another sentence with the same unit."""
    text = scene.sentence
    here = {number.value for number in exact_numbers(text)}
    there = [
        (number, _unit(scene, other, number))
        for other in scene.passage.sentences
        if other != text
        for number in exact_numbers(other)
        if number.value not in here and number.value not in text
    ]

    def edits() -> Iterator[Edit]:
        for number in exact_numbers(text):
            unit = _unit(scene, text, number)
            same = [
                other
                for other, its in there
                if unit is not None
                and its == unit
                and (number.value == "1") == (other.value == "1")
            ]
            if same:
                yield Edit(number.start, number.end, scene.chance.choice(same).text)

    return choose(scene, edits())


def _names(scene: Scene) -> str | None:
    """Replaces a name or a year by one of another sentence of the passage."""
    text = scene.sentence

    def edits() -> Iterator[Edit]:
        for pattern in _NAMED[scene.passage.lang]:
            elsewhere = {
                found.group()
                for other in scene.passage.sentences
                for found in pattern.finditer(other)
                if found.group() not in text
            }
            for found in pattern.finditer(text):
                # A part of the name may be said of the same person: "Ann Lee … Lee".
                others = sorted(
                    name
                    for name in elsewhere
                    if not set(name.split()) & set(text.split())
                    and place_class(name) == place_class(found.group())
                )
                if others and text.count(found.group()) == 1:
                    yield Edit(found.start(), found.end(), scene.chance.choice(others))

    return choose(scene, edits())


def _subjects(scene: Scene, pattern: re.Pattern[str], vague: re.Pattern[str]) -> str | None:
    """The subject of this sentence with a predicate from another document."""
    mine = pattern.match(scene.sentence)
    if mine is None or vague.search(mine["subject"]):
        return None
    if scene.passage.lang == "zh" and not is_noun(mine["subject"]):
        return None
    return _predicate_of_nowhere(scene, mine["subject"], mine["verb"], pattern)


def _predicate_of_nowhere(
    scene: Scene, subject: str, verb: str, pattern: re.Pattern[str]
) -> str | None:
    for _ in range(12):
        other = scene.stray()
        if other is None or not other.sentences:
            return None
        sentence = scene.chance.choice(other.sentences)
        found = pattern.match(sentence)
        if found is None or found["verb"] != verb or found["subject"] in scene.passage.text:
            continue
        predicate = sentence[found.start("verb") :]
        space = "" if scene.passage.lang == "zh" else " "
        return f"{subject}{space}{predicate}"
    return None


def _title(scene: Scene, pattern: re.Pattern[str], verbs: tuple[str, ...]) -> str | None:
    """The title with a predicate that does not occur in the document."""
    title = scene.passage.title
    if (
        not _SHORTEST_TITLE <= len(title) <= _LONGEST_TITLE
        or title.endswith(("?", "？"))
        or ":" in title
        or "(" in title
    ):
        return None
    if scene.passage.lang == "en" and title.split()[-1].endswith("s"):
        return None
    return _predicate_of_nowhere(scene, title, scene.chance.choice(verbs), pattern)


def _of(make: Callable[..., str | None], *given: object) -> Callable[[Scene], str | None]:
    return lambda scene: make(scene, *given)


RULES: Final = (
    Rule("mixed: name of another sentence", "en", _names),
    Rule("mixed: name of another sentence", "zh", _names),
    Rule("mixed: value of another sentence", "en", _values),
    Rule("mixed: value of another sentence", "zh", _values),
    Rule("mixed: subject and stray predicate", "en", _of(_subjects, _SUBJECT_EN, _VAGUE_EN)),
    Rule("mixed: subject and stray predicate", "zh", _of(_subjects, _SUBJECT_ZH, _VAGUE_ZH)),
    Rule("mixed: title and stray predicate", "en", _of(_title, _SUBJECT_EN, ("is", "was"))),
    Rule("mixed: title and stray predicate", "zh", _of(_title, _SUBJECT_ZH, ("是", "位于"))),
)
