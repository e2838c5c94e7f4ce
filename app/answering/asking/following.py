"""A follow-up read together with what was said before it."""

from __future__ import annotations

import re
from typing import Final

from app.ports.analyzer import Analyzer
from app.text.asking_words import PRONOUN
from app.text.names.named import Sort
from app.text.names.naming import named_in, phrases

_ELLIPTIC: Final = re.compile(
    r"^\W*(?:and|but|or|what about|how about|what if|also|then|so|same|for|in|on|with)\b"
    r"|^\W*(?:那|那么|还有|另外|换成|如果是|至于|再|而)"
    r"|^[^，。？?]{0,14}呢[？?]?$|^\W*(?:why|how so|really|when|where|who|how much|how many"
    r"|how long|为什么|多久|多少钱|谁|什么时候)\W*$",
    re.IGNORECASE,
)
_SHORT_FOLLOW_UP: Final = 60
"""Characters up to which a question may be no more than what it changes in the one before."""
_CHINESE_TOPIC: Final = re.compile(
    r"^(?:那么?|还有|至于|换成)?(?P<topic>[\u3400-\u9fff]{2,8}?)的?呢[？?]?$"
)
_HAN_ONLY: Final = re.compile(r"[\u3400-\u9fff]+")
_FEW_TERMS: Final = 2
"""Terms with which a question means little by itself."""
_PERSONAL: Final = frozenset("he she his her him 他 她".split())  # noqa: SIM905 - a list of words reads as words


def put_into(query: str, earlier: str) -> str | None:
    """The question before, with what the follow-up names in the place of its like.

    ``None`` where it names nothing, or nothing that the question before has something like.
    """
    if not _ELLIPTIC.search(query) or len(query) > _SHORT_FOLLOW_UP:
        return None
    before = phrases([n.text for n in named_in(earlier) if n.text in earlier], earlier)
    now = phrases([n.text for n in named_in(query) if n.text in query], query)
    if len(now) == 1 and before:
        alike = [name for name in before if _sort_of(name) == _sort_of(now[0])]
        if len(alike) == 1:
            return earlier.replace(alike[0], now[0])
    if found := _CHINESE_TOPIC.match(query):
        topic = found["topic"]
        for length in (len(topic), *range(len(topic) - 1, 1, -1)):
            for start in range(len(earlier) - length + 1):
                old = earlier[start : start + length]
                same_end = old[-1] == topic[-1] and length == len(topic) and old != topic
                if same_end and _HAN_ONLY.fullmatch(old):
                    return earlier.replace(old, topic)
    return None


def _sort_of(name: str) -> str:
    """What a name looks like: a code, a year, a word."""
    return (
        "code"
        if any(map(str.isdigit, name)) and not name.isdigit()
        else "year"
        if name.isdigit()
        else "word"
    )


def leans_on_before(query: str, analyzer: Analyzer) -> bool:
    """Whether a question means little without the one before it."""
    if _ELLIPTIC.search(query) or PRONOUN.search(query):
        return True
    return len(set(analyzer.query_terms(query))) <= _FEW_TERMS


def referent(query: str, earlier: str, answered: str) -> str:
    """What "it" or "she" is in a follow-up; empty where that is not sure.

    It is the code that the user named last, else the first one of the answer; a person is the first
    name of the answer.
    """
    pronoun = PRONOUN.search(query)
    if pronoun is None or named_in(query):
        return ""
    if pronoun.group().lower() in _PERSONAL:
        people = phrases(_of_sort(answered, Sort.NAME), answered)
        return _whole_name(people[0], answered) if people else ""
    before = [code for code in _of_sort(earlier, Sort.IDENTIFIER) if _is_code(code)]
    if before:
        return max(before, key=earlier.rindex)
    after = [code for code in _of_sort(answered, Sort.IDENTIFIER) if _is_code(code)]
    return min(after, key=answered.index) if after else ""


def _whole_name(name: str, text: str) -> str:
    """With the capitalised words before it, the first of which may begin a sentence."""
    found = re.search(rf"(?:[A-Z][\w'’-]{{1,30}} ){{0,3}}{re.escape(name)}", text)
    return found.group() if found else name


def _is_code(name: str) -> bool:
    """Whether it is one word with a digit: ``T40``, and not "room 40"."""
    return _sort_of(name) == "code" and " " not in name


def _of_sort(text: str, sort: Sort) -> list[str]:
    return [named.text for named in named_in(text) if named.sort is sort and named.text in text]
