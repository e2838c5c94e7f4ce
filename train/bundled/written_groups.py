"""Builds training groups of a reader from the written documents."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from app.answering.evidence.reading import LIST_CHARACTERS
from app.models.readers.statement_pairs import SETTING_SEPARATOR
from app.text.names.named import Sort
from app.text.names.naming import named_in
from train.bundled.written_documents import (
    CELL,
    LANGS,
    Family,
    WrittenQuestion,
    WrittenStatement,
    read_families,
    statements_of,
)
from train.reader.mentions import Names, mentions
from train.reader.statement_groups import LabelledStatement, StatementGroup

SOURCE: Final = "written"
LANGUAGES_OF_STATEMENTS: Final = ("own", "own", "own", "other", "other", "mixed")
"""Language of a group's statements relative to its question; one is drawn at random."""
_STATEMENTS: Final = 9
_POSITIVES: Final = 4
"""Most statements of a group that answer."""
_FROM_OTHERS: Final = 3
"""Most statements of other families: half by embedding, half by shared words."""
_CANDIDATES: Final = 200
_UNANSWERED: Final = 0.08
"""Share of the answered questions whose answer is removed from the group."""
_WHOLE_LIST: Final = 0.6
"""Share of the groups whose question asks for the most of a section, that have it as one text."""
_OTHER_LIST: Final = 0.25
"""Share of the groups with another section as one text, which does not answer."""
_UNKNOWN_NAME: Final = 0.08
"""Share of questions changed to ask for something that the family does not mention."""
_CJK: Final = "\u2e80"


FindNegatives = Callable[[Sequence[Family]], list[list[list[WrittenStatement]]]]
"""Returns hard negatives from other families, by family and question."""


def written_groups(
    files: Sequence[Path], rounds: int, *, seed: int, find_negatives: FindNegatives | None = None
) -> list[StatementGroup]:
    """Builds groups of each wording of each question, ``rounds`` times with other negatives.

    With ``find_negatives``, half of the negatives from other families are those that it returns.
    """
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    families = [family for file in files for family in read_families(file)]
    lines = [list(statements_of(family)) for family in families]
    everything = [line for part in lines for line in part]
    names = Names.of(
        (question, lang)
        for family in families
        for asked in family.questions
        for lang, questions in zip(LANGS, asked.wordings, strict=True)
        for question in questions
    )
    nearest = (
        find_negatives(families)
        if find_negatives
        else [[[] for _ in family.questions] for family in families]
    )
    groups = []
    for family, own, similar_by_question in zip(families, lines, nearest, strict=True):
        own_lines = set(map(id, own))  # to compare all their texts would take most of the time
        for asked, similar in zip(family.questions, similar_by_question, strict=True):
            for question_lang in (0, 1):
                for question in asked.wordings[question_lang] * rounds:
                    from_others = rng.sample(everything, min(_CANDIDATES, len(everything)))
                    from_others = [line for line in from_others if id(line) not in own_lines]
                    group = _group(question, question_lang, asked, own, similar, from_others, rng)
                    if rng.random() < _UNKNOWN_NAME:
                        group = _with_unknown_name(group, own, names, rng)
                    groups.append(group)
    return groups


def _with_unknown_name(
    group: StatementGroup, own: Sequence[WrittenStatement], names: Names, rng: random.Random
) -> StatementGroup:
    """Changes the question so that no statement of ``own`` answers it, if that is possible.

    A name that both the question and the setting of its answer contain, such as a model or a year,
    is replaced by another one of its sort.
    """
    answer = next((statement for statement in group.statements if statement.answers), None)
    if answer is None:
        return group
    known = "\n".join(part for line in own for part in (*line.texts, *line.settings)).casefold()
    for sort, word in mentions(group.question):
        other = names.other(sort, group.lang, word, rng) if word in answer.setting else None
        if other is not None and sort != "number" and other.casefold() not in known:
            statements = tuple(replace(one, answers=False, span=None) for one in group.statements)
            return replace(
                group, question=group.question.replace(word, other), statements=statements
            )
    return group


def _group(
    question: str,
    question_lang: int,
    asked: WrittenQuestion,
    lines: Sequence[WrittenStatement],
    similar: Sequence[WrittenStatement],
    from_others: Sequence[WrittenStatement],
    rng: random.Random,
) -> StatementGroup:
    languages = rng.choice(LANGUAGES_OF_STATEMENTS)
    positives = [line for line in lines if line.place in asked.answered_by]
    negatives = [line for line in lines if line.place not in asked.answered_by]
    shown = (
        [] if rng.random() < _UNANSWERED else rng.sample(positives, min(len(positives), _POSITIVES))
    )
    other_count = rng.randint(0, _FROM_OTHERS)
    others = rng.sample(similar, min(len(similar), (other_count + 1) // 2))
    others += _by_difficulty(question, question_lang, [], from_others, rng)[
        : other_count - len(others)
    ]
    room = _STATEMENTS - len(shown) - len(others)
    beside = _by_difficulty(question, question_lang, positives, negatives, rng)[:room] + others
    statements = []
    names = [n.text.casefold() for n in named_in(question) if n.sort is not Sort.NUMBER]
    for line in [*shown, *beside]:
        statement_lang = {"own": question_lang, "other": 1 - question_lang}.get(
            languages, rng.randint(0, 1)
        )
        answers = line in shown
        implied = _stated_elsewhere(names, line, lines, statement_lang)
        statements.append(
            LabelledStatement(
                line.texts[statement_lang],
                SETTING_SEPARATOR.join(filter(None, (*implied, line.settings[statement_lang]))),
                answers,
                _span(line, asked, statement_lang) if answers else None,
            )
        )
    statements += _lists(asked, lines, question_lang, answered=bool(shown), rng=rng)
    rng.shuffle(statements)
    return StatementGroup(question, tuple(statements), SOURCE, LANGS[question_lang])


def _lists(
    asked: WrittenQuestion,
    lines: Sequence[WrittenStatement],
    lang: int,
    *,
    answered: bool,
    rng: random.Random,
) -> list[LabelledStatement]:
    """Whole sections as one text each, as a question that asks for a list is answered.

    One answers if at least half of its statements do, and two. One of which only one statement
    does is left out: it says the answer, and more than was asked for.
    """
    sections: dict[tuple[int, int], list[WrittenStatement]] = {}
    for line in lines:
        sections.setdefault((line.document, line.section), []).append(line)
    counts = {
        place: sum(line.place in asked.answered_by for line in section)
        for place, section in sections.items()
        if len(section) > 1
    }
    found = []
    whole = [at for at, count in counts.items() if count > 1 and 2 * count >= len(sections[at])]
    if answered and whole and rng.random() < _WHOLE_LIST:
        found.append(_as_list(sections[rng.choice(whole)], lang, answers=True))
    others = [at for at, count in counts.items() if not count]
    if others and (found or rng.random() < _OTHER_LIST):
        found.append(_as_list(sections[rng.choice(others)], lang, answers=False))
    return found


def _as_list(section: Sequence[WrittenStatement], lang: int, *, answers: bool) -> LabelledStatement:
    items = "; ".join(line.texts[lang].partition(CELL)[0] for line in section)
    return LabelledStatement(items[:LIST_CHARACTERS], section[0].settings[lang], answers)


def _stated_elsewhere(
    names: Sequence[str],
    line: WrittenStatement,
    lines: Sequence[WrittenStatement],
    statement_lang: int,
) -> list[str]:
    """Returns the ``names`` that a document states once for all of its text: parties of a contract.

    An answer is read with them as part of its setting (`app.answering.evidence.reading`).
    """
    own = f"{line.settings[statement_lang]} {line.texts[statement_lang]}".casefold()
    beside = [other for other in lines if other.document == line.document]
    section = [other for other in beside if other.section == line.section]
    return [
        name
        for name in names
        if name not in own
        and any(name in other.texts[statement_lang].casefold() for other in beside)
        and not any(name in other.settings[statement_lang].casefold() for other in beside)
        and not any(name in other.texts[statement_lang].casefold() for other in section)
    ]


def _span(
    line: WrittenStatement, asked: WrittenQuestion, statement_lang: int
) -> tuple[int, int] | None:
    if asked.answer is None or line.place != asked.answered_by[0]:
        return None
    at = line.texts[statement_lang].find(asked.answer[statement_lang])
    return at, at + len(asked.answer[statement_lang])


def _by_difficulty(
    question: str,
    question_lang: int,
    positives: Sequence[WrittenStatement],
    negatives: Sequence[WrittenStatement],
    rng: random.Random,
) -> list[WrittenStatement]:
    """Orders negatives by difficulty, with some noise; the hardest come first.

    Negatives are hard if they are in the answer's section or at its position in a sister document,
    or share words with the question.
    """
    asked = _grams(question)

    def difficulty(line: WrittenStatement) -> float:
        shared = len(
            asked & _grams(f"{line.settings[question_lang]} {line.texts[question_lang]}")
        ) / len(asked)
        score = 2.0 * shared + rng.random()
        for answer in positives:
            here = (line.section, line.number) == (answer.section, answer.number)
            near = (line.document, line.section) == (answer.document, answer.section)
            score += 1.0 * here + 0.4 * near
        return -score

    return sorted(negatives, key=difficulty)


@cache
def _grams(text: str) -> frozenset[str]:
    """Words and Chinese character bigrams in lower case."""
    found = {word.strip(".,?!:;()'\"") for word in text.casefold().split()}
    han = [c for c in text if c >= _CJK]
    return frozenset(found | {a + b for a, b in pairwise(han)} | {""})
