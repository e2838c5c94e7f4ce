"""What a sentence claims besides its words: quotations, names, and whether it denies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.text.function_words import ENGLISH
from app.text.normalise import fold_compatibility

_BEGINS: Final = ENGLISH | frozenset(
    """
    above according across additionally after again against all almost also although always am
    among another answer any around based because before being below between both but
    consequently context document documents doing done during each either else especially even
    every few finally first further furthermore generally having hence here hers him however
    indeed information instead into itself just last later least less let like mentioned
    mentions more moreover most must near need neither next no nor now off often once one only
    other others out over overall own passage passages per perhaps please provided question
    rather said same says second several similarly since so some sometimes soon stated states
    still such text than then thereby therefore though through thus together too toward towards
    typically under unfortunately unless until up upon us use used using usually very via well
    whereas whether while whole within without yes yet
    """.split()  # noqa: SIM905 - a list of words reads as words
)
"""Words that a capital at the beginning of a sentence makes no name of."""

_QUOTED: Final = re.compile(
    r"“([^“”]{1,2000})”|\"([^\"]{1,2000})\"|「([^「」]{1,2000})」|『([^『』]{1,2000})』"
    r"|«([^«»]{1,2000})»"
)
_TITLES: Final = re.compile(r"《([^《》]{1,200})》")
_LETTER: Final = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u04ff"
_TOKEN: Final = re.compile(
    rf"[{_LETTER}0-9_]+(?:[.\-'’/@:+#]+[{_LETTER}0-9_]+)*[+#]*".replace("0-9_]+", "0-9_]++")
)
_I: Final = "I"
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_INNER_CAPITAL: Final = re.compile(r"[^\W\d_A-Z][A-Z]|[A-Z]{2}")
_POSSESSIVE: Final = re.compile(r"['’]s?$")
_INNER_MARKS: Final = re.compile(r"[\d_./@:+#]")

_SAME_MARK: Final = str.maketrans("‘’“”„‹›‐‑‒–—―−", '\'\'"""<>-------')
_WHITE_SPACE: Final = re.compile(r"\s+")

_DENIES: Final = re.compile(
    r"\b(?:not(?!\s+(?:only|more|less|fewer|later|longer than|greater|lower|exceed)\b)|never"
    r"|none|neither|nor|cannot|without|nobody|nothing|nowhere|unable"
    r"|lacks?|lacked|fails?|failed|no(?!\.?\s*\d|\s+(?:more|less|later|fewer|longer than"
    r"|earlier)\b))\b|n't\b|forbidden|prohibited|禁止|严禁|不|没|無|无|未|否|勿|莫",
    re.IGNORECASE,
)
_DENIES_NOTHING: Final = re.compile(
    "不仅|不但|不只|不光|不过|不同|不断|不少|不久|不管|不论|不得不|不禁|不锈|不丹|不可或缺|了不"
    "起|对不起|不超过|不得超过|不少于|不低于|不高于|不大于|不小于|不多"
    "于|不得少于|不得低于|不得高于|不变|不等|非常|非法|除非"
    "|差不多|毫无疑问|无疑|无论|无数|无线|无锡|无人机|未来|未必不|是否|能否|否则|可否|莫斯科|莫名"
)


def comparable(text: str) -> str:
    """The form in which quotations are compared: width, quotes, dashes and white space folded."""
    return _WHITE_SPACE.sub("", _folded(text))


def surroundings(part: str, text: str) -> tuple[str, str] | None:
    """What stands before and after ``part`` in ``text``, in the form quotations are compared in.

    White space is kept. ``None`` where ``comparable`` does not find it either.
    """
    wanted, folded = comparable(part), _folded(text)
    written = [place for place, character in enumerate(folded) if not character.isspace()]
    at = "".join(folded[place] for place in written).find(wanted)
    if at < 0 or not wanted:
        return None
    return folded[: written[at]], folded[written[at + len(wanted) - 1] + 1 :]


def _folded(text: str) -> str:
    return fold_compatibility(text).translate(_SAME_MARK)


def quotations(text: str) -> list[str]:
    """What stands in quotation marks, without the punctuation that English puts inside of them."""
    found = (next(filter(None, match.groups())) for match in _QUOTED.finditer(text))
    return [quoted.strip().rstrip(".,;!?。，") for quoted in found]


def titles(text: str) -> list[str]:
    """What stands in 《 》, the marks of a Chinese title."""
    return _TITLES.findall(text)


def names(text: str) -> list[str]:
    """Tokens that name something: what a sentence must not have from nowhere.

    Capitalised words, unless a function word begins the sentence with its capital; identifiers with
    a digit, underscore, inner capital or inner mark; every Latin word of a Chinese sentence.
    """
    folded = fold_compatibility(text)
    return list(dict.fromkeys(_names(folded, chinese=_HAN.search(folded) is not None)))


def words(text: str) -> frozenset[str]:
    """Every token that `names` could give, and its parts, in lower case."""
    found: set[str] = set()
    for match in _TOKEN.finditer(fold_compatibility(text)):
        token = match.group().lower()
        found.add(token)
        found.add(_POSSESSIVE.sub("", token))
        found.update(re.split(r"[-/@:'’]", token))
    return frozenset(found)


def denies(text: str) -> bool:
    """Whether the sentence holds a word of negation that negates."""
    return denials(text) > 0


def denials(text: str) -> int:
    """How many words of negation that negate it holds."""
    folded = fold_compatibility(text).replace("’", "'")
    return len(_DENIES.findall(_DENIES_NOTHING.sub(" ", folded)))


def _names(text: str, *, chinese: bool) -> Iterator[str]:
    for position, match in enumerate(_TOKEN.finditer(text)):
        token = _POSSESSIVE.sub("", match.group())
        if token == _I or not any(character.isalpha() for character in token):
            continue
        identifier = _INNER_MARKS.search(token) or _INNER_CAPITAL.search(token)
        initial_function_word = position == 0 and token.lower() in _BEGINS
        capitalised = token[0].isupper() and not initial_function_word
        if identifier or capitalised or (chinese and len(token) > 1):
            yield token
