"""Entities of a passage, and what a question may name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from app.text.entities.han import RUN, names_and_terms_in_chinese
from app.text.entities.latin import WORD, names_and_terms
from app.text.entities.naming import MOST_CHARACTERS, entity_name
from app.text.function_words import is_english_function_word
from app.text.identifiers import identifiers
from app.text.normalise import fold_compatibility

EXTRACTION_VERSION: Final = "entities-1"
"""Goes up with every change that could give any text other entities."""
MOST_ENTITIES: Final = 96
"""Of one passage."""
MOST_PAIRS: Final = 16
"""Of one passage."""
READ_CHARACTERS: Final = 20_000
"""Of a passage that are looked at."""
ASKED_CHARACTERS: Final = 600
"""Of a question that are looked at."""
MOST_ASKED: Final = 2_000
"""Names that a question is looked through for."""
_MOST_WORDS: Final = 5
_MOST_HAN: Final = 10

_LABEL: Final = re.compile(
    r"(?:^|\n|\| ?|› )[ \t]{0,8}([^\n|›:：]{2,60})(?=$|\n| ?\|| ›|[:：])", re.MULTILINE
)
"""A line, a cell or a heading by itself, or a key before its colon."""
_VALUE: Final = re.compile(r"[:：][ \t]{0,8}([^\n|:：]{2,60}?)[ \t]{0,8}(?=$|\n| \|)")
_QUOTED: Final = re.compile(r"[“「『《\"]([^”」』》\"\n]{2,40})[”」』》\"]")
_SENTENCE: Final = re.compile(r"[.!?。！？；;，,]")
_NAME: Final = r"[A-Z][A-Za-z\d&.-]{0,30}"
_BOTH_SCRIPTS: Final = (
    re.compile(
        rf"(?<![A-Za-z\d&.-])({_NAME}(?: {_NAME}){{0,3}}) ?[(（]([\u3400-\u9fff]{{2,10}})[)）]"
    ),
    re.compile(r"([\u3400-\u9fff]{2,10}) ?[(（]([A-Za-z][\w&. -]{1,40})[)）]"),
)
_SHORT: Final = re.compile(
    r"(?<![A-Za-z])((?:[A-Z][a-z]{1,30} (?:of |and |for )?){1,5}[A-Z][a-z]{1,30}) ?\(([A-Z]{2,8})\)"
)


@dataclass(frozen=True, slots=True)
class Entities:
    """Names of a passage, each once, what names most precisely first; and those that are one.

    ``pairs`` are two names of one entity, as ``Kestrel（红隼）`` and
    ``Network Address Translation (NAT)`` give them.
    """

    names: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...] = ()


def entities_of(passage: str) -> Entities:
    """What a passage names, the first `MOST_ENTITIES`; takes linear time.

    Identifiers, names in brackets, headings, cells and keys, quoted terms, capitalised names, terms
    of several words.
    """
    text = fold_compatibility(passage[:READ_CHARACTERS])
    pairs = tuple(dict.fromkeys(islice(_pairs(text), MOST_PAIRS)))
    found = (name for written in _written(text) if (name := entity_name(written)))
    paired = (name for pair in pairs for name in pair)
    names = islice(dict.fromkeys((*paired, *found)), MOST_ENTITIES)
    return Entities(tuple(names), pairs)


def _written(text: str) -> Iterator[str]:
    yield from identifiers(text)
    for pattern in (_LABEL, _VALUE):
        for match in pattern.finditer(text):
            if not _SENTENCE.search(match[1]):
                yield match[1]
                yield match[1].lower()
    yield from (match[1] for match in _QUOTED.finditer(text))
    chinese = names_and_terms_in_chinese(text)
    latin = names_and_terms(text)
    yield from latin
    yield from chinese


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for pattern in _BOTH_SCRIPTS:
        for match in pattern.finditer(text):
            left, right = match[1], match[2]
            if RUN.match(left):  # what stands before a name is no part of it
                left = next(reversed(tuple(names_and_terms_in_chinese(left))), "")
            yield from _named(left, right)
    for match in _SHORT.finditer(text):
        capitals = "".join(letter for letter in match[1] if letter.isupper())
        if capitals.endswith(match[2]):
            words = match[1].split()
            while sum(word[0].isupper() for word in words) > len(match[2]):
                words = words[1:]  # what stands before a name is no part of it
            yield from _named(" ".join(words), match[2])


def _named(left: str, right: str) -> Iterator[tuple[str, str]]:
    names = entity_name(left), entity_name(right)
    if all(names) and names[0] != names[1]:
        yield names


def asked_names(question: str) -> tuple[str, ...]:
    """All that a question may name: runs of its words, and of its Chinese characters.

    Which of them are names the passages tell: only those that some passage has are looked for.
    """
    text = fold_compatibility(question[:ASKED_CHARACTERS])
    found = (name for written in _asked(text) if (name := entity_name(written)))
    return tuple(islice(dict.fromkeys(found), MOST_ASKED))


def _asked(text: str) -> Iterator[str]:
    yield from identifiers(text)
    words = list(WORD.finditer(text))
    for first, begin in enumerate(words):
        for last in range(first, min(first + _MOST_WORDS, len(words))):
            part = text[begin.start() : words[last].end()]
            if len(part) > MOST_CHARACTERS or RUN.search(part):
                break
            if last > first or not is_english_function_word(part, first=True):
                yield part
                yield part.lower()
    for run in RUN.finditer(text):
        held = run.group()
        for start in range(len(held)):
            for end in range(start + 2, min(start + _MOST_HAN, len(held)) + 1):
                yield held[start:end]
