"""Questions and histories that break what reads them: the longest that are taken, and longer."""

from __future__ import annotations

from tests.integration.hostile.bodies import ANSWER, SEARCH, sends
from tests.integration.hostile.cases import RequestCase

LONGEST = 8_000
TOO_LONG = 32_000
TURNS = 8
"""Of the longest, which is as much as a history may have in all."""

UNITS = {
    "letters": "a",
    "digits": "1",
    "dots": ".",
    "brackets": "([{",
    "closing-brackets": ")]}",
    "quotes": "\"'",
    "chinese-quotes": "“「《",
    "marks": "e\u0301\u0327\u0308",
    "marks-alone": "\u0301",
    "joiners": "\U0001f469\u200d",
    "nothing-seen": "\u200b",
    "spaces": "a  \t",
    "hyphens": "a-",
    "slashes": "a/",
    "dotted-numbers": "1.",
    "grouped-numbers": "1,000,",
    "codes": "T40 ",
    "many-codes": "",
    "many-names": "",
    "names": "Ab ",
    "capitals": "AB ",
    "compared": "T40 and T60 and ",
    "years": "in 2019 ",
    "versions": "v1.2.3 ",
    "articles": "Article 5 ",
    "chinese-articles": "第五条",
    "chinese-numerals": "一千零",
    "han": "中",
    "han-questions": "什么？",
    "han-joined": "和与跟",
    "kana": "カー",
    "scripts": "aя中اक์",
    "right-to-left": "\u202eا",
    "wide": "Ａ１",
    "questions": "a? ",
    "who-questions": "Who is it? ",
    "and-who": "and who ",
    "how-many": "how many ",
    "pronouns": "it they ",
    "nots": "not never no ",
    "units": "5 kg 3 m ",
    "addresses": "a@b.c ",
    "links": "http://a.b/c?d=e&",
    "rows": "| a ",
    "stars": "**a** ",
    "tags": "<b>",
    "nuls": "\0a",
    "operators": 'AND OR NOT +-"*^:~ ',
    "distinct-words": "",
}


def text(unit: str, characters: int) -> str:
    """``unit`` over and over; names and codes that are many are each another one."""
    match unit:
        case "many-codes":
            made = " ".join(f"T{n}" for n in range(characters // 4))
        case "many-names":
            made = "tell me of " + " and ".join(f"Xa{_letters(n)}" for n in range(characters // 8))
        case "distinct-words":
            made = " ".join(_letters(n) for n in range(characters // 3))
        case _:
            of = UNITS[unit]
            made = of * (characters // len(of) + 1)
    return made[:characters]


def _letters(number: int) -> str:
    found = ""
    while number or not found:
        number, place = divmod(number, 26)
        found = chr(ord("a") + place) + found
    return found


def _blank(unit: str) -> bool:
    return not text(unit, LONGEST).strip()


def _history(unit: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text(unit, LONGEST)} for _ in range(TURNS)]


def _cases() -> list[RequestCase]:
    cases = []
    for unit in UNITS:
        asked = {"query": text(unit, LONGEST), "explain": True}
        status = 422 if _blank(unit) else 200
        # More operators than a query may have are told so.
        searched = 400 if unit == "operators" else status
        follow_up = {"query": "And in 2019?", "history": _history(unit)}
        cases += [
            RequestCase(f"search: {unit}", sends(SEARCH, asked), searched),
            RequestCase(f"answer: {unit}", sends(ANSWER, asked), status),
            RequestCase(f"history: {unit}", sends(ANSWER, follow_up), 200),
        ]
    for unit in ("letters", "digits", "marks", "brackets", "scripts"):
        asked = {"query": text(unit, TOO_LONG)}
        told = {"query": "a", "history": [{"role": "user", "content": text(unit, TOO_LONG)}]}
        cases += [
            RequestCase(f"search, too long: {unit}", sends(SEARCH, asked), 422),
            RequestCase(f"history, too long: {unit}", sends(ANSWER, told), 422),
        ]
    return cases


QUESTIONS = _cases()
