"""Words of the office templates in English and Chinese, read from ``vocabulary.json``.

Bars separate the cells of a table row there, and semicolons the variants within a cell. ``{s}`` is
a subject (``{S}`` capitalised, ``{s0}`` without its article), ``{a}`` an attribute (``{A}``
capitalised), ``{v}`` its value, ``{n}`` a number.

==============================  ==================================================================
machine, office, policy         names, 名称, sort of value, questions without them, 不提名称的问题
errors                          what is wrong, 故障, what to do, 处理
permits                         nouns, verbs, 名称, 问题
faqs                            question, in other words, answers, 问题, 其他问法, 回答
roles                           names, 名称
==============================  ==================================================================
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Final, TypeAlias

Bilingual: TypeAlias = tuple[str, str]
"""A text in English and in Chinese."""
BilingualVariants: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""Variants of a text in English and in Chinese."""
Cells: TypeAlias = tuple[str, ...]

_WORDS: Final[dict[str, Any]] = json.loads(
    (files("train.bundled.office") / "vocabulary.json").read_text(encoding="utf-8")
)


def variants(text: str) -> tuple[str, ...]:
    """The variants of a cell, which semicolons separate."""
    return tuple(part.strip() for part in text.split(";"))


def _table(name: str) -> tuple[Cells, ...]:
    return tuple(tuple(cell.strip() for cell in line.split("|")) for line in _WORDS[name])


def _pairs(name: str) -> tuple[Bilingual, ...]:
    parts = [line.partition(":") for line in _WORDS[name]]
    return tuple((english, chinese) for english, _, chinese in parts)


def _split(name: str) -> tuple[str, ...]:
    return tuple(_WORDS[name].split())


def _ways(shapes: list[list[str]]) -> BilingualVariants:
    english, chinese = shapes
    return tuple(english), tuple(chinese)


MACHINE: Final = _table("machine")
OFFICE: Final = _table("office")
POLICY: Final = _table("policy")
ERRORS: Final = _table("errors")
PERMITS: Final = _table("permits")
FAQS: Final = _table("faqs")
ROLES: Final = _table("roles")

CITIES: Final = _pairs("cities")
COUNTRIES: Final = _pairs("countries")
UNITS: Final = _pairs("units")
PLANS: Final = _pairs("plans")
CONTRACTS: Final = _pairs("contracts")
BEASTS: Final = _pairs("beasts")
THINGS: Final = _pairs("things")
COMPANIES: Final = _pairs("companies")
COLOURS: Final = _pairs("colours")
MATERIALS: Final = _pairs("materials")
PLACES: Final = _pairs("places")
LANGUAGES: Final = _pairs("languages")
WEEKDAYS: Final = _pairs("weekdays")

FIRST: Final = _split("first")
LAST: Final = _split("last")
HAN_FIRST: Final = _split("han_first")
HAN_LAST: Final = _split("han_last")
MONTHS: Final = _split("months")

SENTENCES: Final = _ways(_WORDS["sentences"])
BARE: Final = _ways(_WORDS["bare"])
BELOW: Final = _ways(_WORDS["below"])
MENTIONS: Final = _ways(_WORDS["mentions"])
HEADINGS: Final = _ways(_WORDS["headings"])
ASKED: Final[dict[str, BilingualVariants]] = {k: _ways(v) for k, v in _WORDS["asked"].items()}
TITLES: Final[dict[str, BilingualVariants]] = {k: _ways(v) for k, v in _WORDS["titles"].items()}
