"""What the words of a question may be called in the other language: English and Chinese.

A question in one language shares no words with passages in the other. A dictionary says which words
of them stand for each other; it translates no sentence, and that is all that is needed to look for
them.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from app.domain.questions import Sense
from app.errors import ModelIncompatible

SCHEMA: Final = """
    CREATE TABLE sense (
        zh TEXT NOT NULL, en TEXT NOT NULL, stems TEXT NOT NULL, first TEXT NOT NULL,
        place INTEGER NOT NULL, weight REAL NOT NULL
    );
    CREATE INDEX sense_zh ON sense (zh, place);
    CREATE INDEX sense_first ON sense (first, weight);
"""
"""``stems`` are the analyzer's terms of ``en``, a space between two; ``first`` is one of them.
``place`` counts the senses of an entry, the most usual first; ``weight`` is greater where the word
is usual and the sense is one of its first."""
MOST_SENSES: Final = 12
"""Of the same words; a dictionary lists rare ones behind."""
_MOST_ROWS: Final = 200
"""Of one word, that are looked through."""


class Glossary:
    """Implements `app.ports.glossary.Glossary` by a file of `app.models.bundled.cc_cedict`."""

    def __init__(self, file: Path, terms: Callable[[str], list[str]]) -> None:
        """Opens ``file``; ``terms`` are the analyzer's.

        Raises:
            ModelIncompatible: it is no glossary.
        """
        try:
            self._db = sqlite3.connect(
                f"{file.absolute().as_uri()}?mode=ro&immutable=1",
                uri=True,
                check_same_thread=False,
            )
            self._db.execute(
                "SELECT zh, en, stems, first, place, weight FROM sense LIMIT 1"
            ).fetchone()
        except sqlite3.Error as error:
            raise ModelIncompatible(f"{file} is no glossary: {error}") from error
        self._lock = threading.Lock()
        self._terms = lru_cache(maxsize=8_192)(lambda text: frozenset(terms(text)))
        self._of_chinese = lru_cache(maxsize=8_192)(self._of_chinese_uncached)
        self._of_english = lru_cache(maxsize=8_192)(self._of_english_uncached)

    def senses(self, terms: Sequence[str], language: str) -> list[Sense]:
        """See `app.ports.glossary.Glossary.senses`."""
        if language == "zh":
            return [sense for term in dict.fromkeys(terms) for sense in self._of_chinese(term)]
        asked = frozenset(terms)
        return _usual(
            sense
            for term in dict.fromkeys(terms)
            for sense in self._of_english(term)
            if sense.terms <= asked
        )

    def _of_chinese_uncached(self, term: str) -> tuple[Sense, ...]:
        rows = self._rows("SELECT en, stems FROM sense WHERE zh = ? ORDER BY place LIMIT ?", term)
        return tuple(
            Sense(frozenset({term}), frozenset(stems.split()), en)
            for en, stems in rows[:MOST_SENSES]
        )

    def _of_english_uncached(self, stem: str) -> tuple[Sense, ...]:
        """Those whose gloss begins with the word; the rest of the gloss may not be asked for.

        Words of one character are left out: they mean too much.
        """
        rows = self._rows(
            "SELECT zh, stems FROM sense WHERE first = ? AND length(zh) > 1 "
            "ORDER BY weight DESC LIMIT ?",
            stem,
        )
        return tuple(Sense(frozenset(stems.split()), self._terms(zh), zh) for zh, stems in rows)

    def _rows(self, query: str, word: str) -> list[tuple[str, str]]:
        try:
            with self._lock:
                return self._db.execute(query, (word, _MOST_ROWS)).fetchall()
        except sqlite3.Error as error:
            raise ModelIncompatible(
                f"the glossary can't be read ({error}); remove it and run `rag models install`"
            ) from error


def _usual(senses: Iterable[Sense]) -> list[Sense]:
    """Each once, and of the same words the first `MOST_SENSES`."""
    kept: list[Sense] = []
    count: dict[frozenset[str], int] = {}
    for sense in dict.fromkeys(senses):
        count[sense.terms] = count.get(sense.terms, 0) + 1
        if count[sense.terms] <= MOST_SENSES:
            kept.append(sense)
    return kept
