"""The one analyzer: what indexes hold and what queries ask for come from the same function."""

from __future__ import annotations

import bisect
import logging
import re
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

import jieba
import Stemmer

from app.text.function_words import CHINESE, is_english_function_word
from app.text.language import detect_language
from app.text.normalise import fold_compatibility, in_simplified, normalise

ANALYZER_VERSION: Final = "attest-2"
"""Goes up with every change that could give any text other terms."""

MAX_TERM_CHARACTERS: Final = 128
"""Longer runs are no words; they are cut here so that one can't fill an index."""

SEGMENTED_CHARACTERS: Final = 1_000
"""Chinese is segmented in pieces of this length, since jieba's time grows with its square."""

_TOKEN: Final = re.compile(
    r"(?P<han>[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
    # Scripts that put no spaces between words: kana, Thai, Lao, Myanmar, Khmer.
    r"|(?P<unspaced>[\u3040-\u30ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+)"
    # Words of any other script, with what holds an identifier, a version or an address together.
    r"|(?P<word>{letter}+(?:[._\-'@/+:#]+{letter}+)*[+#]*)".format(
        letter=r"[^\W\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
        r"\u3040-\u30ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
    )
)
_TOKENS: Final = re.compile(re.sub(r"\(\?P<\w+>", "(?:", _TOKEN.pattern))
"""The same without groups, so that all are found at once."""
_ASCII_TOKENS: Final = re.compile(r"\w+(?:[._\-'@/+:#]+\w+)*[+#]*", re.ASCII)
"""What `_TOKENS` finds in text that is ASCII throughout, in a third of its time."""
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LETTERS_OR_DIGITS: Final = re.compile(r"[^\W\d_]+|\d+")
_UNSPACED: Final = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
)
"""What the groups `han` and `unspaced` of `_TOKEN` hold."""
_FIRST_UNSPACED: Final = "\u0e00"
"""The first character of `_UNSPACED`."""
_PLAIN: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_BREAKS: Final = re.compile(r"[._\-@/+:#]+")
_DOTTED_NUMBER: Final = re.compile(r"(?<!\d)\d+(?:\.\d+)+")
_THOUSANDS: Final = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")
"""It begins with the comma, which is quick to look for."""


class StandardAnalyzer:
    """Implements `app.ports.analyzer.Analyzer` for English, Chinese and mixtures of them.

    Chinese gives jieba's words at search granularity (a long word, and the shorter words in it)
    and every pair of neighbouring characters, so that a word which is cut otherwise in a question
    than in a passage is found all the same (``docs/results/analyzer_choices.json``).
    Words are stemmed by Snowball English. An identifier gives itself and its parts:
    ``HTTP_PROXY`` is found by ``http_proxy``, ``http`` and ``proxy``; ``v2.3.1`` by ``2.3.1``.
    """

    def __init__(self, cache: Path) -> None:
        """Keeps jieba's compiled dictionary in ``cache``, which must be private."""
        self._lock = threading.Lock()
        self._cache = cache
        self._jieba = jieba.Tokenizer()
        self._stemmer = Stemmer.Stemmer("english")
        self._stem_word = lru_cache(maxsize=65_536)(self._stem_uncached)
        self._word_terms = lru_cache(maxsize=65_536)(self._word_uncached)

    @property
    def version(self) -> str:
        """See `ANALYZER_VERSION`."""
        return ANALYZER_VERSION

    def language(self, text: str) -> str:
        """See `detect_language`."""
        return detect_language(text)

    def terms(self, text: str) -> list[str]:
        """Terms in reading order, an identifier's parts behind it."""
        return [term for _, term in self._terms(text)]

    def query_terms(self, text: str) -> list[str]:
        """The `terms` that are no function words, or all where nothing else is left."""
        terms = list(self._terms(text))
        content = [term for is_content, term in terms if is_content]
        return content or [term for _, term in terms]

    def sequence(self, text: str) -> list[str]:
        """Words in reading order, an identifier's one by one; characters where no spaces part them.

        No place is taken twice, so that a phrase is found exactly where its words stand side by
        side, whatever marks stand between them.
        """
        found: list[str] = []
        for match in _TOKEN.finditer(_folded(text)):
            token = match.group()
            if match.lastgroup == "word":
                pieces = [piece for piece in _BREAKS.split(token) if piece]
                found += map(self._stem, pieces if len(pieces) > 1 else [token])
            else:
                found += normalise(token)
        return found

    def occurrences(
        self, texts: Sequence[str], terms: frozenset[str]
    ) -> list[list[tuple[int, str]]]:
        """Where ``terms`` stand in each text, ascending; see `app.ports.analyzer.Analyzer`.

        Scripts without spaces are searched character by character: a word is found wherever its
        characters stand, and nothing has to be segmented. All texts are searched at once, since a
        query has dozens of candidates and each step costs far more than what it looks at.
        """
        words, runs = _taken_apart(texts)
        holding = self._holding(words, terms)
        found = [
            [
                (place, term)
                for place, token in zip(of_text.places, of_text.tokens, strict=True)
                if token in holding
                for term in holding[token]
            ]
            for of_text in words
        ]
        for number, places in runs.places([term for term in terms if _UNSPACED.match(term)]):
            found[number] = sorted(found[number] + places, key=itemgetter(0))
        return found

    def _holding(self, words: Sequence[_Words], terms: frozenset[str]) -> dict[str, list[str]]:
        """Of the words that hold one of ``terms``: which."""
        return {
            token: [term for term in held if term in terms]
            for token in set().union(*(of_text.tokens for of_text in words))
            if not terms.isdisjoint(held := self._word(token))
        }

    def _terms(self, text: str) -> Iterator[tuple[bool, str]]:
        """Each term, and whether it is more than a function word."""
        for match in _TOKEN.finditer(_folded(text)):
            token = match.group()
            if match.lastgroup == "han":
                for term in self._segment(normalise(token)):
                    yield term not in CHINESE, term[:MAX_TERM_CHARACTERS]
            elif match.lastgroup == "unspaced":
                for term in _bigrams(normalise(token)):
                    yield True, term[:MAX_TERM_CHARACTERS]
            else:
                content = not (
                    _is_plain(token) and is_english_function_word(token, first=match.start() == 0)
                )
                for term in self._word(token):
                    yield content, term

    def _word(self, token: str) -> tuple[str, ...]:
        if len(token) > MAX_TERM_CHARACTERS:  # the cache must not hold long runs
            return self._word_uncached(token)
        return self._word_terms(token)

    def _word_uncached(self, token: str) -> tuple[str, ...]:
        """The terms of a word or an identifier."""
        terms = [self._stem(token)] if _is_plain(token) else self._identifier(token)
        return tuple(term[:MAX_TERM_CHARACTERS] for term in terms)

    def _segment(self, run: str) -> Iterator[str]:
        self._load_dictionary()
        for start in range(0, len(run), SEGMENTED_CHARACTERS):
            yield from self._jieba.cut_for_search(run[start : start + SEGMENTED_CHARACTERS])
        if len(run) > 1:
            yield from _bigrams(run)

    def _identifier(self, token: str) -> Iterator[str]:
        """The token itself, then what a reader would also call it by, each once."""
        pieces = [piece for piece in _BREAKS.split(token) if piece]
        parts = [part for piece in pieces for part in _parts(piece)]
        whole = normalise(token) if len(pieces) > 1 else self._stem(token)
        terms = [whole, *(self._stem(part) for part in (*pieces, *parts))]
        terms += _DOTTED_NUMBER.findall(token)
        yield from dict.fromkeys(term for term in terms if term)

    def _stem(self, word: str) -> str:
        return self._stem_word(word[:MAX_TERM_CHARACTERS])  # the cache must not hold long runs

    def _stem_uncached(self, word: str) -> str:
        folded = normalise(word)[:MAX_TERM_CHARACTERS]
        with self._lock:  # a Snowball stemmer keeps state while it works
            return str(self._stemmer.stemWord(folded))

    def _load_dictionary(self) -> None:
        if not self._jieba.initialized:
            jieba.setLogLevel(logging.WARNING)
            self._cache.mkdir(parents=True, exist_ok=True)
            self._jieba.tmp_dir = str(self._cache)  # its default is a file anyone can replace
            self._jieba.initialize()


def _folded(text: str) -> str:
    """With one form of each character, and numbers without separators of thousands."""
    return _THOUSANDS.sub("", fold_compatibility(text).replace("’", "'"))


def _is_plain(token: str) -> bool:
    """Whether it is a word and no identifier."""
    return bool(_PLAIN.fullmatch(token)) and not _CAMEL.search(token)


class _Words(NamedTuple):
    """Words of one text, and the places at which they stand, ascending."""

    tokens: Sequence[str]
    places: Sequence[int]


class _Runs:
    """Runs of scripts without spaces in several texts, in one string to be searched."""

    def __init__(self) -> None:
        self._runs: list[str] = []
        self._of: list[tuple[int, int]] = []

    def add(self, run: str, *, number: int, place: int) -> None:
        """Takes in a run that begins at ``place`` in the text of this number."""
        self._runs.append(run)
        self._of.append((number, place))

    def places(self, terms: Sequence[str]) -> Iterator[tuple[int, list[tuple[int, str]]]]:
        """Number of each text that holds one of ``terms``, and where, ascending; overlaps too."""
        joined = in_simplified("\n".join(self._runs))  # folded already, so no length changes
        starts = list(accumulate((len(run) + 1 for run in self._runs), initial=0))
        found: dict[int, list[tuple[int, str]]] = {}
        for term in terms:
            at = joined.find(term)
            while at >= 0:
                run = bisect.bisect_right(starts, at) - 1
                number, place = self._of[run]
                found.setdefault(number, []).append((place + at - starts[run], term))
                at = joined.find(term, at + 1)
        for number, places in found.items():
            yield number, sorted(places)


def _taken_apart(texts: Sequence[str]) -> tuple[list[_Words], _Runs]:
    """Of each text, its words with their places; and the runs without spaces of all texts."""
    words: list[_Words] = []
    runs = _Runs()
    for number, text in enumerate(texts):
        folded = _folded(text)
        if folded.isascii():
            tokens = _ASCII_TOKENS.findall(folded)
            words.append(_Words(tokens, range(len(tokens))))
            continue
        apart: list[str] = []
        places: list[int] = []
        place = 0
        for token in _TOKENS.findall(folded):
            if token < _FIRST_UNSPACED or not _UNSPACED.match(token):
                apart.append(token)
                places.append(place)
                place += 1
            else:
                runs.add(token, number=number, place=place)
                place += len(token)
        words.append(_Words(apart, places))
    return words, runs


def _parts(piece: str) -> list[str]:
    """Words of a camelCase name, letters and digits of a code; single characters say nothing."""
    found = [*_CAMEL.split(piece), *_LETTERS_OR_DIGITS.findall(piece)]
    return [part for part in found if 1 < len(part) < len(piece)]


def _bigrams(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for start in range(len(run) - 1):
        yield run[start : start + 2]
