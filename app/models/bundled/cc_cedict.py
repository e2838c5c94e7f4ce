"""Makes a glossary of CC-CEDICT, a Chinese–English dictionary that its readers keep.

Source: https://cc-cedict.org, CC BY-SA 4.0. A line is ``傳統 传统 [chuan2 tong3] /sense/sense/``;
senses that are alike are parted by semicolons.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import jieba

from app.errors import ModelIncompatible
from app.text.analyzer import StandardAnalyzer
from app.text.function_words import is_english_function_word
from app.text.glossary import SCHEMA
from app.text.normalise import normalise

FILE: Final = "glossary.db"
MOST_WORDS: Final = 3
"""Of a gloss; longer ones explain."""

_ENTRY: Final = re.compile(r"(?P<traditional>\S+) (?P<zh>\S+) \[[^\]]*\] /(?P<senses>.+)/\s*")
_NO_SENSE: Final = re.compile(
    r"surname |(?:old |erhua |archaic )?variant of|abbr\. |see (?=[\u3400-\u9fff]|also)|CL:|used in"
    r"|(?:\w+ )?classifier|(?:modal|structural|interjectory|final|grammatical) particle"
    r"|also written|also pr\.|Taiwan pr\."
)
"""What a gloss begins with that says no meaning."""
_ASIDE: Final = re.compile(r"\([^()]*\)|\[[^\]]*\]|\b(?:sth|sb|etc|esp|lit|fig)\b\.?")
_LEADING: Final = re.compile(r"^(?:to|a|an|the|be)\s+")
_PLACE: Final = re.compile(r"^([A-Z][\w' -]+), ")
"""Of "Aarhus, city in Denmark"."""
_WORDS: Final = re.compile(r"[A-Za-z][\w'-]*")


def unpack(path: Path, folder: Path) -> None:
    """Writes the glossary of the dictionary at ``path`` into the existing, empty ``folder``.

    Raises:
        ModelIncompatible: the file can't be read, or holds nothing.
    """
    analyzer = StandardAnalyzer(folder)
    words = jieba.Tokenizer()
    words.tmp_dir = str(folder)
    words.initialize()

    def usual(word: str) -> int:
        return words.FREQ.get(word) or 0

    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [row for line in lines for row in _rows(line, analyzer, usual)]
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ModelIncompatible(f"{path.name} can't be read: {error}") from error
    if not rows:
        raise ModelIncompatible(f"{path.name} holds no entry of a dictionary")
    with sqlite3.connect(folder / FILE) as db:
        db.executescript(SCHEMA)
        db.executemany("INSERT INTO sense VALUES (?, ?, ?, ?, ?, ?)", dict.fromkeys(rows))
    db.close()
    for leftover in folder.iterdir():
        if leftover.name != FILE:
            leftover.unlink()


def _rows(
    line: str, analyzer: StandardAnalyzer, usual: Callable[[str], int]
) -> Iterator[tuple[str, str, str, str, int, float]]:
    entry = _ENTRY.fullmatch(line)
    if entry is None or line.startswith("#"):
        return
    place = 0
    for sense in entry["senses"].split("/"):
        for gloss in _glosses(sense):
            words = [w for w in _WORDS.findall(gloss) if not is_english_function_word(w)]
            stems = dict.fromkeys(analyzer.terms(" ".join(words)))
            if words and stems and len(words) <= MOST_WORDS:
                weight = (1 + usual(entry["zh"])) / (1 + place)
                called = (
                    normalise(entry["zh"]),
                    " ".join(words),
                    " ".join(stems),
                    next(iter(stems)),
                )
                yield *called, place, weight
                place += 1


def _glosses(sense: str) -> Iterator[str]:
    for gloss in _ASIDE.sub(" ", sense).split(";"):
        text = " ".join(gloss.split())
        if _NO_SENSE.match(text):
            continue
        named = _PLACE.match(text)
        yield named[1] if named else _LEADING.sub("", text)
