"""Statements that share the words of a question and answer another one, told by their form."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from app.answering.asking.asked import Part
from app.answering.evidence.candidates import tier_of
from app.domain.statements import Statement
from app.text.function_words import is_english_function_word
from app.text.months import MONTHS
from app.text.names.named import Named, Sort
from app.text.names.naming import named_in
from app.text.normalise import normalise

_LEAST_LEFT: Final = 3
"""Words, characters or numbers beside a name that say something of it."""
_LABELLED: Final = re.compile(r"[^:：.;,。；，]{1,40}[:：]")
_LABEL_CHARACTERS: Final = 80
"""Of a line, among which it may say that it names a model or a title."""
_NAMING: Final = re.compile(
    r"(?:^|[^a-z])(?:model|name|product|device|machine|title|article)(?: name)?\s{0,2}[:：=|]"
    r"|(?:型号|名称|产品|机型|品名|标题)\s{0,2}[:：=|]",
    re.IGNORECASE,
)
_CAPITALISED: Final = r"([A-Z][\w'-]*)"


def echoes(statement: Statement, part: Part) -> bool:
    """Whether it repeats a name of the question and says nothing of it: "Article KB-2052."."""
    text = normalise(statement.text)
    names = [normalise(named.text) for named in part.names if normalise(named.text) in text]
    if not names or len(text) > 4 * max(map(len, names)):
        return False
    for word in sorted((*names, *part.terms), key=len, reverse=True):
        text = text.replace(word, " ")
    left = re.findall(r"[a-z]{2,}|[\u4e00-\u9fff]|\d+", text)
    return len(left) < _LEAST_LEFT


def reverses(statement: Statement, part: Part) -> bool:
    """Whether a row has the name of the question where it should have the answer.

    "Who is Ann's deputy?" is not answered by the row of somebody whose deputy is Ann.
    """
    if not statement.cells:
        return False
    asked = _folded(part.shown)
    for cell in statement.cells[1:]:  # the first is the label of its row
        value, head = normalise(statement.cell_text(cell)).strip(), normalise(cell.head).strip()
        if value and head and value in asked and head in asked and _of(value, head).search(asked):
            return True
    return False


def is_of_another(statement: Statement, named: Named, part: Part) -> bool:
    """Whether it says of another name what is asked of this one.

    "The Leeds branch opened in 1998" says nothing of the Toronto branch.
    """
    asked = re.search(rf"\b{re.escape(named.text)}(?:['’]s)? ([a-z]{{3,30}})\b", part.shown)
    if asked is None or is_english_function_word(asked[1]):
        return False
    return any(
        name != named.text and not is_english_function_word(name.lower())
        for name in _before(asked[1]).findall(statement.text)
    )


def has_own_subject(statement: Statement) -> bool:
    """Whether what it leans on names something else, so that its document lends it no name.

    A date names nothing that a statement could be about, and neither does a number of a clause.
    """
    antecedent = statement.setting.antecedent
    if not antecedent:
        return False
    if _LABELLED.match(antecedent):
        return True  # it is a field of that
    return any(
        named.sort is not Sort.NUMBER
        and any(map(str.isalpha, named.text))
        and named.text.casefold() not in MONTHS
        for named in named_in(antecedent)
    )


def names_the_whole(statement: Statement, named: Named) -> bool:
    """Whether a name in a line of a record is what the record is of, and not the line alone.

    It is where the line says what the model or the title is; an identifier is, too, unless it
    stands in the label.
    """
    if _NAMING.search(statement.text[:_LABEL_CHARACTERS]):
        return True
    label = "" if len(statement.cells) == 1 else normalise(tier_of(statement))  # a value alone
    return named.sort is Sort.IDENTIFIER and normalise(named.text) not in label


@lru_cache(maxsize=64)
def _folded(question: str) -> str:
    return normalise(question)  # once, and not for each row


@lru_cache(maxsize=1_024)
def _of(value: str, head: str) -> re.Pattern[str]:
    value, head = re.escape(value), re.escape(head)
    return re.compile(
        rf"(?<!\w){value}(?:\s?['’]s?\s|\s?的\s?){head}(?![a-z])"
        rf"|\b{head} of (?:the )?{value}(?![a-z])"
    )


@lru_cache(maxsize=1_024)
def _before(word: str) -> re.Pattern[str]:
    return re.compile(rf"\b{_CAPITALISED} {re.escape(word)}\b")
