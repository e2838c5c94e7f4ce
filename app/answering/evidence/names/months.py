"""Months that are named, and dates in digits that lie in them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def month_of(name: str) -> int | None:
    """The number of an English month, 1 to 12; ``None`` where it is none."""
    folded = name.casefold()
    return _MONTHS.index(folded) + 1 if folded in _MONTHS else None


@lru_cache(maxsize=12)
def dates_in_month(month: int) -> re.Pattern[str]:
    """Finds dates of that month that are written in digits, year first, or as Chinese has them."""
    return re.compile(rf"(?<!\d)\d{{4}}[-/. ]0?{month}[-/. ]\d{{1,2}}(?!\d)|(?<!\d)0?{month}\s?月")
