"""Metadata filters: their JSON form, their meaning, and nothing of how a store applies them.

::

    {"lang": "zh"}                                   equals (any element, for a list)
    {"lang": ["zh", "en"]}                           one of; the same as {"in": [...]}
    {"date": {"gte": "2024-01-01", "lt": "2025"}}    ordered: strings as strings, numbers as numbers
    {"page": {"exists": true}}
    {"and": [...]}  {"or": [...]}  {"not": {...}}    several keys in one object are joined by and

A comparison with a field that is absent, or of another type, is false; ``ne`` and ``not`` are true
exactly where their positive form is false. Dates are ISO 8601 strings, which sort as time does.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from app.domain import Metadata, MetadataValue, Scalar
from app.errors import InvalidFilter

Order: TypeAlias = Literal["gt", "gte", "lt", "lte"]

MAX_DEPTH: Final = 16
"""Deepest nesting that is read."""
MAX_VALUES: Final = 1_000
"""Most values that one ``in`` may list."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field, or an element of it, equals one of ``values``."""

    field: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """The field, or an element of it, stands in this order to ``value``."""

    field: str
    order: Order
    value: str | int | float


@dataclass(frozen=True, slots=True)
class Exists:
    """The field is there."""

    field: str


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold; an empty one always does."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Filter


Filter: TypeAlias = OneOf | Compare | Exists | And | Or | Not


def parse_filter(source: object) -> Filter | None:
    """Reads the JSON form; ``None`` and ``{}`` mean no filter.

    Raises:
        InvalidFilter: with the offending part and what would be accepted.
    """
    if source is None or source == {}:
        return None
    return _parse(source, depth=0)


def matches(where: Filter, metadata: Metadata) -> bool:
    """The meaning of a filter, which every store must agree with."""
    match where:
        case OneOf(field, values):
            return any(_same(have, want) for have in _elements(metadata, field) for want in values)
        case Compare(field, order, value):
            return any(
                _comparable(have, value) and _ORDERS[order](have, value)
                for have in _elements(metadata, field)
            )
        case Exists(field):
            return field in metadata
        case And(parts):
            return all(matches(part, metadata) for part in parts)
        case Or(parts):
            return any(matches(part, metadata) for part in parts)
        case Not(part):
            return not matches(part, metadata)


_ORDERS: Final[Mapping[Order, Callable[[Any, Any], bool]]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def _elements(metadata: Metadata, field: str) -> tuple[Scalar, ...]:
    value: MetadataValue | None = metadata.get(field)
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _same(have: Scalar, want: Scalar) -> bool:
    return isinstance(have, bool) == isinstance(want, bool) and have == want


def _comparable(have: Scalar, value: Scalar) -> bool:
    if isinstance(have, bool) or isinstance(value, bool):
        return False
    return isinstance(have, str) == isinstance(value, str)


def _parse(source: object, depth: int) -> Filter:
    if depth > MAX_DEPTH:
        raise InvalidFilter(f"The filter nests deeper than {MAX_DEPTH} levels.")
    if not isinstance(source, Mapping):
        raise InvalidFilter('A filter is a JSON object such as {"lang": "zh"}.')
    parts = tuple(_parse_entry(key, value, depth) for key, value in source.items())
    return parts[0] if len(parts) == 1 else And(parts)


def _parse_entry(key: object, value: object, depth: int) -> Filter:
    if not isinstance(key, str) or not key:
        raise InvalidFilter("A filter names its fields by non-empty strings.")
    if key in ("and", "or"):
        if not isinstance(value, list) or not value:
            raise InvalidFilter(f'"{key}" takes a non-empty list of filters.')
        parts = tuple(_parse(part, depth + 1) for part in value)
        return And(parts) if key == "and" else Or(parts)
    if key == "not":
        return Not(_parse(value, depth + 1))
    if isinstance(value, list):
        return OneOf(key, _scalars(key, value))
    if isinstance(value, Mapping):
        if not value:
            raise InvalidFilter(f'"{key}" has an empty condition; give one such as {{"eq": 1}}.')
        parts = tuple(_parse_condition(key, name, operand) for name, operand in value.items())
        return parts[0] if len(parts) == 1 else And(parts)
    return OneOf(key, _scalars(key, [value]))


def _parse_condition(field: str, name: object, operand: object) -> Filter:
    match name:
        case "eq":
            return OneOf(field, _scalars(field, [operand]))
        case "ne":
            return Not(OneOf(field, _scalars(field, [operand])))
        case "in":
            if not isinstance(operand, list):
                raise InvalidFilter(f'"in" for "{field}" takes a list.')
            return OneOf(field, _scalars(field, operand))
        case "gt" | "gte" | "lt" | "lte":
            if isinstance(operand, bool) or not isinstance(operand, str | int | float):
                raise InvalidFilter(f'"{name}" for "{field}" takes a string or a number.')
            return Compare(field, name, operand)
        case "exists":
            if not isinstance(operand, bool):
                raise InvalidFilter(f'"exists" for "{field}" takes true or false.')
            return Exists(field) if operand else Not(Exists(field))
    raise InvalidFilter(
        f'"{field}" has an unknown condition "{name}"; use eq, ne, gt, gte, lt, lte, in or exists.'
    )


def _scalars(field: str, values: list[object]) -> tuple[Scalar, ...]:
    if len(values) > MAX_VALUES:
        raise InvalidFilter(f'"{field}" lists more than {MAX_VALUES} values.')
    scalars: list[Scalar] = []
    for value in values:
        if not isinstance(value, str | int | float):
            raise InvalidFilter(f'"{field}" is compared with strings, numbers and booleans only.')
        scalars.append(value)
    return tuple(scalars)
