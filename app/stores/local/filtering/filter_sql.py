"""One comparison of a filter as SQL over the ``attributes`` table; see `app.filters.matches`."""

from __future__ import annotations

from typing import Final

from app.filters import Compare, Comparison, Exists, OneOf
from app.stores.local.catalog.rows import sql_value

_OPERATORS: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def compile_comparison(where: Comparison) -> tuple[str, tuple[object, ...]]:
    """A condition on ``name`` and ``value``, and the values to bind to it.

    Two comparisons of one meaning may differ, but never two of different meanings be the same:
    ``True`` and ``1``, which Python takes for equal, are not bound alike.
    """
    match where:
        case OneOf(field, values):
            marks = ", ".join("?" for _ in values)
            return f"name = ? AND value IN ({marks})", (field, *map(sql_value, values))
        case Compare(field, order, value):
            kinds = "('text')" if isinstance(value, str) else "('integer', 'real')"
            condition = f"name = ? AND value {_OPERATORS[order]} ? AND typeof(value) IN {kinds}"
            return condition, (field, sql_value(value))
        case Exists(field):
            return "name = ?", (field,)
