"""Words that a question is built with and that say nothing of what it is about.

They stand in the index, so that nothing is lost for good, and are left out of what a question
looks for: passages that happen to hold a "what" or a 什么 are no better for it
(``docs/results/query_terms.json``, ``docs/decisions/0010-function-words-in-questions.md``).
"""

from __future__ import annotations

from typing import Final

ENGLISH: Final = frozenset(
    """
    what who whom whose which when where why how
    a an the this that these those there
    is are was were be been do does did can could should would will shall may might has have had
    of in on at to for from by with about as and or if not
    i you we they he she it his her its their my your our me them
    much many
    """.split()  # noqa: SIM905 - a list of words reads as words
)
"""Lower case. ``us`` is not among them: without its capitals it can't be told from the country."""

CHINESE: Final = frozenset(
    """
    什么 甚么 谁 哪 哪个 哪些 哪里 哪位 哪一 哪年 何时 如何 怎么 怎样 为什么 为何 多少 几 吗 呢 请问
    的 了 是 在 有 和 与 及 被 由 于 为 以 之 中 个 一个 其 它 他 她 这 那
    """.split()  # noqa: SIM905 - as above
)
"""As the analyzer segments and folds them: simplified."""


def is_english_function_word(token: str, *, first: bool = False) -> bool:
    """Whether a word as it was written is one; in capitals it is a name (IT, WHO, vitamin A).

    ``first``: it begins the text, where a capital says nothing of a single letter.
    """
    word = token.partition("'")[0]  # what's, they're
    if word.isupper() and (len(word) > 1 or (word == "A" and not first)):
        return False
    return word.lower() in ENGLISH
