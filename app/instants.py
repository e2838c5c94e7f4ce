"""Date-times with an offset from UTC, which name instants and not only times of a clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_LONGEST: Final = 48
_INSTANT: Final = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[Tt ](?P<minute>\d\d:\d\d)(?P<second>:\d\d)?(?P<fraction>\.\d{1,12})?"
    r" ?(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)",
    re.ASCII,
)


def sortable(text: str) -> str:
    """A date-time with an offset in UTC, to the second at least; any other text as it is.

    Such texts sort as the instants do, and are equal where these are: ``2024-05-03T10:00+02:00``
    is ``2024-05-03T08:00:00+00:00``.
    """
    found = _INSTANT.fullmatch(text) if len(text) <= _LONGEST else None
    if not found:
        return text
    zone = found["zone"].upper()
    clock = f"{found['day']}T{found['minute']}{found['second'] or ':00'}"
    try:
        instant = datetime.fromisoformat(clock + zone).astimezone(UTC)
    except (ValueError, OverflowError):  # there is no such day, or no year for it
        return text
    fraction = (found["fraction"] or "").rstrip("0").rstrip(".")
    return f"{instant.isoformat().removesuffix('+00:00')}{fraction}+00:00"
