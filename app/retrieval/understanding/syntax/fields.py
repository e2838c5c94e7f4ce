"""What ``field:value`` in a query asks of the metadata."""

from __future__ import annotations

import re
from typing import Final

from app.filters import MOST_CHARACTERS, Filter, parse_filter

_DATE: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?", re.ASCII)
_BEHIND_A_DATE: Final = "~"
"""Sorts behind whatever a date goes on with."""
_ORDERS: Final = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
_TRUTHS: Final = {"true": True, "false": False}


def compared(field: str, order: str, value: str) -> Filter | None:
    """A field that is ``value``, or stands in ``order`` to it; ``None`` where no filter says so.

    Nobody writes the type of a value: ``2024`` is the number, the text and the dates of that year.
    """
    if len(value) >= MOST_CHARACTERS or field in ("and", "or", "not"):
        return None
    number: float | None = None
    if _NUMBER.fullmatch(value):
        number = float(value) if "." in value else int(value)
    is_date = _DATE.fullmatch(value) is not None
    if order:
        last = f"{value}{_BEHIND_A_DATE}" if is_date and order in (">", "<=") else value
        values = [last] if number is None else [last, number]
        return parse_filter({"or": [{field: {_ORDERS[order]: each}} for each in values]})
    same: list[object] = [value]
    if number is not None:
        same.append(number)
    if value.lower() in _TRUTHS:
        same.append(_TRUTHS[value.lower()])
    within = {field: {"gte": value, "lte": f"{value}{_BEHIND_A_DATE}"}}
    return parse_filter({"or": [{field: same}, *([within] if is_date else [])]})
