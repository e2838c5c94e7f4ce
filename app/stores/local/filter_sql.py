"""Filters as SQL over the ``attributes`` table, with the meaning of `app.filters.matches`."""

from __future__ import annotations

from typing import Final

from app.filters import And, Compare, Exists, Filter, Not, OneOf, Or
from app.stores.local.rows import sql_value

_OPERATORS: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def compile_filter(where: Filter) -> tuple[str, list[object]]:
    """A condition on ``chunks.key`` and the values to bind to it."""
    match where:
        case OneOf(field, values):
            marks = ", ".join("?" for _ in values)
            return _member(f"value IN ({marks})"), [field, *map(sql_value, values)]
        case Compare(field, order, value):
            kinds = "('text')" if isinstance(value, str) else "('integer', 'real')"
            condition = f"value {_OPERATORS[order]} ? AND typeof(value) IN {kinds}"
            return _member(condition), [field, sql_value(value)]
        case Exists(field):
            return _member("TRUE"), [field]
        case And(parts):
            return _joined(parts, " AND ", empty="TRUE")
        case Or(parts):
            return _joined(parts, " OR ", empty="FALSE")
        case Not(part):
            condition, bound = compile_filter(part)
            return f"NOT ({condition})", bound


def _member(condition: str) -> str:
    return f"key IN (SELECT chunk FROM attributes WHERE name = ? AND {condition})"  # noqa: S608 - built from literals, values are bound


def _joined(parts: tuple[Filter, ...], word: str, *, empty: str) -> tuple[str, list[object]]:
    if not parts:
        return empty, []
    conditions: list[str] = []
    values: list[object] = []
    for part in parts:
        condition, bound = compile_filter(part)
        conditions.append(f"({condition})")
        values += bound
    return word.join(conditions), values
