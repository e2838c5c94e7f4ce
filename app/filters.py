"""Metadata filters: their JSON form, their meaning, and nothing of how a store applies them.

::

    {"lang": "zh"}                                   equals (any element, for a list)
    {"lang": ["zh", "en"]}                           one of; the same as {"in": [...]}
    {"date": {"gte": "2024-01-01", "lt": "2025"}}    ordered: strings as strings, numbers as numbers
    {"page": {"exists": true}}
    {"and": [...]}  {"or": [...]}  {"not": {...}}    several keys in one object are joined by and

A comparison with a field that is absent, or of another type, is false; ``ne`` and ``not`` are true
exactly where their positive form is false. A field that is an empty list is absent. Dates are ISO
8601 strings, which sort as time does; date-times with an offset from UTC are compared as instants.
Integers of more than 64 bits are compared as floats.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from app.domain.documents import Metadata, MetadataValue, Scalar
from app.errors import InvalidFilter
from app.instants import sortable

Order: TypeAlias = Literal["gt", "gte", "lt", "lte"]

MAX_DEPTH: Final = 16
"""Deepest nesting that is read."""
MAX_CONDITIONS: Final = 200
"""Most comparisons that one filter may make; an object without keys counts as one."""
MAX_VALUES: Final = 1_000
"""Most values that one filter may list."""
MOST_CHARACTERS: Final = 999
"""Of a text that a filter compares: stores need not keep longer ones whole for it."""
_INTEGERS: Final = range(-(2**63), 2**63)
"""What stores keep exactly."""


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
class Holds:
    """The chunk's indexed text holds these words side by side, in this order.

    They are words as `app.ports.analyzer.Analyzer.sequence` gives them, and at least one. The JSON
    form has no such condition: a query has, in quotes.
    """

    words: tuple[str, ...]


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


Comparison: TypeAlias = OneOf | Compare | Exists
Filter: TypeAlias = Comparison | Holds | And | Or | Not


def parse_filter(source: object) -> Filter | None:
    """Reads the JSON form; ``None`` and ``{}`` mean no filter.

    Raises:
        InvalidFilter: with the offending part and what would be accepted.
    """
    if source is None or source == {}:
        return None
    where = _parse(source, depth=0)
    conditions = list(_conditions(where))
    if len(conditions) > MAX_CONDITIONS:
        raise InvalidFilter(f"The filter makes more than {MAX_CONDITIONS} comparisons.")
    if sum(len(part.values) for part in conditions if isinstance(part, OneOf)) > MAX_VALUES:
        raise InvalidFilter(f"The filter lists more than {MAX_VALUES} values.")
    return where


def matches(where: Filter, metadata: Metadata, sequence: Sequence[str]) -> bool:
    """The meaning of a filter, which every store must agree with.

    ``sequence`` are the words of the chunk's indexed text; see `Holds`.
    """
    match where:
        case Holds(words):
            return holds(sequence, words)
        case And(parts):
            return all(matches(part, metadata, sequence) for part in parts)
        case Or(parts):
            return any(matches(part, metadata, sequence) for part in parts)
        case Not(part):
            return not matches(part, metadata, sequence)
        case _:
            return _meets(where, _elements(metadata, where.field))


def holds(sequence: Sequence[str], words: Sequence[str]) -> bool:
    """Whether ``words`` stand side by side in ``sequence``, in their order."""
    return f" {' '.join(words)} " in f" {' '.join(sequence)} "


def _meets(where: Comparison, elements: tuple[Scalar, ...]) -> bool:
    match where:
        case OneOf(_, values):
            wanted = [_sortable(value) for value in values]
            return any(_same(have, want) for have in elements for want in wanted)
        case Compare(_, order, wanted):
            value = _sortable(wanted)
            return any(
                _comparable(have, value) and _ORDERS[order](have, value) for have in elements
            )
        case Exists():
            return bool(elements)


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
    return tuple(map(_sortable, value if isinstance(value, tuple) else (value,)))


def _sortable(value: Scalar) -> Scalar:
    return sortable(value) if isinstance(value, str) else value


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
    if not isinstance(key, str) or not key or not _is_unicode(key):
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
            return Compare(field, name, _scalar(field, operand))
        case "exists":
            if not isinstance(operand, bool):
                raise InvalidFilter(f'"exists" for "{field}" takes true or false.')
            return Exists(field) if operand else Not(Exists(field))
    raise InvalidFilter(
        f'"{field}" has an unknown condition "{name}"; use eq, ne, gt, gte, lt, lte, in or exists.'
    )


def _scalars(field: str, values: list[object]) -> tuple[Scalar, ...]:
    return tuple(_scalar(field, value) for value in values)


def _scalar(field: str, value: object) -> Scalar:
    """The value as stores compare it."""
    match value:
        case bool():
            return value
        case str() if _is_unicode(value):
            if len(value) > MOST_CHARACTERS:
                raise InvalidFilter(
                    f'"{field}" is compared with a text of more than {MOST_CHARACTERS} characters.'
                )
            return value
        case int():
            number = value if value in _INTEGERS else _as_float(value)
        case float():
            number = value
        case _:
            raise InvalidFilter(f'"{field}" is compared with strings, numbers and booleans only.')
    if not math.isfinite(number):
        raise InvalidFilter(f'"{field}" is compared with finite numbers only.')
    return number


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _is_unicode(text: str) -> bool:
    """Whether UTF-8 can hold it: JSON may escape one half of a surrogate pair."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _conditions(where: Filter) -> Iterator[Comparison | Holds | And]:
    """Everything that is not made of others; an object without keys among them."""
    match where:
        case And(()):
            yield where
        case And(parts) | Or(parts):
            for part in parts:
                yield from _conditions(part)
        case Not(part):
            yield from _conditions(part)
        case _:
            yield where
