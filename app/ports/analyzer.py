"""What turns text into the terms that lexical indexes hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Analyzer(Protocol):
    """Turns text into the terms that lexical indexes hold; the same for passages and queries."""

    @property
    def version(self) -> str:
        """Changes whenever the same text could give other terms."""

    def terms(self, text: str) -> list[str]:
        """Terms in reading order, free of white space. Never raises; deterministic."""

    def query_terms(self, text: str) -> list[str]:
        """Those `terms` of a question that say what it is about; all where none does."""

    def sequence(self, text: str) -> list[str]:
        """One word, or one character of Chinese, for each place of a text, free of white space.

        Two texts that are neighbours in a third are neighbours in its sequence as well. Never
        raises; deterministic.
        """

    def occurrences(
        self, texts: Sequence[str], terms: frozenset[str]
    ) -> list[list[tuple[int, str]]]:
        """Where ``terms`` stand in each text, ascending: at which word, or character of Chinese."""

    def language(self, text: str) -> str:
        """The dominant language: ``zh``, ``en``, another ISO 639-1 code, or ``und``."""
