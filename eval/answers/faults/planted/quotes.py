"""Faults within the quotation marks of a quoted passage."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from eval.answers.faults.cases import Lang
from eval.answers.faults.planted import names, negation, numbers, poles, predicates, scope, units
from eval.answers.faults.rules import Edit, Rule, Scene, choose

_QUOTED: Final = re.compile(r"“([^“”]{16,160})”|\"([^\"]{16,160})\"|「([^「」]{8,80})」")
_QUOTED_ZH: Final = re.compile(r"“([^“”]{8,100})”|「([^「」]{8,80})」")
_FAMILIES: Final = (negation, poles, predicates, scope, numbers, names, units)


def _altered(lang: Lang) -> Callable[[Scene], str | None]:
    rules = [rule for family in _FAMILIES for rule in family.RULES if rule.lang == lang]
    quoted = _QUOTED if lang == "en" else _QUOTED_ZH

    def make(scene: Scene) -> str | None:
        for found in quoted.finditer(scene.sentence):
            group = next(number for number in (1, 2, 3) if found[number])
            inner = replace(scene, sentence=found[group])
            for rule in scene.chance.sample(rules, len(rules)):
                new = rule.make(inner)
                if new is not None:
                    return choose(scene, [Edit(*found.span(group), new)])
        return None

    return make


RULES: Final = (
    Rule("quotation altered", "en", _altered("en")),
    Rule("quotation altered", "zh", _altered("zh")),
)
