"""Texts of an invented office before names and numbers are filled in.

The texts are in ``office_en.json`` and ``office_zh.json`` beside this file, written for this
project; `slots_en` and `slots_zh` fill their slots.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.answers.faults.cases import Lang


@dataclass(frozen=True, slots=True)
class Facts:
    """A text with slots such as ``{n0}``, and false and true drafts about it."""

    key: str
    title: str
    heading: str
    text: str
    false: Mapping[str, Sequence[str]]
    """False drafts by kind of fault."""
    true: Mapping[str, Sequence[str]]
    """True rewordings by kind."""


def read_facts(lang: Lang) -> list[Facts]:
    """Reads the texts of a language in order."""
    path = Path(__file__).with_name(f"office_{lang}.json")
    return [Facts(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
