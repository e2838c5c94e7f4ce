"""What a question names precisely: identifiers, versions, years, numbers, names.

A statement that is about another identifier, another year or another country does not answer, how
ever many words it shares. So these are looked for one by one, in the statement and its setting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Final

from app.text.function_words import is_english_function_word
from app.text.normalise import fold_compatibility, normalise

SEARCHED_CHARACTERS: Final = 200_000
"""Of a document, that are looked through for a name."""
MOST_NAMES: Final = 50
"""Of one question: each is looked for in every statement, by a pattern of its own."""


class Sort(StrEnum):
    """What sort of name it is; identifiers and numbers must be met to the character."""

    IDENTIFIER = "identifier"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a question names. ``text`` is as it was written."""

    text: str
    sort: Sort

    @property
    def strict(self) -> bool:
        """Whether nothing may stand for it, in any language."""
        return self.sort is not Sort.NAME


_WORD_CHARACTER: Final = r"[^\W_\u3400-\u9fff\u3040-\u30ff]"
_IDENTIFIER: Final = re.compile(
    # letters and digits in one word, with what holds its parts together
    r"(?<![^\W_\u3400-\u9fff])(?=[A-Za-z\d._/:+#-]{0,40}\d)(?=[\d._/:+#-]{0,40}[A-Za-z])"
    r"[A-Za-z\d]++(?:[._/:+#-]++[A-Za-z\d]++){0,8}"
    # dotted numbers: versions, addresses, clauses
    r"|(?<![\d.])\d{1,5}(?:\.\d{1,5}){2,5}(?![\d])"
    r"|(?<![A-Za-z])[vV]\.?\s?\d{1,4}(?:\.\d{1,4}){0,3}"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){1,3}\s?版"
)
_SPACED: Final = re.compile(
    r"\b(?P<noun>version|release|article|section|clause|chapter|step|level|phase|appendix|annex"
    r"|rule|room|line|port|extension|form|type|class|grade|tier|code|error|model|building|floor"
    r"|gate|line|no\.?|number|finding|item|option|plan)\s{1,2}#?(?P<id>\d[\d.]{0,9}\d|\d"
    r"|[A-Z]\d{0,4})\b"
    r"|第\s?(?P<zh>\d[\d.]{0,9}|[一二三四五六七八九十百]{1,4})\s?(?P<unit>条|章|节|版|步|级"
    r"|阶段|期|款|项|号|楼|层)",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"(?<![\d.])(?:19|20)\d{2}(?![\d.]\d|\d)")
_BARE: Final = re.compile(
    r"(?<![\w.,])\d{3,12}(?![\w.,%°]|\s?[A-Za-z%°€$£¥]"
    r"|\s?[元块天年月日周时分秒个人名位台件条项次米升克吨斤度伏瓦安页层平立公毫厘千万亿])"
)
"""A number by itself; one with a unit is an amount."""
_CAPITALISED: Final = re.compile(r"(?<![\w'’])[A-Z\u00c0-\u00de][\w'’]*(?:-\w+)*")
_LATIN: Final = re.compile(r"(?<![\w.-])[A-Za-z][A-Za-z.&+#-]*[A-Za-z+#]")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?。？！:：\n])[\s\"'“‘(（]{0,8}$")
_COMMON: Final = frozenset(
    "i ok please hi hello hey thanks thank dear sir madam yes no monday tuesday wednesday thursday "  # noqa: SIM905 - a list of words reads as words
    "friday saturday sunday english chinese internet web faq pdf url id".split()
)
"""Capitalised by rule or by habit."""


def named_in(question: str) -> tuple[Named, ...]:
    """What ``question`` names, each once, in reading order of the sorts; the first `MOST_NAMES`."""
    text = fold_compatibility(question)
    found = [Named(m, Sort.IDENTIFIER) for m in _identifiers(text)]
    rest = text
    for item in found:
        rest = rest.replace(item.text, " ")
    found += [Named(match.group(), Sort.NUMBER) for match in _YEAR.finditer(rest)]
    rest = _YEAR.sub(" ", rest)
    found += [Named(match.group(), Sort.NUMBER) for match in _BARE.finditer(rest)]
    found += [Named(name, Sort.NAME) for name in _names(rest)]
    return tuple(dict.fromkeys(found))[:MOST_NAMES]


def _identifiers(text: str) -> Iterator[str]:
    for match in _IDENTIFIER.finditer(text):
        token = match.group().rstrip("./:-+#")
        if not _is_quantity(token):
            yield token
    for match in _SPACED.finditer(text):
        if _IDENTIFIER.search(match.group()) is None:
            yield match.group()


_QUANTITY: Final = re.compile(
    r"\d{1,12}(?:\.\d{1,12})?(?:[kmgtKMGT]?(?:b|B|g|m|l|L|W|V|A|Hz|Pa|J|N)|kg|mg|cm|mm|km|ms|s"
    r"|h|min|rpm|st|nd|rd|th"
    r"|x|k|am|pm|°?[CF])"
    r"|\d{1,12}(?:st|nd|rd|th)?(?:-[a-z]+)+"  # 90-day, 3-year-old
)


def _is_quantity(token: str) -> bool:
    """``30kg`` is an amount and ``3rd`` a place in a row; neither names anything."""
    return _QUANTITY.fullmatch(token) is not None


def _names(text: str) -> Iterator[str]:
    if _HAN.search(text):
        for match in _LATIN.finditer(text):
            if match.group().lower() not in _COMMON and len(match.group()) > 1:
                yield match.group()
        return
    words = re.findall(r"[A-Za-z]+", text)
    capitals = [word for word in words if word[0].isupper()]
    if len(words) > 3 and len(capitals) > 0.6 * len(words):  # noqa: PLR2004 - a title, or shouting
        return
    for match in _CAPITALISED.finditer(text):
        word = match.group().rstrip("'’")
        word = re.sub(r"['’]s$", "", word)
        if word.lower() in _COMMON or is_english_function_word(word, first=True):
            continue
        starts = _SENTENCE_START.search(text[max(0, match.start() - 8) : match.start()])
        if (not starts and len(word) > 1) or (len(word) > 1 and word.isupper()):
            yield word


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
        return word in self._text and _bounded(word).search(self._text) is not None

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


def stands_in(named: Named, text: str) -> bool:
    """Whether the name stands in a whole document, as it is written; quick for long ones."""
    return Subject(text).mentions(named)


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
            return _bounded(normalise(named.text)).search(self._folded) is not None
        if named.sort is Sort.IDENTIFIER and named.text.endswith("版") and named.text[0] != "第":
            number = normalise(named.text).rstrip("版 ")
            return _bounded(number).search(self._folded) is not None
        if named.sort is Sort.IDENTIFIER and (parts := _SPACED.fullmatch(named.text)):
            return _numbered(parts).search(self._folded) is not None
        if named.sort is Sort.IDENTIFIER:
            # "version 2.3.1" is glued, too, so that the number is looked for as it stands as well.
            folded = normalise(named.text)
            return any(
                _bounded(name).search(text) is not None
                for name, text in ((_glue(folded), self._glued), (folded, self._folded))
            )
        return (
            all(self._nearly(term) for term in frozenset(self._analyse(named.text)))
            or _inflected(named.text, self._folded)
            or (named.text.isupper() and _stands_for(named.text, self._text))
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


_INITIAL: Final = re.compile(r"\b([A-Za-z])[A-Za-z]*")


def _stands_for(acronym: str, text: str) -> bool:
    """Whether words that follow each other begin with the letters of ``acronym``: CFO."""
    initials = "".join(match[1] for match in _INITIAL.finditer(text)).upper()
    return len(acronym) > 2 and acronym in initials  # noqa: PLR2004 - two letters follow each other anywhere


_SEPARATED: Final = re.compile(r"(?<=[a-z])[\s_-](?=\d)|(?<=\d)[\s_-](?=[a-z]\b)")


def _glue(folded: str) -> str:
    """``T-40``, ``T 40`` and ``t40`` become one."""
    return _SEPARATED.sub("", folded)


def _numbered(parts: re.Match[str]) -> re.Pattern[str]:
    """``Article 5`` in its spellings: behind its noun, or at the beginning of a heading."""
    if parts["id"]:
        noun, number = re.escape(normalise(parts["noun"])), re.escape(normalise(parts["id"]))
        return re.compile(
            rf"{noun}s?\W{{0,4}}{number}(?![a-z\d]|\.\d)|(?:^|› ?|\n){number}[.)\s](?!\d)"
        )
    unit, number = parts["unit"], parts["zh"]
    digits = chinese_digits(number)
    either = "|".join(map(re.escape, dict.fromkeys((number, digits))))
    return re.compile(rf"第\s?(?:{either})\s?{unit}|(?:^|› ?|\n)(?:{either})[.)、\s](?!\d)")


_CHINESE_NUMERALS: Final = "零一二三四五六七八九"


def chinese_digits(numeral: str) -> str:
    """``十二`` as ``12`` and ``12`` as ``十二``, below one hundred; other numerals as they are."""
    if numeral.isdecimal() and len(numeral) <= 2:  # noqa: PLR2004 - below one hundred
        tens, ones = divmod(int(numeral), 10)
        head = "" if not tens else ("十" if tens == 1 else _CHINESE_NUMERALS[tens] + "十")
        return head + (_CHINESE_NUMERALS[ones] if ones or not tens else "")
    if numeral and set(numeral) <= set(_CHINESE_NUMERALS + "十") and numeral.count("十") <= 1:
        left, _, right = numeral.partition("十") if "十" in numeral else ("", "", numeral)
        if "十" not in numeral:
            return str(_CHINESE_NUMERALS.index(numeral)) if len(numeral) == 1 else numeral
        tens = _CHINESE_NUMERALS.index(left) if left else 1
        return str(10 * tens + (_CHINESE_NUMERALS.index(right) if right else 0))
    return numeral


@lru_cache(maxsize=1_024)
def _bounded(text: str) -> re.Pattern[str]:
    """``text`` as a whole: no letter, digit or inner dot goes on from it."""
    return re.compile(
        rf"(?<![a-z\d])(?<!\d[.,-]){re.escape(text)}(?![a-z\d]|[.,]\d|-\d)"
        if text[:1].isascii()
        else re.escape(text)
    )


def within_edits(left: str, right: str, most: int) -> bool:
    """Whether at most ``most`` insertions, deletions, substitutions or swaps make one the other.

    Source: F. Damerau, "A Technique for Computer Detection and Correction of Spelling Errors",
    Communications of the ACM 7, 1964 (restricted to swaps of neighbours).
    """
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, start=1):
        row = [i]
        for j, b in enumerate(right, start=1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return False
        rows.append(row)
    return rows[-1][-1] <= most
