"""What sort of query somebody typed, as far as its form tells."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

QueryKind: TypeAlias = Literal["question", "identifier", "keywords"]

_IDENTIFIER: Final = re.compile(
    r"\w_\w"  # snake_case
    r"|[a-z][A-Z]"  # camelCase
    r"|::|->|\(\)"
    r"|[^\W\d]\d|\d[^\W\d]"  # letters and digits in one word: v2, GPT4, 3D
    r"|[^\W\d][./\\][^\W\d]"  # file.py, a/path
    r"|\d\.\d+\.\d"  # a version
    r"|\b[A-Z]{2,}-\d"  # CVE-2024
)
_ENGLISH_QUESTION: Final = re.compile(
    r"(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|do|does|did|can|could"
    r"|should|will|would|has|have)\b",
    re.IGNORECASE,
)
_CHINESE_QUESTION: Final = re.compile(
    r"什么|什麼|谁|誰|哪|何时|何時|何处|何處|为何|為何|如何|怎么|怎麼|怎样|怎樣|多少|多久|多大|几|幾|是否|吗|嗎|呢$"
)


def query_kind(text: str) -> QueryKind:
    """``identifier`` where a name of code or a version stands in it, else ``question`` or not.

    Made of the characters alone, so that a tuned weight for a kind is applied to just the queries
    that it was tuned on.
    """
    if _IDENTIFIER.search(text):
        return "identifier"
    stripped = text.strip()
    asks = stripped.endswith(("?", "？")) or _ENGLISH_QUESTION.match(stripped)
    return "question" if asks or _CHINESE_QUESTION.search(stripped) else "keywords"
