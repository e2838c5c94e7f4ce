"""What the words of a question are called in the other language, and the question put with them.

A reader that learned from such questions (`train.bundled.code_switching`) reads one better than a
question none of whose words stands in the statement.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from typing import Final

from app.answering.asking.asked import Part
from app.domain.questions import Sense
from app.errors import AttestError
from app.ports.glossary import Glossary

logger = logging.getLogger(__name__)

MOST_LOOKED_UP: Final = 64
"""Words of a part that are looked up in a dictionary."""

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'-]*")


def known_senses(part: Part, glossary: Glossary | None) -> Sequence[Sense]:
    """What the words of a part are called in the other language, where that is known.

    Of a long question the first `MOST_LOOKED_UP` words are looked up.
    """
    if glossary is None:
        return ()
    try:
        return glossary.senses(part.terms[:MOST_LOOKED_UP], part.language)
    except AttestError as error:
        logger.warning("the glossary can't be read: %s", error)
        return ()


def glossed(
    question: str,
    language: str,
    senses: Sequence[Sense],
    texts: Sequence[frozenset[str]],
    analyse: Callable[[str], list[str]],
) -> str:
    """``question``, each word of which is called what most of ``texts`` call it.

    ``texts`` are terms of statements in the other language. Empty where they hold none of the
    ``senses``.
    """
    chosen = _chosen(senses, texts)
    if not chosen:
        return ""
    if language != "zh":
        return _english_replaced(question, chosen, analyse)
    of_term = {term: sense for sense in chosen for term in sense.terms}
    for term, sense in sorted(of_term.items(), key=lambda found: -len(found[0])):
        question = question.replace(term, f" {sense.text} ")
    return " ".join(question.split())


def _chosen(senses: Sequence[Sense], texts: Sequence[frozenset[str]]) -> list[Sense]:
    """For the same words the sense that most texts hold; words together before words alone."""
    best: dict[frozenset[str], tuple[int, Sense]] = {}
    for sense in senses:
        held = sum(sense.held <= text for text in texts)
        if held > best.get(sense.terms, (0,))[0]:
            best[sense.terms] = (held, sense)
    chosen: list[Sense] = []
    taken: set[str] = set()
    for terms in sorted(best, key=len, reverse=True):
        if taken.isdisjoint(terms):
            chosen.append(best[terms][1])
            taken |= terms
    return chosen


def _english_replaced(
    question: str, chosen: Sequence[Sense], analyse: Callable[[str], list[str]]
) -> str:
    of_term = {term: sense for sense in chosen for term in sense.terms}
    said: set[Sense] = set()

    def called(match: re.Match[str]) -> str:
        sense = next((of_term[t] for t in analyse(match[0]) if t in of_term), None)
        if sense is None:
            return match[0]
        if sense in said:
            return ""
        said.add(sense)
        return sense.text

    return " ".join(_WORD.sub(called, question).split())
