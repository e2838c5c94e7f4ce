"""The terms of a text that say what it is about."""

from __future__ import annotations

from typing import Final

from app.ports.analyzer import Analyzer

FUNCTION_WORDS: Final = (
    "a an the this that these those it its they their there here he she we you your i my our "
    "is are was were be been being am do does did done has have had can could may might must "
    "shall should will would not no nor and or but if then than so as at by for from in into "
    "of on onto out over to up with without about between through during before after above "
    "below under what which who whom whose when where why how many much kind mean means "
    "stand refer call called 使 的 了 是 在 有 和 与 或 及 为 于 被 把 将 从 到 对 由 以 也 "
    "都 就 而 又 还 不 很 更 最 什么 为什么 怎么 怎样 如何 哪 哪里 哪些 哪个 哪一年 谁 多少 "
    "几 吗 呢 是什么 是谁 是多少 什么时候 有哪些 有什么 是指什么 这 那 其 它 他 她 我 你 个 "
    "种 一 一个 一种"
)
"""Words of grammar and of asking, in both languages; what is left of a text is its content."""


class ContentTerms:
    """The analyzer's terms of a text without `FUNCTION_WORDS`."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._ignored = frozenset(analyzer.terms(FUNCTION_WORDS))

    def of(self, text: str) -> frozenset[str]:
        """Distinct content terms, compared as every index compares them."""
        return frozenset(self._analyzer.terms(text)) - self._ignored

    def sequence(self, text: str) -> list[str]:
        """All terms in reading order, function words included."""
        return self._analyzer.terms(text)
