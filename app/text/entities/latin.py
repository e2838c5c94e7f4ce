"""Names and terms in scripts with spaces: capitalised runs, and words that stand together.

Source: terms as runs of words between function words and punctuation: S. Rose et al., "Automatic
Keyword Extraction from Individual Documents", in Text Mining: Applications and Theory, 2010.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from app.text.function_words import is_english_function_word

MOST_WORDS: Final = 4
"""Of a name or term."""
LEAST_LETTERS: Final = 3
"""Of a name that is one word."""
WORD: Final = re.compile(
    r"[^\W_\u3400-\u9fff\uf900-\ufaff]+(?:[-'’.&/+#][^\W_\u3400-\u9fff]+)*[+#]*"
)
_GAP: Final = re.compile(r"[ \t]")
_JOINING: Final = frozenset({"and", "of", "&", "de", "la", "van", "von", "der", "du"})
"""Words within a name: Pell and Sons, Bank of Oban."""
_BREAKING: Final = frozenset(
    """
    also since until while because but so than then more most less least all any each every some no
    only very just still yet after before during between under over above below into out up down
    off again once twice when whenever first last next new old own other same such both within
    without per via made makes make goes go gets get comes come takes take given gives give keeps
    keep kept runs run uses use used needs need leads led owns owned works work calls called begins
    begin ends end sent sends see says said please yes monday tuesday wednesday thursday friday
    saturday sunday january february march april may june july august september october november
    december today tomorrow yesterday one two three four five six seven eight nine ten
    """.split()  # noqa: SIM905 - a list of words reads as words
)
"""Words besides function words that belong to no term, and name nothing when they are capital."""


def names_and_terms(text: str) -> Iterator[str]:
    """Capitalised names with their parts, then terms of several words; in their order each."""
    runs = list(_runs(text))
    for run in runs:
        yield from _names(run)
    for run in runs:
        yield from _terms(run)


def _runs(text: str) -> Iterator[list[str]]:
    """Words with nothing but a space between them."""
    run: list[str] = []
    end = 0
    for match in WORD.finditer(text):
        if run and not _GAP.fullmatch(text, end, match.start()):
            yield run
            run = []
        run.append(match.group())
        end = match.end()
    if run:
        yield run


def _names(run: Sequence[str]) -> Iterator[str]:
    at = 0
    while at < len(run):
        end = at
        while end < len(run) and _is_capital(run[end]):
            end += 1
            if end + 1 < len(run) and run[end] in _JOINING and _is_capital(run[end + 1]):
                end += 1
        yield from _parts(run[at:end])
        at = max(end, at + 1)


def _parts(name: Sequence[str]) -> Iterator[str]:
    """A capitalised run and the runs within it, the longest first: who has two names has either."""
    for length in range(min(len(name), MOST_WORDS), 0, -1):
        for start in range(len(name) - length + 1):
            part = name[start : start + length]
            if part[0] in _JOINING or part[-1] in _JOINING:
                continue
            if length > 1 or len(part[0]) >= LEAST_LETTERS or part[0].isupper():
                yield " ".join(part)


def _terms(run: Sequence[str]) -> Iterator[str]:
    """Each pair of neighbours that both may belong to a term, and three where there are no more."""
    term: list[str] = []
    for word in (*run, "the"):
        if not _breaks(word):
            term.append(word)
            continue
        if len(term) == 3:  # noqa: PLR2004 - as the docstring says
            yield " ".join(term)
        for pair in pairwise(term):
            yield " ".join(pair)
        term = []


def _is_capital(word: str) -> bool:
    return word[0].isupper() and not _breaks(word)


def _breaks(word: str) -> bool:
    return (
        word[0].isdigit() or word.lower() in _BREAKING or is_english_function_word(word, first=True)
    )
