"""Faults in identifiers, versions, addresses and section numbers: altered or recombined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from eval.answers.faults.rules import Edit, Rule, Scene, choose

CODE: Final = re.compile(
    r"(?<![\w/.-])(?:[A-Z][A-Za-z]{0,5}-?\d{1,4}[A-Z]?|[A-Z]{2,5}-\d{1,4})(?![\w/-])(?!\.\d)"
)
_PARTS: Final = re.compile(r"([A-Za-z]+-?)(\d+)")
_DOTTED: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){2,3}(?![\w.]*\d)")


def _altered(scene: Scene) -> str | None:
    def edits() -> Iterator[Edit]:
        for found in CODE.finditer(scene.sentence):
            code = found.group()
            places = [at for at, mark in enumerate(code) if mark.isdigit()]
            at = scene.chance.choice(places)
            new = scene.chance.choice([digit for digit in "123456789" if digit != code[at]])
            other = code[:at] + new + code[at + 1 :]
            if other not in scene.passage.text + scene.passage.title:
                yield Edit(found.start(), found.end(), other)

    return choose(scene, edits())


def _recombined(scene: Scene) -> str | None:
    """The letters of one identifier of the passage with the digits of another."""
    codes = [found.group() for found in CODE.finditer(scene.passage.text)]

    def edits() -> Iterator[Edit]:
        for found in CODE.finditer(scene.sentence):
            mine = _PARTS.match(found.group())
            for code in codes:
                its = _PARTS.match(code)
                if mine is None or its is None:
                    continue
                other = mine[1] + its[2]
                if other not in scene.passage.text + scene.passage.title:
                    yield Edit(found.start(), found.end(), other)

    return choose(scene, edits())


def _dotted(scene: Scene) -> str | None:
    def edits() -> Iterator[Edit]:
        for found in _DOTTED.finditer(scene.sentence):
            parts = found.group().split(".")
            at = scene.chance.randrange(len(parts))
            parts[at] = str(int(parts[at]) + 1)
            if ".".join(parts) not in scene.passage.text:
                yield Edit(found.start(), found.end(), ".".join(parts))

    return choose(scene, edits())


RULES: Final = (
    *(Rule("identifier: altered", lang, _altered) for lang in ("en", "zh")),
    *(Rule("identifier: recombined", lang, _recombined) for lang in ("en", "zh")),
    *(Rule("dotted number", lang, _dotted) for lang in ("en", "zh")),
)
