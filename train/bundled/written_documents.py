"""Documents and questions that were written as training data, below ``train/bundled/written``.

A file is a list of families. A family is two or three similar documents, each in English and in
Chinese, with questions in both languages and the statements that answer them. A language model
wrote all files for this project, without access to any evaluation set.

``python -m train.bundled.written_documents FILE …`` validates files.
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
HELD_OUT_SUFFIX: Final = "-04"
"""Suffix of the names of held-out files."""
CELL: Final = " | "
"""Separator of the cells of a row."""

Text = Annotated[str, Field(max_length=1_200)]
Pair = tuple[Text, Text]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Section(_Strict):
    """A heading and the statements below it, each in English and in Chinese."""

    heading: Pair
    statements: list[Pair] = Field(alias="said", min_length=1)


class WrittenDocument(_Strict):
    """A document of a family, in English and in Chinese."""

    title: Pair
    sections: list[Section] = Field(min_length=1)


class WrittenQuestion(_Strict):
    """A question in several wordings of both languages, and what answers it.

    ``answered_by`` names statements as ``document.section.statement``, each number counted from 1.
    ``answer`` is the shortest answer within the first of them, in each language.
    """

    wordings: tuple[list[Text], list[Text]] = Field(alias="q")
    answered_by: list[Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]] = Field(alias="by")
    answer: Pair | None = Field(None, alias="a")


class Family(_Strict):
    """Similar documents and the questions about them."""

    documents: list[WrittenDocument] = Field(min_length=1)
    questions: list[WrittenQuestion] = Field(alias="asked", min_length=1)

    @model_validator(mode="after")
    def _is_whole(self) -> Family:
        statements = {statement.place: statement for statement in statements_of(self)}
        for statement in statements.values():
            if not all(text.strip() for text in statement.texts):
                raise ValueError(f"statement {statement.place} lacks one of its languages")
            if "\n" in "".join((*statement.texts, *statement.settings)):
                raise ValueError(f"statement {statement.place}: a line break")
        for number, question in enumerate(self.questions, start=1):
            if problem := _problem(question, statements):
                raise ValueError(f"question {number} ({question.wordings[0][:1]}): {problem}")
        return self


@dataclass(frozen=True, slots=True)
class WrittenStatement:
    """A statement and its setting in both languages, with its position in the family.

    The setting of a statement that begins with a pronoun ends with the statement before it.
    """

    document: int
    section: int
    number: int
    texts: Pair
    settings: Pair

    @property
    def place(self) -> str:
        """The position as `WrittenQuestion.answered_by` names it."""
        return f"{self.document}.{self.section}.{self.number}"


def statements_of(family: Family) -> Iterator[WrittenStatement]:
    """Yields the statements of ``family`` in order."""
    for d, document in enumerate(family.documents, start=1):
        for s, section in enumerate(document.sections, start=1):
            before = ("", "")
            for n, texts in enumerate(section.statements, start=1):
                settings = tuple(
                    SETTING_SEPARATOR.join(filter(None, (title, heading, named)))
                    for title, heading, named in zip(
                        document.title, section.heading, _antecedents(texts, before), strict=True
                    )
                )
                yield WrittenStatement(d, s, n, texts, (settings[0], settings[1]))
                before = texts


def _antecedents(texts: Pair, before: Pair) -> Pair:
    """The preceding statement, in each language in which ``statement`` depends on it."""
    english, chinese = (
        b if (leans(s) or is_curt(s)) and CELL not in b else ""
        for s, b in zip(texts, before, strict=True)
    )
    return english, chinese


def _problem(question: WrittenQuestion, statements: Mapping[str, WrittenStatement]) -> str:
    """Describes what is wrong with a question; empty if nothing is."""
    if not all(texts and all(t.strip() for t in texts) for texts in question.wordings):
        return "one of its languages is missing"
    if missing := [place for place in question.answered_by if place not in statements]:
        return f"there is no statement {missing[0]}"
    if question.answer is not None and not question.answered_by:
        return "an answer and no statement"
    for text, answer in (
        zip(statements[question.answered_by[0]].texts, question.answer, strict=True)
        if question.answer
        else ()
    ):
        if answer not in text:
            return f"{answer!r} is not in {text!r}"
    return ""


def read_families(file: Path) -> list[Family]:
    """Reads the families of ``file``. Raises `ValueError` that says what is wrong where."""
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


def held_out_files() -> list[Path]:
    """The files that are used for evaluation only."""
    return sorted(FOLDER.glob(f"*{HELD_OUT_SUFFIX}.json"))


def training_files() -> list[Path]:
    """The files that models are trained on."""
    return sorted(set(FOLDER.glob("*.json")) - set(held_out_files()))


def main(files: Sequence[Path]) -> int:
    """Prints what is in each file, or what is wrong with it."""
    wrong = 0
    for file in files:
        try:
            families = read_families(file)
        except (OSError, ValueError, TypeError) as error:
            print(f"{file.name}: {error}")
            wrong += 1
            continue
        questions = sum(len(family.questions) for family in families)
        refused = sum(
            not question.answered_by for family in families for question in family.questions
        )
        print(f"{file.name}: {len(families)} families, {questions} questions, {refused} refused")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main([Path(argument) for argument in sys.argv[1:]]))
