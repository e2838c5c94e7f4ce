"""Plants faults in true sentences and rewords others truly: what a verifier is measured with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Final

from eval.answers.faults.cases import LANGUAGES, Case, Passage, case_of
from eval.answers.faults.invented.office import office_cases
from eval.answers.faults.invented.rows import row_cases
from eval.answers.faults.planted import (
    additions,
    dates,
    echoes,
    identifiers,
    mixing,
    names,
    negation,
    numbers,
    poles,
    predicates,
    quotes,
    roles,
    scope,
    turnings,
    units,
)
from eval.answers.faults.reworded import manners, spellings, synonyms
from eval.answers.faults.reworded import sentences as rewordings
from eval.answers.faults.rules import Rule, Scene

RULES: Final[tuple[Rule, ...]] = (
    *numbers.RULES,
    *units.RULES,
    *dates.RULES,
    *identifiers.RULES,
    *poles.RULES,
    *negation.RULES,
    *predicates.RULES,
    *names.RULES,
    *roles.RULES,
    *mixing.RULES,
    *additions.RULES,
    *scope.RULES,
    *quotes.RULES,
    *echoes.RULES,
    *rewordings.RULES,
    *spellings.RULES,
    *synonyms.RULES,
    *manners.RULES,
    *turnings.RULES,
)
CASES_PER_KIND: Final = 40
"""Most cases that one rule makes from real passages, in one language."""
TRIED_PASSAGES: Final = 12_000


def plant(passages: Sequence[Passage], *, seed: int) -> list[Case]:
    """Cases of every kind that the passages have a place for, and those over invented facts.

    The same passages and seed give the same cases. No passage is used twice by one rule.
    """
    cases: list[Case] = []
    for lang in LANGUAGES:
        own = sorted(
            (passage for passage in passages if passage.lang == lang), key=lambda one: one.id
        )
        for rule in RULES:
            if rule.lang == lang and own:
                cases += _of_rule(rule, own, Random(f"{seed}:{rule.kind}:{lang}"))  # noqa: S311  # no secret
    invented = office_cases(seed) + row_cases(seed)
    return cases + _few(invented, Random(f"{seed}:invented"))  # noqa: S311  # no secret


def _few(cases: Sequence[Case], chance: Random) -> list[Case]:
    """At most as many cases of a kind and a language as real passages give."""
    left: Counter[tuple[str, str, bool]] = Counter()
    kept = []
    for case in chance.sample(cases, len(cases)):
        key = (case.kind, case.lang, case.true)
        left[key] += 1
        if left[key] <= CASES_PER_KIND:
            kept.append(case)
    return kept


def _of_rule(rule: Rule, passages: Sequence[Passage], chance: Random) -> list[Case]:
    cases: list[Case] = []
    for passage in _mixed(passages, chance)[:TRIED_PASSAGES]:
        for sentence in chance.sample(passage.sentences, len(passage.sentences)):
            draft = rule.make(Scene(passage, sentence, chance, passages))
            if draft is None or (not rule.true and says(passage, draft)):
                continue
            cases.append(case_of(rule.kind, passage, sentence, draft, true=rule.true))
            break
        if len(cases) == CASES_PER_KIND:
            break
    return cases


def _mixed(passages: Sequence[Passage], chance: Random) -> list[Passage]:
    """The passages in a random order in which each source has its turn."""
    turns: list[tuple[int, float, Passage]] = []
    seen: dict[str, int] = {}
    for passage in chance.sample(passages, len(passages)):
        turn = seen[passage.source] = seen.get(passage.source, 0) + 1
        turns.append((turn, chance.random(), passage))
    return [passage for _, _, passage in sorted(turns, key=lambda one: one[:2])]


def says(passage: Passage, draft: str) -> bool:
    """Whether the passage holds the draft word for word, so it can't be called false."""
    return draft.strip().rstrip(".。") in passage.text
