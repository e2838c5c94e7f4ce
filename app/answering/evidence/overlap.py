"""The words that a part of a question has in common with each candidate and its setting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from app.answering.asking.asked import Part
from app.answering.evidence.candidates import Candidates
from app.domain.questions import Sense
from app.text.names.named import Named
from app.text.rarity import inverse_document_frequency

_NO_WORDS: Final = dict.fromkeys(
    ("said", "covered", "counted", "around", "absent", "contrast"), 0.0
)
"""Where languages share none."""


class Overlap:
    """Measures what one part of a question and its candidates have in common in words.

    ``across`` says of each candidate whether its language shares no words with the question, and
    ``senses`` are what the terms of the question are called there.
    """

    def __init__(
        self, part: Part, candidates: Candidates, across: Sequence[bool], senses: Sequence[Sense]
    ) -> None:
        self._candidates = candidates
        self._across = across
        self._senses = senses
        self._asked = frozenset(part.terms)
        self._said = self._shared(candidates.terms)
        self._around = self._shared(candidates.setting_terms)
        self._weights = _inverse_document_frequencies(part.terms, self._said, self._around)
        known = frozenset[str]().union(*self._said, *self._around)
        self._known = {term: w for term, w in self._weights.items() if term in known}
        self._total, self._count = sum(self._known.values()) or 1.0, len(self._known) or 1
        self._contrasting = _in_settings(self._around)

    def _shared(self, texts: Sequence[frozenset[str]]) -> list[frozenset[str]]:
        """Terms of the question that each text holds, or says in the other language."""
        return [
            (terms & self._asked).union(*(s.terms for s in self._senses if s.held <= terms))
            if across
            else terms & self._asked
            for terms, across in zip(texts, self._across, strict=True)
        ]

    def measures(self, at: int, implied: Sequence[Named]) -> dict[str, float]:
        """The measures of a candidate by name; its document says the ``implied`` names for it."""
        if self._across[at] and not self._senses:
            return _NO_WORDS
        said, around = self._said[at], self._around[at]
        named = frozenset(t for name in implied for t in self._candidates.analyse(name.text))
        covered = said | around | named
        known, total, count = self._known, self._total, self._count
        contrast = sum(w for t, w in known.items() if t in self._contrasting and t not in covered)
        return {
            "said": sum(w for t, w in known.items() if t in said) / total,
            "covered": sum(w for t, w in known.items() if t in covered) / total,
            "counted": sum(t in covered for t in known) / count,
            "around": sum(t in around for t in known) / count,
            "absent": 1.0 - len(known) / len(self._weights) if self._weights else 0.0,
            "contrast": contrast / total,
        }


def share_words(one: str, other: str) -> bool:
    """Whether texts of these languages have words in common; numbers are of every language."""
    return one == other or "und" in (one, other) or "zh" not in (one, other)


def _inverse_document_frequencies(
    terms: Sequence[str],
    said: Sequence[frozenset[str]],
    around: Sequence[frozenset[str]],
) -> dict[str, float]:
    """Of each term, among statements with their settings.

    A term that no candidate holds counts as one that a single one holds: a question of which most
    is found nowhere is hardly answered.
    """
    count = len(said)
    frequency: Counter[str] = Counter()
    for of_statement, of_setting in zip(said, around, strict=True):
        frequency.update(of_statement | of_setting)
    return {
        term: inverse_document_frequency(max(1, frequency[term]), count)
        for term in dict.fromkeys(terms)
    }


def _in_settings(around: Sequence[frozenset[str]]) -> frozenset[str]:
    """Terms of the question that some settings hold and others don't: what tells subjects apart."""
    frequency = Counter(term for of_setting in around for term in of_setting)
    return frozenset(term for term, count in frequency.items() if count < len(around))
