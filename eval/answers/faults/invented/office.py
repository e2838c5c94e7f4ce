"""Cases over invented office facts, for kinds of faults that are rare in corpora."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from eval.answers.faults.cases import LANGUAGES, Case, Lang, Passage, case_of
from eval.answers.faults.invented.office_facts import Facts, read_facts
from eval.answers.faults.invented.slots import slots_en, slots_zh
from eval.answers.faults.splitting import split

FILLS: Final = 5
"""Number of times that each text is filled in, with different names and numbers."""


@dataclass(frozen=True, slots=True)
class _Filled:
    passage: Passage
    drafts: Sequence[tuple[str, str, bool]]


def office_cases(seed: int) -> list[Case]:
    """Makes the drafts of every text; the same seed gives the same cases."""
    cases: list[Case] = []
    for number in range(FILLS):
        for filled in _filled(seed, number):
            cases += [
                case_of(kind, filled.passage, nearest(filled.passage, draft), draft, true=true)
                for kind, draft, true in filled.drafts
            ]
    return cases


def office_passages(seed: int) -> list[Passage]:
    """The filled-in texts, for rules that work on any passage."""
    return [filled.passage for filled in _filled(seed, 0)]


def _filled(seed: int, number: int) -> list[_Filled]:
    made = []
    for lang in LANGUAGES:
        for facts in read_facts(lang):
            chance = Random(f"{seed}:{lang}:{facts.key}:{number}")  # noqa: S311  # no secret
            slots = slots_en(chance) if lang == "en" else slots_zh(chance)
            made.append(_fill(facts, lang, number, slots))
    return made


def _fill(facts: Facts, lang: Lang, number: int, slots: Mapping[str, str]) -> _Filled:
    text = facts.text.format_map(slots)
    lines = [line for line in text.split("\n") if line]
    sentences = tuple(
        line[start:end] for line in lines for start, end in split(line, lang) or [(0, len(line))]
    )
    passage = Passage(
        id=f"office/{lang}-{facts.key}/{number}",
        document=f"office:{lang}:{facts.key}",
        source="office",
        lang=lang,
        title=facts.title.format_map(slots),
        heading=facts.heading.format_map(slots),
        text=text,
        sentences=sentences,
    )
    drafts = [
        (kind, draft.format_map(slots), true)
        for kinds, true in ((facts.false, False), (facts.true, True))
        for kind, every in kinds.items()
        for draft in every
    ]
    return _Filled(passage, drafts)


def nearest(passage: Passage, draft: str) -> str:
    """The sentence that shares most character bigrams with the draft."""
    pairs = {draft[at : at + 2] for at in range(len(draft) - 1)}
    return max(
        passage.sentences,
        key=lambda one: (
            len(pairs & {one[at : at + 2] for at in range(len(one) - 1)}) / (len(one) + len(draft))
        ),
    )
