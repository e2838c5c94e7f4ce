"""The documents that were written for the reader, below ``train/bundled/written``.

A file is a list of families: two or three documents that resemble each other, in English and in
Chinese, and questions in both languages with the statements that answer them. All files were
written for this project by a language model, without sight of any evaluation set.

``python -m train.bundled.written FILE …`` says what is wrong with files.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.answering.context.asides import is_curt, leans
from app.models.readers.statement_pairs import SETTING_SEPARATOR

FOLDER: Final = Path(__file__).with_name("written")
LANGS: Final = ("en", "zh")
APART: Final = "-04"
"""Ends the names of the files that are measured on and not learnt from."""
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
