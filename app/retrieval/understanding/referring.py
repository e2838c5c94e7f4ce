"""What a follow-up is about that does not name it: "it", "she", 它, or nothing at all."""

from __future__ import annotations

import re
from typing import Final

from app.text.asking_words import PRONOUN
from app.text.function_words import is_english_function_word
from app.text.names.named import Sort
from app.text.names.naming import named_in, phrases

_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_PERSONAL: Final = frozenset("he she his her him 他 她".split())  # noqa: SIM905 - a list of words reads as words
_FIRST_SENTENCE: Final = re.compile(r"[^。！？\n]{1,200}?(?:[。！？\n]|[.!?](?:\s|$)|$)")
_CAPITALS: Final = re.compile(r"(?<![\w'’-])[A-Z][\w'’-]*+(?: (?:[A-Z][\w'’-]*+|\d[\w.-]*+))*")
_NUMBER_BEHIND: Final = re.compile(r" \d[\w.-]*")
_HAN_BEFORE: Final = re.compile(r"[\u3400-\u9fff]{2} ?\Z")
_LEADING: Final = re.compile(
    r"^(?:请问|那么?|寄|买|用)?(?P<subject>(?:(?![的是有能可会要在于为从由将需应最卖多几怎什谁哪])[\u3400-\u9fff\w]){2,10})"
    r"(?=[的是有能可会要在于为从由将需应最卖多几怎什，,])"
)
"""What stands in Chinese before the verb, or before the 的 of what is asked of it."""
_ASKS_WHICH: Final = re.compile(r"\b(?:which|who|whom|whose|what)\b|谁|哪|什么", re.IGNORECASE)


def referent(question: str, before: str, answered: str) -> str:
    """What "it" or "she" is in a follow-up; empty where that is not sure.

    A person is the first name of the answer. It is what the question before named last; where that
    asked which or who, it is what the answer begins with.
    """
    pronoun = PRONOUN.search(question)
    if pronoun and pronoun.group().lower() in _PERSONAL:
        people = phrases(
            [n.text for n in named_in(answered) if _is_name(n.text, answered)], answered
        )
        if people or not _HAN.search(question):  # nothing tells a Chinese name from other words
            return _whole_name(people[0], answered) if people else ""
    if named := mentions(before):
        return named[-1]
    if _ASKS_WHICH.search(before) and (found := _answering(before, answered)):
        return found
    found_leading = _LEADING.match(before)
    return found_leading["subject"] if found_leading else ""


def mentions(text: str) -> list[str]:
    """What it names, each with the number behind it (Brook 40) or the brand before it (清扬S3)."""
    names = phrases([n.text for n in named_in(text) if n.text in text], text)
    return list(dict.fromkeys(_whole(name, text) for name in names))


def about(part: str, subject: str) -> str:
    """``part`` with ``subject`` in place of a pronoun, or named where it has none.

    "who gives it?" about TR-115 is "who gives TR-115?", and 配对码是多少 of the TL-7 is
    TL-7的配对码是多少.
    """
    if found := PRONOUN.search(part):
        possessive = found.group().lower() in ("its", "their", "his", "her")
        put = f"{subject}'s" if possessive else subject
        return f"{part[: found.start()]}{put}{part[found.end() :]}"
    if _HAN.search(part):
        return f"{subject}的{re.sub('(?:又|还|也)(?=[是有要能可])', '', part)}"
    return f"{subject}: {part}"


def _whole(name: str, text: str) -> str:
    at = text.index(name)
    if behind := _NUMBER_BEHIND.match(text, at + len(name)):
        return name + behind.group()
    brand = _HAN_BEFORE.search(text[max(0, at - 3) : at]) if name[0].isascii() else None
    return f"{brand.group()}{name}" if brand and any(map(str.isdigit, name)) else name


def _answering(before: str, answered: str) -> str:
    """What the answer to "which" begins with, or else names first that was not named before."""
    first = _FIRST_SENTENCE.match(answered.strip())
    said = first.group() if first else ""
    if _HAN.search(said):
        if named := [name for name in mentions(said) if name not in before]:
            return named[0]
        leading = _LEADING.match(said)
        return leading["subject"] if leading else ""
    found: list[str] = []
    for capitals in _CAPITALS.finditer(said):
        words = capitals.group().split()
        while words and is_english_function_word(words[0].capitalize(), first=True):
            words.pop(0)
        name = " ".join(words)
        begins = capitals.start() == 0 and len(capitals.group().split()) == 1
        if name and name.lower() not in before.lower():
            found.insert(0 if not begins and not found else len(found), name)
    sure = [name for name in found if not said.startswith(name) or " " in name]
    return (sure or found or [""])[0]


def _whole_name(name: str, text: str) -> str:
    """With the capitalised words before it, the first of which may begin a sentence."""
    found = re.search(rf"(?:[A-Z][\w'’-]{{1,30}} ){{0,3}}{re.escape(name)}", text)
    return found.group() if found else name


def _is_name(name: str, text: str) -> bool:
    return name in text and any(n.text == name and n.sort is Sort.NAME for n in named_in(text))
