"""Contrastive variants of an answer: the same words about another subject.

A name from the question is replaced in the answer by another name of its sort, which gives a hard
negative. If the name of the subject is moved from the sentence into the setting, the statement
still answers; under another title it does not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from train.reader.mentions import Names, Sort, mentions
from train.reader.statement_groups import LabelledStatement

_IN_BRACKETS: Final = re.compile(r"\s*\([^)]{1,40}\)$")
_SHORTEST_NAME: Final = 4
_LEFT: Final = 6
"""Characters that a statement must keep when its subject is moved out of it."""
_CJK: Final = "\u2e80"
_ARTICLES: Final = ("the", " a", " an")


@dataclass(frozen=True, slots=True)
class ContrastiveVariants:
    """``wrong`` are hard negatives; ``moved`` answers, with its subject in the setting."""

    wrong: list[LabelledStatement]
    moved: LabelledStatement | None


def contrastive_variants(
    question: str,
    statement: LabelledStatement,
    title: str,
    *,
    names: Names,
    titles: Sequence[str],
    rng: random.Random,
) -> ContrastiveVariants:
    """Makes the variants of a statement that answers and whose document is called ``title``."""
    lang = "zh" if any(c >= _CJK for c in question) else "en"
    wrong = []
    for sort, word in subjects(question, statement, title, names):
        other = names.other(sort, lang, word, rng)
        if other is None:
            continue
        text, setting = (
            _replaced(part, word, other) for part in (statement.text, statement.setting)
        )
        if (text, setting) != (statement.text, statement.setting):
            wrong.append(LabelledStatement(text, setting))
    if not (title and titles and _names(question, title)):
        return ContrastiveVariants(wrong, None)
    elsewhere = rng.choice(titles)
    if elsewhere == title or _names(question, elsewhere):
        return ContrastiveVariants(wrong, None)
    bare = statement if not _names(statement.text, title) else _without(statement, title, lang)
    if bare is None:
        return ContrastiveVariants(wrong, None)
    wrong.append(LabelledStatement(bare.text, elsewhere))
    return ContrastiveVariants(wrong, replace(bare, setting=title))


def subjects(
    question: str, statement: LabelledStatement, title: str, names: Names
) -> list[tuple[Sort, str]]:
    """Names in the question that occur in the statement or its title, but not in the answer."""
    held = f"{title}\n{statement.text}".casefold()
    answer = statement.text[statement.span[0] : statement.span[1]] if statement.span else ""
    asked = question.casefold()
    found: dict[str, Sort] = {}
    for sort, word in mentions(question):
        if word.casefold() in held and word.casefold() not in answer.casefold():
            found.setdefault(word.casefold(), sort)
    for sort, word in mentions(statement.text):  # people ask in lower case
        named = sort == "name" and len(word) >= _SHORTEST_NAME and word not in answer
        if named and re.search(rf"\b{re.escape(word.casefold())}\b", asked):
            found.setdefault(word.casefold(), sort)
    for word in names.pools.get(("han", "zh"), ()) if not asked.isascii() else ():
        if word in question and word in statement.text and word not in answer:
            found.setdefault(word, "han")
    return [(sort, word) for word, sort in found.items()]


def _replaced(text: str, word: str, other: str) -> str:
    return re.sub(re.escape(word), lambda _: other, text, flags=re.IGNORECASE)


def _without(statement: LabelledStatement, title: str, lang: str) -> LabelledStatement | None:
    """Replaces the subject by *it* in English and drops it in Chinese.

    Returns ``None`` where that would break the sentence.
    """
    at = statement.text.casefold().find(title.casefold())
    if at < 0 or statement.span is None:
        return None
    behind = at + len(title)
    if lang == "en":
        before = statement.text[:at].rstrip().casefold()
        if statement.text[behind : behind + 1] != " " or before.endswith(_ARTICLES):
            return None
        text = statement.text[:at] + ("It" if at == 0 else "it") + statement.text[behind:]
    else:
        text = statement.text[behind:].lstrip("，,是")
        if at > 0 or len(text) <= _LEFT:
            return None
    start, end = statement.span
    if end <= at:
        return replace(statement, text=text)
    shift = len(text) - len(statement.text)
    if start + shift < 0 or start < behind:
        return None
    return replace(statement, text=text, span=(start + shift, end + shift))


def _names(text: str, title: str) -> bool:
    plain = _IN_BRACKETS.sub("", title)
    return len(plain) > 1 and plain.casefold() in text.casefold()
