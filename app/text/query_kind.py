"""What sort of query somebody typed, as far as its form tells."""

from __future__ import annotations

import re
from typing import Final

from app.domain.queries import QueryKind

_IDENTIFIER: Final = re.compile(
    r"\w_\w"  # snake_case
    r"|[a-z][A-Z]"  # camelCase
    r"|::|->|\(\)"
    # Letters and digits in one word: v2, GPT4, 3D; but no 80s and no 15th.
    r"|{letter}\d|\d(?!(?:s|st|nd|rd|th)\b){letter}"
    # file.py, a/path; but no U.S. and no e.g.
    r"|{letter}{letter}[./\\]{letter}|{letter}[./\\]{letter}{letter}"
    r"|\d\.\d+\.\d"  # a version
    r"|\b[A-Z]{{2,}}-\d".format(  # CVE-2024
        letter=r"[^\W\d\u3400-\u9fff\uf900-\ufaff]"  # no Han: 2013年 is a word and a number
    )
)
_ENGLISH_QUESTION: Final = re.compile(
    r"(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|do|does|did|can|could"
    r"|should|will|would|has|have)\b",
    re.IGNORECASE,
)
_CHINESE_QUESTION: Final = re.compile(
    r"什么|什麼|甚么|甚麼|谁|誰|哪|何时|何時|何处|何處|为何|為何|如何|怎么|怎麼"
    r"|怎样|怎樣|多少|多久|多大|是否|吗|嗎|呢$"
    r"|[几幾](?![何乎率])"  # how many; but no geometry, no almost, no probability
)


def query_kind(text: str) -> QueryKind:
    """``identifier`` where a name of code or a version stands in it, else ``question`` or not.

    Made of the characters alone, so that a tuned weight for a kind is applied to just the queries
    that it was tuned on.
    """
    if _IDENTIFIER.search(text):
        return "identifier"
    return "question" if asks(text) else "keywords"


def asks(text: str) -> bool:
    """Whether it has the form of a question, in English or in Chinese."""
    stripped = text.strip()
    return bool(
        stripped.endswith(("?", "？"))
        or _ENGLISH_QUESTION.match(stripped)
        or _CHINESE_QUESTION.search(stripped)
    )
