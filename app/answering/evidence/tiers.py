"""Rows for ranges: which tier of a table a number of the question falls into.

"What is the notice after 7 years?" is answered by the row "6 to 9", in which no 7 stands.
"""

from __future__ import annotations

import re
from typing import Final

from app.text.normalise import fold_compatibility

_N: Final = r"(\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,4})?)"
_UNIT: Final = r"\s?[^\W\d]{0,12}\s?"
_BETWEEN: Final = re.compile(rf"{_N}{_UNIT}(?:to|-|–|—|~|～|至|到|and|—)\s?{_N}", re.IGNORECASE)
_UPPER: Final = re.compile(
    r"(?:up to|at most|under|below|less than|fewer than|no more than|not more than|maximum"
    rf"|until|<=?|≤|至多|最多|不超过|不满|不足|低于|少于|小于)\s?{_N}"
    rf"|{_N}{_UNIT}(?:or less|or fewer|and less|and below|or under|及?以下|以内|之内)",
    re.IGNORECASE,
)
_LOWER: Final = re.compile(
    r"(?:from|at least|over|above|more than|minimum|>=?|≥|至少|超过|高于|大于|多于|满|不少于"
    rf"|不低于)\s?{_N}"
    rf"|{_N}{_UNIT}(?:\+|or more|and more|or above|and over|and above|upwards|及?以上|起)|{_N}\+",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(rf"(?<![A-Za-z\d_.,/第-]){_N}(?!\w{{0,40}}[-/.]\d|[A-Za-z]\d)")
_YEAR: Final = range(1_900, 2_100)


def amounts(question: str) -> list[float]:
    """The numbers of a question that name nothing: no years, no parts of identifiers."""
    found = (_value(match[1]) for match in _NUMBER.finditer(fold_compatibility(question)))
    return [value for value in found if int(value) not in _YEAR]


def falls_into(tier: str, values: list[float]) -> float:
    """1 where one of ``values`` lies in the range of ``tier``, −1 where none does, else 0."""
    if not values:
        return 0.0
    text = fold_compatibility(tier)
    if match := _BETWEEN.search(text):
        low, high = _value(match[1]), _value(match[2])
        return _sign(low <= high and any(low <= value <= high for value in values))
    if match := _UPPER.search(text):
        high = _value(next(filter(None, match.groups())))
        return _sign(any(value <= high for value in values))
    if match := _LOWER.search(text):
        low = _value(next(filter(None, match.groups())))
        return _sign(any(value >= low for value in values))
    return 0.0


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def _sign(fits: bool) -> float:  # noqa: FBT001 - a truth that becomes a number
    return 1.0 if fits else -1.0
