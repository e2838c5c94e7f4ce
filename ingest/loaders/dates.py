"""Dates as documents write them, reduced to ``YYYY-MM-DD``.

Only the day is kept: as strings, days compare in order and ``lte 2024-01-31`` includes all of
that day, neither of which holds for a mix of days, times and time zones.
"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from typing import Final

_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_PDF: Final = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})(?:\d{2}){0,3}(?:[Z+\-].*)?$")
_CHINESE: Final = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_MONTH_FIRST: Final = re.compile(
    r"([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.IGNORECASE
)
_DAY_FIRST: Final = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3})[a-z]*\.?,?\s+(\d{4})", re.IGNORECASE
)


def iso_day(value: object) -> str | None:  # noqa: PLR0911 - one return a notation
    """The day that ``value`` names, or ``None`` where it names none.

    Reads dates and the notations of ISO 8601, PDF, RFC 5322, English and Chinese. All-numeric
    days in another order (``3/4/2024``) are ambiguous and not read.
    """
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if not isinstance(value, str):
        return None
    text = value.strip()
    for pattern in (_ISO, _PDF, _CHINESE):
        if match := pattern.match(text):
            return _day(*match.groups())
    if match := _MONTH_FIRST.match(text):
        return _named(match[3], match[1], match[2])
    if match := _DAY_FIRST.match(text):
        return _named(match[3], match[2], match[1])
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except ValueError:
        return None


def _named(year: str, month: str, day: str) -> str | None:
    name = month.lower()
    return _day(year, str(_MONTHS.index(name) + 1), day) if name in _MONTHS else None


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
