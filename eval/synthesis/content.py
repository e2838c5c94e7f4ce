"""Content terms of a text."""

from __future__ import annotations

from typing import Final

from app.ports.analyzer import Analyzer
from app.text.function_words import CHINESE, ENGLISH

_ASKING: Final = frozenset(
    """
    here being am done must no nor but then than so into onto out over up without between
    through during before after above below under kind mean means stand refer call called
    使 或 把 将 从 到 对 也 都 就 而 又 还 不 很 更 最 我 你 种 一 一种
    哪一年 是什么 是谁 是多少 什么时候 有哪些 有什么 是指什么
    """.split()  # noqa: SIM905 - a list of words reads as words
)
FUNCTION_WORDS: Final = " ".join(sorted(ENGLISH | CHINESE | _ASKING))
"""Function and question words of both languages; the other words of a text are its content."""


class ContentTerms:
    """The analyzer's terms of a text without `FUNCTION_WORDS`."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._ignored = frozenset(analyzer.terms(FUNCTION_WORDS))

    def of(self, text: str) -> frozenset[str]:
        """Distinct content terms, normalised as in every index."""
        return frozenset(self._analyzer.terms(text)) - self._ignored

    def sequence(self, text: str) -> list[str]:
        """All terms in reading order, function words included."""
        return self._analyzer.terms(text)
