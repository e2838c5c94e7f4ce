"""Groups of the documents that were written for the reader, below ``train/bundled/written``.

A file is a list of families: two or three documents that resemble each other, in English and in
Chinese, and questions in both languages with the statements that answer them. All files were
written for this project by a language model, without sight of any evaluation set.

``python -m train.bundled.written FILE …`` says what is wrong with files.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.answering.context.asides import is_curt, leans
from app.answering.evidence.names.named import Sort
from app.answering.evidence.names.naming import named_in
from app.models.readers.statement_pairs import SETTING_SEPARATOR
from train.reader.groups import Group, Said
from train.reader.mentions import Names, mentions

FOLDER: Final = Path(__file__).with_name("written")
SOURCE: Final = "written"
LANGS: Final = ("en", "zh")
APART: Final = "-04"
"""Ends the names of the files that are measured on and not learnt from."""
LANGUAGES_OF_STATEMENTS: Final = ("own", "own", "own", "other", "other", "mixed")
"""Whether a group's statements are in the question's language: drawn from these."""
_STATEMENTS: Final = 9
_RIGHT: Final = 4
"""Statements that answer of one group at most."""
_FOREIGN: Final = 3
"""Statements of other families at most, those that share most with the question among some."""
_LOOKED_AT: Final = 200
_LOST: Final = 0.08
"""Share of the answered questions whose answer is left out."""
_ELSEWHERE: Final = 0.08
"""Share that ask, instead, for something of the same sort that the family does not know."""
_CJK: Final = "\u2e80"
_CELL: Final = " | "
"""Between the cells of a row."""

Text = Annotated[str, Field(max_length=1_200)]
Pair = tuple[Text, Text]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Section(_Strict):
    """Statements below a heading, each in English and in Chinese."""

    heading: Pair
    said: list[Pair] = Field(min_length=1)


class Written(_Strict):
    """A document."""

    title: Pair
    sections: list[Section] = Field(min_length=1)


class Asked(_Strict):
    """A question in wordings of both languages; ``by`` are the places of what answers it.

    A place is ``document.section.statement``, each counted from 1. ``a`` is the shortest answer
    within the first of them.
    """

    q: tuple[list[Text], list[Text]]
    by: list[Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]]
    a: Pair | None = None


class Family(_Strict):
    """Documents that resemble each other, and what is asked of them."""

    documents: list[Written] = Field(min_length=1)
    asked: list[Asked] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_whole(self) -> Family:
        told = {line.place: line for line in lines_of(self)}
        for line in told.values():
            if not all(text.strip() for text in line.texts):
                raise ValueError(f"statement {line.place} lacks one of its languages")
            if "\n" in "".join((*line.texts, *line.settings)):
                raise ValueError(f"statement {line.place}: a line break")
        for number, asked in enumerate(self.asked, start=1):
            if wrong := _wrong(asked, told):
                raise ValueError(f"question {number} ({asked.q[0][:1]}): {wrong}")
        return self


@dataclass(frozen=True, slots=True)
class Line:
    """A statement and its setting in both languages, and where it stands.

    The setting of one that begins with a pronoun ends with the statement before it.
    """

    document: int
    section: int
    number: int
    texts: Pair
    settings: Pair

    @property
    def place(self) -> str:
        """As `Asked.by` has it."""
        return f"{self.document}.{self.section}.{self.number}"


def lines_of(family: Family) -> Iterator[Line]:
    """The statements of ``family`` in their order."""
    for d, document in enumerate(family.documents, start=1):
        for s, section in enumerate(document.sections, start=1):
            before = ("", "")
            for n, said in enumerate(section.said, start=1):
                settings = tuple(
                    SETTING_SEPARATOR.join(filter(None, (title, heading, named)))
                    for title, heading, named in zip(
                        document.title, section.heading, _named(said, before), strict=True
                    )
                )
                yield Line(d, s, n, said, (settings[0], settings[1]))
                before = said


def _named(said: Pair, before: Pair) -> Pair:
    """Of ``before``, in each language, what ``said`` leans on."""
    english, chinese = (
        b if (leans(s) or is_curt(s)) and _CELL not in b else ""
        for s, b in zip(said, before, strict=True)
    )
    return english, chinese


def _wrong(asked: Asked, told: Mapping[str, Line]) -> str:
    """What is wrong with a question about the statements ``told``; empty where nothing is."""
    if not all(texts and all(t.strip() for t in texts) for texts in asked.q):
        return "one of its languages is missing"
    if missing := [place for place in asked.by if place not in told]:
        return f"there is no statement {missing[0]}"
    if asked.a is not None and not asked.by:
        return "an answer and no statement"
    for text, answer in zip(told[asked.by[0]].texts, asked.a, strict=True) if asked.a else ():
        if answer not in text:
            return f"{answer!r} is not in {text!r}"
    return ""


def read_families(file: Path) -> list[Family]:
    """The families of ``file``. Raises `ValueError` that says what is wrong where."""
    raw = json.loads(file.read_text(encoding="utf-8"))
    families = []
    for number, item in enumerate(raw, start=1):
        try:
            families.append(Family.model_validate(item))
        except ValidationError as error:
            details = "; ".join(
                f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5]
            )
            raise ValueError(f"{file.name}, family {number}: {details}") from error
    return families


def apart() -> list[Path]:
    """The files that are measured on."""
    return sorted(FOLDER.glob(f"*{APART}.json"))


def learnt() -> list[Path]:
    """All other files."""
    return sorted(set(FOLDER.glob("*.json")) - set(apart()))


def written_groups(files: Sequence[Path], rounds: int, *, seed: int) -> list[Group]:
    """Each wording of each question in ``files``, ``rounds`` times with statements drawn anew."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    families = [family for file in files for family in read_families(file)]
    lines = [list(lines_of(family)) for family in families]
    everything = [line for part in lines for line in part]
    names = Names.of(
        (question, lang)
        for family in families
        for asked in family.asked
        for lang, questions in zip(LANGS, asked.q, strict=True)
        for question in questions
    )
    groups = []
    for family, own in zip(families, lines, strict=True):
        for asked in family.asked:
            for ask in (0, 1):
                for question in asked.q[ask] * rounds:
                    foreign = rng.sample(everything, min(_LOOKED_AT, len(everything)))
                    foreign = [line for line in foreign if line not in own]
                    group = _group(question, ask, asked, own, foreign, rng)
                    if rng.random() < _ELSEWHERE:
                        group = _elsewhere(group, own, names, rng)
                    groups.append(group)
    return groups


def _elsewhere(group: Group, own: Sequence[Line], names: Names, rng: random.Random) -> Group:
    """``group`` with its question about something that none of ``own`` mentions, where it can be.

    What the question and the setting of its answer both name, such as a model or a year, is
    replaced by another of its sort.
    """
    answer = next((said for said in group.said if said.answers), None)
    if answer is None:
        return group
    told = "\n".join(part for line in own for part in (*line.texts, *line.settings)).casefold()
    for sort, word in mentions(group.question):
        other = names.other(sort, group.lang, word, rng) if word in answer.setting else None
        if other is not None and sort != "number" and other.casefold() not in told:
            said = tuple(replace(said, answers=False, span=None) for said in group.said)
            return replace(group, question=group.question.replace(word, other), said=said)
    return group


def _group(
    question: str,
    ask: int,
    asked: Asked,
    lines: Sequence[Line],
    foreign: Sequence[Line],
    rng: random.Random,
) -> Group:
    telling = rng.choice(LANGUAGES_OF_STATEMENTS)
    right = [line for line in lines if line.place in asked.by]
    wrong = [line for line in lines if line.place not in asked.by]
    shown = [] if rng.random() < _LOST else rng.sample(right, min(len(right), _RIGHT))
    others = _beside(question, ask, [], foreign, rng)[: rng.randint(0, _FOREIGN)]
    room = _STATEMENTS - len(shown) - len(others)
    beside = _beside(question, ask, right, wrong, rng)[:room] + others
    said = []
    names = [n.text.casefold() for n in named_in(question) if n.sort is not Sort.NUMBER]
    for line in [*shown, *beside]:
        tell = {"own": ask, "other": 1 - ask}.get(telling, rng.randint(0, 1))
        answers = line in shown
        implied = _implied(names, line, lines, tell)
        said.append(
            Said(
                line.texts[tell],
                SETTING_SEPARATOR.join(filter(None, (*implied, line.settings[tell]))),
                answers,
                _span(line, asked, tell) if answers else None,
            )
        )
    rng.shuffle(said)
    return Group(question, tuple(said), SOURCE, LANGS[ask])


def _implied(names: Sequence[str], line: Line, lines: Sequence[Line], tell: int) -> list[str]:
    """Those of ``names`` that its document says once for all of it: the parties of a contract.

    An answer is read below them, too (`app.answering.evidence.reading`).
    """
    own = f"{line.settings[tell]} {line.texts[tell]}".casefold()
    beside = [other for other in lines if other.document == line.document]
    section = [other for other in beside if other.section == line.section]
    return [
        name
        for name in names
        if name not in own
        and any(name in other.texts[tell].casefold() for other in beside)
        and not any(name in other.settings[tell].casefold() for other in beside)
        and not any(name in other.texts[tell].casefold() for other in section)
    ]


def _span(line: Line, asked: Asked, tell: int) -> tuple[int, int] | None:
    if asked.a is None or line.place != asked.by[0]:
        return None
    at = line.texts[tell].find(asked.a[tell])
    return at, at + len(asked.a[tell])


def _beside(
    question: str, ask: int, right: Sequence[Line], wrong: Sequence[Line], rng: random.Random
) -> list[Line]:
    """All of ``wrong``, the likeliest to be taken for the answer mostly first.

    They stand where an answer stands, in a sister document or in its section, or share words.
    """
    asked = _grams(question)

    def likeness(line: Line) -> float:
        shared = len(asked & _grams(f"{line.settings[ask]} {line.texts[ask]}")) / len(asked)
        score = 2.0 * shared + rng.random()
        for answer in right:
            here = (line.section, line.number) == (answer.section, answer.number)
            near = (line.document, line.section) == (answer.document, answer.section)
            score += 1.0 * here + 0.4 * near
        return -score

    return sorted(wrong, key=likeness)


@cache
def _grams(text: str) -> frozenset[str]:
    """Words, and pairs of Chinese characters, in lower case."""
    found = {word.strip(".,?!:;()'\"") for word in text.casefold().split()}
    han = [c for c in text if c >= _CJK]
    return frozenset(found | {a + b for a, b in pairwise(han)} | {""})


def main(files: Sequence[Path]) -> int:
    """Says what is in ``files`` and what is wrong with them."""
    wrong = 0
    for file in files:
        try:
            families = read_families(file)
        except (OSError, ValueError, TypeError) as error:
            print(f"{file.name}: {error}")
            wrong += 1
            continue
        questions = sum(len(family.asked) for family in families)
        refused = sum(not asked.by for family in families for asked in family.asked)
        print(f"{file.name}: {len(families)} families, {questions} questions, {refused} refused")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main([Path(argument) for argument in sys.argv[1:]]))
