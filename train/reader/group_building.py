"""Builds reader groups from span examples: a statement that answers, and negatives."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.models.readers.statement_pairs import SETTING_SEPARATOR
from train.reader.contrastive import contrastive_variants
from train.reader.lexical_negatives import lexical_negatives
from train.reader.mentions import Names
from train.reader.span_examples import SpanExample, judged
from train.reader.statement_groups import LabelledStatement, StatementGroup


@dataclass(frozen=True, slots=True)
class GroupOptions:
    """Options of group building: shares in [0, 1], and two counts.

    ``statements`` is the size of a group and ``near`` the number of lexical negatives to choose
    from. ``titled`` is the share of groups whose statements have the title of their document as
    setting. ``unanswered`` is the share whose answer is removed. ``contrast`` is the share with
    contrastive negatives, and ``moved`` the share in which the answer's subject is moved into its
    setting. ``others`` is the share of the remaining negatives that come from other passages.
    ``named`` is the share of statements beginning with a pronoun that get the preceding sentence as
    setting.
    """

    statements: int = 6
    near: int = 12
    titled: float = 0.6
    unanswered: float = 0.1
    contrast: float = 0.5
    moved: float = 0.5
    others: float = 0.4
    named: float = 0.7


def build_groups(
    rows: Sequence[SpanExample], *, names: Names, options: GroupOptions, rng: random.Random
) -> list[StatementGroup]:
    """Builds a group of each example that has usable statements."""
    titles = sorted({row.title for row in rows if row.title})
    near = lexical_negatives(rows, most=options.near, titled=options.titled, rng=rng)
    made = (
        _group(row, others, names, titles, options, rng)
        for row, others in zip(rows, near, strict=True)
    )
    return [group for group in made if group is not None]


def build_complete_groups(
    rows: Sequence[SpanExample], *, most: int, rng: random.Random
) -> list[StatementGroup]:
    """Builds evaluation groups: all statements of a passage under its title, ``most`` at most."""
    made = []
    for row in rows:
        right, wrong = judged(row)
        if not wrong or (row.answers and not right):
            continue
        rng.shuffle(wrong)
        statements = [_set(s, row.title, s.setting) for s in [*right, *wrong][:most]]
        rng.shuffle(statements)
        made.append(StatementGroup(row.query, tuple(statements), row.source, row.lang))
    return made


def _group(
    row: SpanExample,
    near: Sequence[LabelledStatement],
    names: Names,
    titles: Sequence[str],
    options: GroupOptions,
    rng: random.Random,
) -> StatementGroup | None:
    right, wrong = judged(row)
    if row.answers and not right:
        return None
    setting = row.title if rng.random() < options.titled else ""
    chosen: list[LabelledStatement] = []
    if right:
        first = _below(setting, rng.choice(right), options, rng)
        lost = rng.random() < options.unanswered
        made = contrastive_variants(
            row.query, first, row.title, names=names, titles=titles, rng=rng
        )
        if made.moved is not None and rng.random() < options.moved:
            first = made.moved
        if not lost:
            chosen.append(first)
        if lost or rng.random() < options.contrast:
            rng.shuffle(made.wrong)
            chosen.extend(made.wrong[: 3 if lost else 2])
    room = max(options.statements - len(chosen), 0)
    few = max(sum(rng.random() < options.others for _ in range(room)), room - len(wrong))
    others = rng.sample(list(near), min(few, len(near)))
    rng.shuffle(wrong)
    same = [_below(setting, s, options, rng) for s in wrong[: room - len(others)]]
    statements = [*chosen, *others, *same]
    if len(statements) < 2:  # noqa: PLR2004 - one alone leaves nothing to choose
        return None
    rng.shuffle(statements)
    return StatementGroup(row.query, tuple(statements), row.source, row.lang)


def _below(
    title: str, statement: LabelledStatement, options: GroupOptions, rng: random.Random
) -> LabelledStatement:
    """Adds the title to the setting; keeps the preceding sentence in it with some probability."""
    return _set(statement, title, statement.setting if rng.random() < options.named else "")


def _set(statement: LabelledStatement, *setting: str) -> LabelledStatement:
    return replace(statement, setting=SETTING_SEPARATOR.join(filter(None, setting)))
