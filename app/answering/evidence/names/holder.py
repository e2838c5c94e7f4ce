"""Whether a text holds a name, in another form of it or misspelt as well."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Final

from app.answering.evidence.names.matching import bounded
from app.text.edits import within_edits
from app.text.months import MONTHS
from app.text.names.named import Named, Sort
from app.text.names.numbered_parts import NUMBERED_PART, numbered_part
from app.text.normalise import normalise


class Holder:
    """A text that names are looked for in: a statement in its setting, a document."""

    def __init__(self, text: str, terms: Callable[[str], list[str]]) -> None:
        self._text = text
        self._analyse = terms

    @cached_property
    def _folded(self) -> str:
        return normalise(self._text)

    @cached_property
    def _glued(self) -> str:
        return _glue(self._folded)

    @cached_property
    def _terms(self) -> frozenset[str]:
        return frozenset(self._analyse(self._text))

    def holds(self, named: Named) -> bool:
        """Whether the name stands in it; names are found in their other forms and misspelt too."""
        if named.sort is Sort.NUMBER:
            return bounded(normalise(named.text)).search(self._folded) is not None
        if named.sort is Sort.IDENTIFIER and named.text.endswith("版") and named.text[0] != "第":
            number = normalise(named.text).rstrip("版 ")
            return bounded(number).search(self._folded) is not None
        if named.sort is Sort.IDENTIFIER and (parts := NUMBERED_PART.fullmatch(named.text)):
            return numbered_part(parts).search(self._folded) is not None
        if named.sort is Sort.IDENTIFIER:
            # "version 2.3.1" is glued, too, so that the number is looked for as it stands as well.
            folded = normalise(named.text)
            return any(
                bounded(name).search(text) is not None
                for name, text in ((_glue(folded), self._glued), (folded, self._folded))
            )
        month = MONTHS.get(named.text.casefold())
        return (
            all(self._nearly(term) for term in frozenset(self._analyse(named.text)))
            or _inflected(named.text, self._folded)
            or (named.text.isupper() and _stands_for(named.text, self._text))
            or (month is not None and _dates_in(month).search(self._folded) is not None)
        )

    def _nearly(self, term: str) -> bool:
        """Whether a term of the text is ``term`` but for a slip of the keyboard."""
        if term in self._terms:
            return True
        if any(other in self._terms for other in _DEMONYMS.get(term, ())):
            return True
        allowed = 0 if len(term) < 5 else 1 if len(term) < 9 else 2  # noqa: PLR2004 - short words have neighbours
        return allowed > 0 and any(
            (abs(len(other) - len(term)) <= allowed and within_edits(term, other, allowed))
            or _derived(term, other)
            for other in self._terms
            if other[:1] == term[:1] and other.isascii()
        )


_DEMONYMS: Final[dict[str, tuple[str, ...]]] = {
    "danish": ("denmark",), "dutch": ("netherland", "holland"), "swiss": ("switzerland",),
    "french": ("franc",), "british": ("uk", "kingdom", "britain"), "english": ("uk", "england"),
    "american": ("us", "usa", "state"), "spanish": ("spain",), "greek": ("greec",),
    "polish": ("poland",),
    "welsh": ("wale",), "irish": ("ireland",), "turkish": ("turkey",), "uk": ("kingdom", "britain"),
    "usa": ("us", "state"), "us": ("usa", "america"), "britain": ("uk", "kingdom"),
    "denmark": ("danish",),
    "franc": ("french",), "netherland": ("dutch",), "switzerland": ("swiss",),
    "spain": ("spanish",),
}  # fmt: skip
"""Countries and their adjectives that do not begin alike, as stems."""
_LEAST_COMMON: Final = 4
"""Letters that two forms of a name must begin with alike."""


def _derived(term: str, other: str) -> bool:
    """Whether one is made of the other: Canada and Canadian, Portugal and Portuguese."""
    shorter = min(len(term), len(other))
    common = next((i for i, (a, b) in enumerate(zip(term, other, strict=False)) if a != b), shorter)
    return common >= max(_LEAST_COMMON, shorter - 2) and abs(len(term) - len(other)) <= 4  # noqa: PLR2004 - endings


def _inflected(name: str, folded: str) -> bool:
    """Whether it has an ending that English does not know: the Alte Waage, at the Alten Waage."""
    return len(name) >= _LEAST_COMMON and _with_ending(normalise(name)).search(folded) is not None


@lru_cache(maxsize=256)
def _with_ending(folded: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z\d]){re.escape(folded)}[a-z]{{1,2}}(?![a-z\d])")


@lru_cache(maxsize=12)
def _dates_in(month: int) -> re.Pattern[str]:
    """Dates of that month in digits, year first, or as Chinese has them."""
    return re.compile(rf"(?<!\d)\d{{4}}[-/. ]0?{month}[-/. ]\d{{1,2}}(?!\d)|(?<!\d)0?{month}\s?月")


_INITIAL: Final = re.compile(r"\b([A-Za-z])[A-Za-z]*")


def _stands_for(acronym: str, text: str) -> bool:
    """Whether words that follow each other begin with the letters of ``acronym``: CFO."""
    initials = "".join(match[1] for match in _INITIAL.finditer(text)).upper()
    return len(acronym) > 2 and acronym in initials  # noqa: PLR2004 - two letters follow each other anywhere


_SEPARATED: Final = re.compile(r"(?<=[a-z])[\s_-](?=\d)|(?<=\d)[\s_-](?=[a-z]\b)")


def _glue(folded: str) -> str:
    """``T-40``, ``T 40`` and ``t40`` become one."""
    return _SEPARATED.sub("", folded)
