"""Documents as a whole: what each names, what it is about, and what it writes as a name alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Final

from app.answering.evidence.names.matching import bounded
from app.text.function_words import is_english_function_word
from app.text.names.named import Named, Sort
from app.text.normalise import normalise

SEARCHED_CHARACTERS: Final = 200_000
"""Of a document, that are looked through for a name."""


class Subject:
    """A whole document that names are looked for in; folded once, and searched as it is written.

    ``headings`` are what its sections and questions are about: it is about none of them as a whole.
    """

    def __init__(self, text: str, headings: Sequence[str] = ()) -> None:
        self._text = text[:SEARCHED_CHARACTERS]
        self._headings = normalise("\n".join(headings)[:SEARCHED_CHARACTERS])

    @cached_property
    def _folded(self) -> str:
        return normalise(self._text)

    def writes_small(self, word: str) -> bool:
        """Whether it has ``word``, in lower case, as a word like others."""
        return word in self._text and bounded(word).search(self._text) is not None

    def writes_as_name(self, word: str) -> bool:
        """Whether it writes ``word`` with a capital within a sentence."""
        capital = word.capitalize()
        return capital in self._text and _within(capital).search(self._text) is not None

    def mentions(self, named: Named) -> bool:
        """Whether the name stands in it anywhere."""
        return normalise(named.text) in self._folded

    def is_about(self, named: Named) -> bool:
        """Whether it names this, and nothing else of its sort: a manual of one product."""
        if not self.mentions(named) or normalise(named.text) in self._headings:
            return False
        shape = _shape(normalise(named.text))
        if named.sort is Sort.NAME or shape is None:
            return named.sort is Sort.NAME
        return set(shape.findall(self._folded)) == {normalise(named.text)}


@lru_cache(maxsize=256)
def _shape(folded: str) -> re.Pattern[str] | None:
    """Identifiers that differ in their digits alone; ``None`` where no letter marks them."""
    if not re.search(r"[a-z]", folded) or " " in folded:
        return None
    digits = re.sub(r"\\?\d+", "0", re.escape(folded)).replace("0", r"\d+")
    return re.compile(rf"(?<![a-z\d]){digits}(?![a-z\d])")


@lru_cache(maxsize=256)
def _within(capital: str) -> re.Pattern[str]:
    # What stands before it is looked at last: a pattern that begins with letters is found quickly.
    return re.compile(rf"{capital}(?<=[a-z,] {capital})(?![A-Za-z])")


MOST_TYPED: Final = 16
"""Words of a question that may be names which were typed small."""
_TYPED: Final = re.compile(r"(?<![\w.-])[a-z]{4,30}(?![\w-]|\.\w)")


def written_as_names(question: str, subjects: Sequence[Subject]) -> tuple[Named, ...]:
    """Words of ``question`` that documents write as names alone, however they were typed there.

    The first `MOST_TYPED` are looked at, since each is looked for in every document.
    """
    words = dict.fromkeys(_TYPED.findall(question.lower()))
    typed = [word for word in words if not is_english_function_word(word)]
    return tuple(
        Named(word, Sort.NAME)
        for word in typed[:MOST_TYPED]
        if any(subject.writes_as_name(word) for subject in subjects)
        and not any(subject.writes_small(word) for subject in subjects)
    )
