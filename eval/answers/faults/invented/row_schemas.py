"""Schemas of invented tables and records.

They are in ``rows.json`` beside this file, written for this project.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from eval.answers.faults.cases import Lang


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its possible values, and phrases that state one of a row."""

    head: str
    measure: str
    """Kind of quantity; values of columns with the same one can be confused: two lengths, two
    prices."""
    values: Sequence[str]
    phrases: Sequence[str]
    """Phrases with ``{label}`` and ``{value}``."""


@dataclass(frozen=True, slots=True)
class Schema:
    """A table whose rows have labels."""

    key: str
    lang: Lang
    title: str
    heading: str
    label_head: str
    labels: Sequence[str]
    columns: Sequence[Column]


@dataclass(frozen=True, slots=True)
class RecordSchema:
    """Lines of ``key: value`` fields; ``{part0}`` is the first of its shuffled choices."""

    key: str
    lang: Lang
    title: str
    text: str
    choices: Mapping[str, Sequence[str]]
    false: Sequence[str]
    true: Sequence[str]


def read_tables() -> list[Schema]:
    """Reads the tables in order."""
    return [
        Schema(**{**row, "columns": [Column(**column) for column in row["columns"]]})
        for row in _read()["tables"]
    ]


def read_records() -> list[RecordSchema]:
    """Reads the records in order."""
    return [RecordSchema(**row) for row in _read()["records"]]


@lru_cache(maxsize=1)
def _read() -> dict[str, list[dict[str, Any]]]:
    path = Path(__file__).with_name("rows.json")
    content: dict[str, list[dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    return content
