"""What knows the words of the other language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.domain.questions import Sense


class Glossary(Protocol):
    """Knows what words are called in the other language."""

    def senses(self, terms: Sequence[str], language: str) -> list[Sense]:
        """What ``terms`` of a question in ``language`` may be called; nothing, where unknown.

        ``language`` is ``zh`` or another; the other language is English or Chinese.
        """
