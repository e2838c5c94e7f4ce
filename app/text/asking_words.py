"""Words that only ask, in both languages."""

from __future__ import annotations

import re
from typing import Final

_INTERROGATIVE: Final = (
    r"(?:what|whats|who|whos|whom|whose|which|when|where|wheres|why|how|hows|is|are|was|were|do|does|did|can|could"
    r"|should|will|would|may|must|has|have)"
)
ASKS: Final = re.compile(
    rf"\b{_INTERROGATIVE}\b|[?？]|什么|谁|哪|何时|如何|为何|为什么|怎么|怎样|多少|多久|多长"
    r"|多大|多高|多重|几|是否|吗|呢|能否|可否|可不可以|能不能|有没有",
    re.IGNORECASE,
)
"""Whether a text asks anything."""
PRONOUN: Final = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|he|she|his|her|him"
    r"|(?<!is )(?<!are )there|one(?! of\b)|ones|same|former|latter|other)\b"
    r"|(?<!其)[它他]|她|这个?(?!月|周|星期|季度|年)|那个?|其中|该|上述"
    r"|前者|后者|此(?!次|外|后|前)",
    re.IGNORECASE,
)
"""What stands for something that was named before."""
