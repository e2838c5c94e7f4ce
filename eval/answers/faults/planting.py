"""Makes the cases for a verifier: planted faults and true rewordings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Final

from eval.answers.faults.cases import LANGUAGES, Case, Passage, case_of
from eval.answers.faults.invented.office import office_cases
from eval.answers.faults.invented.table_cases import row_cases
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
    reversals,
    roles,
    scope,
    units,
)
from eval.answers.faults.reworded import model_rewordings, sentence_rewordings, spellings, synonyms
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
    *sentence_rewordings.RULES,
    *spellings.RULES,
    *synonyms.RULES,
    *model_rewordings.RULES,
    *reversals.RULES,
)
CASES_PER_KIND: Final = 40
"""Most cases that one rule makes from real passages, per language."""
TRIED_PASSAGES: Final = 12_000


def plant(passages: Sequence[Passage], *, seed: int) -> list[Case]:
    """Makes cases of every kind that the passages allow, and cases over invented facts.

    The same passages and seed give the same cases. No rule uses a passage twice.
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
    """Limits cases over invented facts to the number per kind and language of real ones."""
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
    """Shuffles the passages so that sources alternate."""
    turns: list[tuple[int, float, Passage]] = []
    seen: dict[str, int] = {}
    for passage in chance.sample(passages, len(passages)):
        turn = seen[passage.source] = seen.get(passage.source, 0) + 1
        turns.append((turn, chance.random(), passage))
    return [passage for _, _, passage in sorted(turns, key=lambda one: one[:2])]


def says(passage: Passage, draft: str) -> bool:
    """Whether the passage contains the draft verbatim, so it is not false."""
    return draft.strip().rstrip(".。") in passage.text
