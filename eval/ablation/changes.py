"""The changes of an ablation: each part that is on taken away, each that is off added."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
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
            section, _, key = name.partition(".")
            if key not in raw.get(section, {}):
                raise EvaluationError(f'"{self.name}" changes {name}, and there is no such setting')
            raw[section][key] = value
        try:
            return Settings.model_validate(raw)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise EvaluationError(f'"{self.name}": {where}: {first["msg"]}') from error


@dataclass(frozen=True, slots=True)
class Part:
    """A part of retrieval that can be there or not.

    It is there where any of ``without`` is otherwise, or, where it is an ``element`` of a
    ``setting``, where that holds it; ``kept_out`` is an element that keeps the part away. Where it
    is not there, it comes by ``values``, or by its element.
    """

    name: str
    values: Mapping[str, object] = field(default_factory=dict)
    without: Mapping[str, object] = field(default_factory=dict)
    setting: str = ""
    element: str = ""
    kept_out: bool = False

    def change(self, settings: Settings) -> Change:
        """Takes it away where it is there, and adds it where it is not."""
        if not self.setting:
            is_there = any(_value(settings, name) != value for name, value in self.without.items())
            return self._changed({}, is_there=is_there)
        held = _value(settings, self.setting)
        assert isinstance(held, tuple)
        others = tuple(one for one in held if one != self.element)
        turned = others if self.element in held else (*held, self.element)
        return self._changed(
            {self.setting: turned}, is_there=(self.element in held) != self.kept_out
        )

    def _changed(self, turned: Mapping[str, object], *, is_there: bool) -> Change:
        word, values = ("without", self.without) if is_there else ("with", self.values)
        return Change(f"{word} {self.name}", {**values, **turned})


ROUTES: Final = "retrieval.routes"
IGNORE: Final = "retrieval.ignore"
PARTS: Final = (
    Part("the dense route", setting=ROUTES, element="dense"),
    Part("BM25", setting=ROUTES, element="bm25"),
    Part("term matches", {"retrieval.match_weight": 1.0}, {"retrieval.match_weight": 0.0}),
    Part("the lead of BM25", {"retrieval.bm25_lead": 0.6}, {"retrieval.bm25_lead": 0.0}),
    Part("scores instead of ranks", {"retrieval.fusion": "zscore"}, {"retrieval.fusion": "rrf"}),
    *(
        Part(name, setting=IGNORE, element=kind, kept_out=True)
        for name, kind in (
            ("operators", "operator"),
            ("times", "time"),
            ("spelling", "spelling"),
            ("script", "script"),
        )
    ),
    Part(
        "the sparse route",
        {"models.sparse": "bundled:splade-tiny"},
        {"models.sparse": "none"},
        setting=ROUTES,
        element="sparse",
    ),
    Part(
        "the entity graph",
        {"store.entity_graph": True},
        {"store.entity_graph": False},
        setting=ROUTES,
        element="graph",
    ),
    Part("the reader as reranker", {"models.reranker": "reader"}, {"models.reranker": "none"}),
)


def changes(settings: Settings) -> list[Change]:
    """One change a part; the only route of a service is not taken away."""
    found = (part.change(settings) for part in PARTS)
    return [change for change in found if change.values.get(ROUTES, True)]


def _value(settings: Settings, name: str) -> object:
    section, _, key = name.partition(".")
    return getattr(getattr(settings, section), key)


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
