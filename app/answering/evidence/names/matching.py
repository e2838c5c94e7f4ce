"""How a name is met in a text: as a whole, or but for slips of the keyboard."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=1_024)
def bounded(text: str) -> re.Pattern[str]:
    """``text`` as a whole: no letter, digit or inner dot goes on from it."""
    return re.compile(
        rf"(?<![a-z\d])(?<!\d[.,-]){re.escape(text)}(?![a-z\d]|[.,]\d|-\d)"
        if text[:1].isascii()
        else re.escape(text)
    )
