"""The changes of an ablation: each part that is on taken away, each that is off added."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from app.settings import Settings
from eval.errors import EvaluationError


@dataclass(frozen=True, slots=True)
class Change:
    """Settings that differ from those in force; ``values`` are by dotted names."""

    name: str
    values: Mapping[str, object]

    def applied(self, settings: Settings) -> Settings:
        """The settings with this change.

        Raises:
            EvaluationError: there is no such setting, or it takes no such value.
        """
        raw: dict[str, Any] = settings.model_dump()
        for name, value in self.values.items():
            section, _, field = name.partition(".")
            if field not in raw.get(section, {}):
                raise EvaluationError(f'"{self.name}" changes {name}, and there is no such setting')
            raw[section][field] = value
        try:
            return Settings.model_validate(raw)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise EvaluationError(f'"{self.name}": {where}: {first["msg"]}') from error


PARTS: Final[Sequence[tuple[str, Mapping[str, object], Mapping[str, object]]]] = (
    (
        "the dense route",
        {"retrieval.routes": ("bm25", "dense")},
        {"retrieval.routes": ("bm25",)},
    ),
    (
        "BM25",
        {"retrieval.routes": ("bm25", "dense")},
        {"retrieval.routes": ("dense",)},
    ),
    ("term matches", {"retrieval.match_weight": 1.0}, {"retrieval.match_weight": 0.0}),
    ("the lead of BM25", {"retrieval.bm25_lead": 0.6}, {"retrieval.bm25_lead": 0.0}),
    (
        "standard scores instead of ranks",
        {"retrieval.fusion": "zscore"},
        {"retrieval.fusion": "rrf"},
    ),
    ("operators", {"retrieval.ignore": ()}, {"retrieval.ignore": ("operator",)}),
    ("times", {"retrieval.ignore": ()}, {"retrieval.ignore": ("time",)}),
    ("spelling", {"retrieval.ignore": ()}, {"retrieval.ignore": ("spelling",)}),
    ("script", {"retrieval.ignore": ()}, {"retrieval.ignore": ("script",)}),
    (
        "the sparse route",
        {"models.sparse": "bundled:splade-tiny", "retrieval.routes": ("bm25", "dense", "sparse")},
        {"models.sparse": "none", "retrieval.routes": ("bm25", "dense")},
    ),
    (
        "the entity graph",
        {"store.entity_graph": True, "retrieval.routes": ("bm25", "dense", "graph")},
        {"store.entity_graph": False, "retrieval.routes": ("bm25", "dense")},
    ),
    ("the reader as reranker", {"models.reranker": "reader"}, {"models.reranker": "none"}),
)
"""A name, the settings with the part, and those without it."""


def changes(settings: Settings) -> list[Change]:
    """One change a part: ``without`` it where it is on, ``with`` it where it is off."""
    found = []
    for name, on, off in PARTS:
        is_on = all(_value(settings, key) == value for key, value in on.items())
        found.append(Change(f"without {name}", off) if is_on else Change(f"with {name}", on))
    return found


def _value(settings: Settings, name: str) -> object:
    section, _, field = name.partition(".")
    return getattr(getattr(settings, section), field)


def parse_change(text: str) -> Change:
    """Reads ``NAME: setting=value, …``; values are JSON, or text where they are none.

    Raises:
        EvaluationError: it is not of this form.
    """
    name, colon, rest = text.partition(":")
    pairs = [pair.partition("=") for pair in rest.split(";") if pair.strip()]
    if not (colon and name.strip() and pairs and all(equals for _, equals, _ in pairs)):
        raise EvaluationError(
            f'"{text}" is no change; write it as "no lead: retrieval.bm25_lead=0"; several '
            "settings stand apart by semicolons"
        )
    return Change(name.strip(), {key.strip(): _parsed(value.strip()) for key, _, value in pairs})


def _parsed(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return value
