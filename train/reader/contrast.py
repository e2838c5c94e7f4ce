"""Statements that say the right thing of the wrong subject, and the same with its subject moved.

What a question names precisely is replaced where the answer has it by another of its sort: the
words are the same, the answer is not. A name that the setting holds may be missing in the sentence;
moved there it still answers, and under another title it no longer does.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from train.reader.groups import Said
from train.reader.mentions import Names, Sort, mentions

_IN_BRACKETS: Final = re.compile(r"\s*\([^)]{1,40}\)$")
_SHORTEST_NAME: Final = 4
_LEFT: Final = 6
"""Characters that a statement must keep when its subject is moved out of it."""
_CJK: Final = "\u2e80"
_ARTICLES: Final = ("the", " a", " an")


@dataclass(frozen=True, slots=True)
class Contrast:
    """``wrong`` do not answer; ``moved`` does, with its subject in the setting."""

    wrong: list[Said]
    moved: Said | None


def contrasts(
    question: str,
    said: Said,
    title: str,
    *,
    names: Names,
    titles: Sequence[str],
    rng: random.Random,
) -> Contrast:
    """What can be made of a statement that answers and whose document is called ``title``."""
    lang = "zh" if any(c >= _CJK for c in question) else "en"
    wrong = []
    for sort, word in subjects(question, said, title, names):
        other = names.other(sort, lang, word, rng)
        if other is None:
            continue
        text, setting = (_replaced(part, word, other) for part in (said.text, said.setting))
        if (text, setting) != (said.text, said.setting):
            wrong.append(Said(text, setting))
    if not (title and titles and _names(question, title)):
        return Contrast(wrong, None)
    elsewhere = rng.choice(titles)
    if elsewhere == title or _names(question, elsewhere):
        return Contrast(wrong, None)
    bare = said if not _names(said.text, title) else _without(said, title, lang)
    if bare is None:
        return Contrast(wrong, None)
    wrong.append(Said(bare.text, elsewhere))
    return Contrast(wrong, replace(bare, setting=title))


def subjects(question: str, said: Said, title: str, names: Names) -> list[tuple[Sort, str]]:
    """What the question names, and the statement or its title too, beside the answer itself."""
    held = f"{title}\n{said.text}".casefold()
    answer = said.text[said.span[0] : said.span[1]] if said.span else ""
    asked = question.casefold()
    found: dict[str, Sort] = {}
    for sort, word in mentions(question):
        if word.casefold() in held and word.casefold() not in answer.casefold():
            found.setdefault(word.casefold(), sort)
    for sort, word in mentions(said.text):  # people ask in lower case
        named = sort == "name" and len(word) >= _SHORTEST_NAME and word not in answer
        if named and re.search(rf"\b{re.escape(word.casefold())}\b", asked):
            found.setdefault(word.casefold(), sort)
    for word in names.pools.get(("han", "zh"), ()) if not asked.isascii() else ():
        if word in question and word in said.text and word not in answer:
            found.setdefault(word, "han")
    return [(sort, word) for word, sort in found.items()]


def _replaced(text: str, word: str, other: str) -> str:
    return re.sub(re.escape(word), lambda _: other, text, flags=re.IGNORECASE)


def _without(said: Said, title: str, lang: str) -> Said | None:
    """``said`` with *it* for its subject, or none in Chinese; ``None`` where that breaks it."""
    at = said.text.casefold().find(title.casefold())
    if at < 0 or said.span is None:
        return None
    behind = at + len(title)
    if lang == "en":
        before = said.text[:at].rstrip().casefold()
        if said.text[behind : behind + 1] != " " or before.endswith(_ARTICLES):
            return None
        text = said.text[:at] + ("It" if at == 0 else "it") + said.text[behind:]
    else:
        text = said.text[behind:].lstrip("，,是")
        if at > 0 or len(text) <= _LEFT:
            return None
    start, end = said.span
    if end <= at:
        return replace(said, text=text)
    shift = len(text) - len(said.text)
    if start + shift < 0 or start < behind:
        return None
    return replace(said, text=text, span=(start + shift, end + shift))


def _names(text: str, title: str) -> bool:
    plain = _IN_BRACKETS.sub("", title)
    return len(plain) > 1 and plain.casefold() in text.casefold()
