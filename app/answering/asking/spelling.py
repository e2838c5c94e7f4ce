"""Words of a question that the collection does not hold, put right by those that it does.

What was typed is always asked first. Only where that is not answered are unknown words taken for
slips: of the keyboard in words of letters, of the input method in Chinese, which offers characters
that sound alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import product
from typing import Final

from pypinyin import Style, lazy_pinyin, pinyin

from app.text.edits import within_edits
from app.text.function_words import is_english_function_word

LONGEST_QUERY: Final = 300
"""Characters of a question that is looked through; each unknown word of it costs a search."""
READ_CHARACTERS: Final = 60_000
"""Of the documents found, that words are taken from."""
MOST_WORDS: Final = 3_000
"""Different words of letters that an unknown one is compared with, the commonest first."""
_WORD: Final = re.compile(r"(?<![^\W_])[A-Za-z]{4,30}(?![^\W_])")
_HAN_RUN: Final = re.compile(r"[\u3400-\u9fff]{2,}")
_LONG_WORD: Final = 8
"""Letters from which two slips are forgiven, and not one."""
_WINDOWS: Final = (4, 3, 2)
"""Characters of the words that are looked for."""
_MOST_READINGS: Final = 3
"""Of one character."""
_ASKING: Final = ("多少钱", "什么时候", "怎么样", "怎么办", "为什么", "有没有", "能不能")
"""Words of questions, which documents need not hold."""
_FUNCTION: Final = frozenset(
    "的了是在有和与及将被把给让我你您他她它们这那几个多少吗呢吧啊哪谁什么怎能可要会不没对就都也还又"
)
"""Characters that stand between words: a pair with one of them is hardly a word."""
_COMMON: Final = 2
"""Times that a pair of characters must stand in the documents to be a word."""


def put_right(
    query: str,
    texts: Iterable[str],
    *,
    terms: Callable[[str], list[str]],
    occurs: Callable[[str], bool],
) -> str:
    """``query`` with unknown words replaced by their likes in ``texts``; itself where none is.

    One that is longer than `LONGEST_QUERY` stays as it is. ``terms`` are the analyzer's, which has
    Chinese as words and pairs; ``occurs`` tells whether the collection holds a term.
    """
    if len(query) > LONGEST_QUERY:
        return query
    read = "\n".join(texts)[:READ_CHARACTERS]
    words = Counter(dict(Counter(_WORD.findall(read)).most_common(MOST_WORDS)))

    def known(word: str) -> bool:
        return any(map(occurs, terms(word)[:1]))

    right = _WORD.sub(lambda found: _spelt(found.group(), words, known), query)
    if _HAN_RUN.search(right) and _HAN_RUN.search(read):
        sounds = _sounds(terms(read))
        right = _HAN_RUN.sub(lambda found: _sounded(found.group(), sounds, occurs), right)
    return right


def _spelt(word: str, words: Counter[str], known: Callable[[str], bool]) -> str:
    """The commonest of the nearest words, as it is written; itself where it is known."""
    folded = word.lower()
    if is_english_function_word(folded) or known(folded):
        return word
    for slips in range(1, 3 if len(folded) >= _LONG_WORD else 2):
        near = [
            other
            for other in words
            if other[0].lower() == folded[0]
            and abs(len(other) - len(folded)) <= slips
            and within_edits(folded, other.lower(), slips)
        ]
        if near:
            return max(near, key=lambda other: (words[other], other))
    return word


def _sounds(terms: Iterable[str]) -> dict[tuple[str, ...], str]:
    """The commonest Chinese term of each sound, without its tones; one that stands once is none."""
    words = Counter(term for term in terms if _HAN_RUN.fullmatch(term) and len(term) in _WINDOWS)
    found = {tuple(lazy_pinyin(word)): word for word in _ASKING}
    for word, count in words.most_common():
        if count < _COMMON:
            break
        found.setdefault(tuple(lazy_pinyin(word)), word)
    return found


def _sounded(run: str, sounds: dict[tuple[str, ...], str], occurs: Callable[[str], bool]) -> str:
    """A run of characters in which words that are unknown are those that sound like them."""
    readings = [pinyin(c, style=Style.NORMAL, heteronym=True)[0][:_MOST_READINGS] for c in run]
    for width in _WINDOWS:
        for at in range(len(run) - width + 1):
            window = run[at : at + width]
            words = {
                sounds[sound]
                for sound in product(*readings[at : at + width])
                if sound in sounds and any(map(str.__eq__, sounds[sound], window))
            }
            cuts_words = bool(set(window) & _FUNCTION) and not words & set(_ASKING)
            if words and window not in words and not cuts_words and not occurs(window):
                run = f"{run[:at]}{min(words)}{run[at + width :]}"
    return run
