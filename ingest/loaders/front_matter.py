"""Fields that authors put in front of a text: YAML between ``---``, TOML between ``+++``."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from typing import Final

import yaml

from app.domain.documents import MetadataValue, Scalar
from ingest.loaders.dates import iso_day

_YAML: Final = re.compile(r"\A\s*?---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML: Final = re.compile(r"\A\s*?\+\+\+[ \t]*\n(.*?)(?:^|\n)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD: Final = re.compile(r"^([A-Za-z_][\w .-]{0,60}?)\s*:\s*(.*)$")
_AUTHOR_KEYS: Final = ("author", "authors")


def split_front_matter(text: str) -> tuple[dict[str, MetadataValue], str]:
    """Scalar fields (lists of scalars as tuples, nested ones left out) and the text behind them.

    ``authors`` becomes ``author``, joined by commas; ``date`` becomes ``YYYY-MM-DD`` or is
    dropped. Text that merely begins with a rule is returned whole.
    """
    if match := _TOML.match(text):
        raw = _read_toml(match[1])
    elif match := _YAML.match(text):
        raw = _read_yaml(match[1])
    else:
        return {}, text
    if raw is None:
        return {}, text
    return _fields(raw), text[match.end() :]


def _read_toml(source: str) -> Mapping[object, object] | None:
    try:
        fields: dict[object, object] = dict(tomllib.loads(source).items())

    except tomllib.TOMLDecodeError:
        return None
    return fields


def _read_yaml(source: str) -> Mapping[object, object] | None:
    try:
        raw = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError, RecursionError):
        # Unquoted colons are common: ``title: RAG: a survey``. Lines of name and value will do.
        lines = [match for line in source.split("\n") if (match := _FIELD.match(line))]
        return {match[1]: match[2].strip(" \"'") for match in lines if match[2]} or None
    if raw is None:
        return {}
    return raw if isinstance(raw, Mapping) else None


def _fields(raw: Mapping[object, object]) -> dict[str, MetadataValue]:
    fields: dict[str, MetadataValue] = {}
    for key, value in raw.items():
        name = str(key).strip()
        if name.lower() in _AUTHOR_KEYS:
            author = _author(value)
            if author:
                fields["author"] = author
        elif name.lower() == "date":
            day = iso_day(value)
            if day:
                fields["date"] = day
        elif (kept := _value(value)) is not None:
            fields[name] = kept
    return fields


def _author(value: object) -> str:
    """Names from a name, a list of names, or a list of objects with a ``name``."""
    values = value if isinstance(value, list) else [value]
    names = (item.get("name") if isinstance(item, Mapping) else item for item in values)
    return ", ".join(str(name).strip() for name in names if isinstance(name, str) and name.strip())


def _value(value: object) -> MetadataValue | None:
    if isinstance(value, list | tuple):
        scalars = [_scalar(item) for item in value]
        kept = tuple(item for item in scalars if item is not None)
        return kept if kept and len(kept) == len(scalars) else None
    return _scalar(value)


def _scalar(value: object) -> Scalar | None:
    if isinstance(value, dt.date):
        return iso_day(value)
    if isinstance(value, str):
        return value.strip() or None
    return value if isinstance(value, bool | int | float) else None
