"""Where each setting in force comes from, for people who wonder why it is what it is."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from pydantic import SecretStr

from app.settings.configuration import CONFIG_VARIABLE, Settings, settings_file

Origin: TypeAlias = Literal["default", "file", "environment"]
PREFIX: Final = "ATTEST_"
SEPARATOR: Final = "__"
HIDDEN: Final = "(set)"
"""Shown in place of a secret."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A setting, its value as it is shown, and where that comes from."""

    name: str
    value: str
    origin: Origin


def in_force(settings: Settings) -> list[InForce]:
    """Every setting. Values of secrets are not shown."""
    named = {_names(variable) for variable in os.environ}
    file = settings_file()
    written = tomllib.loads(file.read_text(encoding="utf-8")) if file else {}
    return [
        InForce(f"{section}.{name}", _shown(value), _origin(section, name, named, written))
        for section in Settings.model_fields
        for name, value in getattr(settings, section)
    ]


def unknown_variables() -> dict[str, str]:
    """Variables that begin as ours do and name no setting, each with the nearest that does."""
    known = {CONFIG_VARIABLE}
    for section, name in _settings():
        known |= {_variable(section), _variable(section, name)}
    ours = (variable for variable in sorted(os.environ) if variable.upper().startswith(PREFIX))
    return {
        variable: difflib.get_close_matches(variable.upper(), known, n=1, cutoff=0.0)[0]
        for variable in ours
        if _names(variable) not in known
    }


def _settings() -> Iterator[tuple[str, str]]:
    """Section and name of each."""
    for section, field in Settings.model_fields.items():
        assert field.annotation is not None
        for name in field.annotation.model_fields:
            yield section, name


def _origin(
    section: str, name: str, named: set[str], written: Mapping[str, Mapping[str, object]]
) -> Origin:
    if {_variable(section), _variable(section, name)} & named:
        return "environment"
    return "file" if name in written.get(section, {}) else "default"


def _variable(*path: str) -> str:
    return PREFIX + SEPARATOR.join(path).upper()


def _names(variable: str) -> str:
    """The variable of a setting that this one sets, or a part of (``…WEIGHTS__BM25``)."""
    return SEPARATOR.join(variable.upper().split(SEPARATOR)[:2])


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, tuple) and any(isinstance(one, SecretStr) for one in value):
        return f"{len(value)} {HIDDEN}"
    return str(value)
