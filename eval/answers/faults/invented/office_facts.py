"""What an invented text of an office is, before names and numbers are filled in.

The texts are in ``office_en.json`` and ``office_zh.json`` beside this file, written for this
project; their slots are those of `slots_en` and `slots_zh`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.answers.faults.cases import Lang


@dataclass(frozen=True, slots=True)
class Facts:
    """A text with slots such as ``{n0}``, and what may falsely or truly be said of it."""

    key: str
    title: str
    heading: str
    text: str
    false: Mapping[str, Sequence[str]]
    """Drafts of each kind of fault."""
    true: Mapping[str, Sequence[str]]
    """True rewordings of each kind."""


def read_facts(lang: Lang) -> list[Facts]:
    """The invented texts of a language, in the order in which they are written."""
    path = Path(__file__).with_name(f"office_{lang}.json")
    return [Facts(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
