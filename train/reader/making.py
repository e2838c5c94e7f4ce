"""From rows to groups: one statement that answers, and others that a search would bring with it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.models.readers.statement_pairs import SETTING_SEPARATOR
from train.reader.contrast import contrasts
from train.reader.groups import Group, Said
from train.reader.mentions import Names
from train.reader.near import near_statements
from train.reader.rows import Row, judged


@dataclass(frozen=True, slots=True)
class Making:
    """Shares in [0, 1], but for ``statements``, the size of a group, and ``near``, a count.

    ``titled`` have their document's title as their setting; of ``unanswered`` the answer is taken
    out; ``contrast`` get statements of the wrong subject, and of ``moved`` the answer's own subject
    is moved into its setting; ``others`` of the rest come from other passages. ``named`` of the
    statements that begin with a pronoun have the sentence before them in their setting.
    """

    statements: int = 6
    near: int = 12
    titled: float = 0.6
    unanswered: float = 0.1
    contrast: float = 0.5
    moved: float = 0.5
    others: float = 0.4
    named: float = 0.7


def make_groups(
    rows: Sequence[Row], *, names: Names, making: Making, rng: random.Random
) -> list[Group]:
    """A group for each row that gives one."""
    titles = sorted({row.title for row in rows if row.title})
    near = near_statements(rows, most=making.near, titled=making.titled, rng=rng)
    made = (
        _group(row, others, names, titles, making, rng)
        for row, others in zip(rows, near, strict=True)
    )
    return [group for group in made if group is not None]


def whole_groups(rows: Sequence[Row], *, most: int, rng: random.Random) -> list[Group]:
    """All statements of each passage under its title, to measure on; ``most`` of each."""
    made = []
    for row in rows:
        right, wrong = judged(row)
        if not wrong or (row.answers and not right):
            continue
        rng.shuffle(wrong)
        said = [_set(s, row.title, s.setting) for s in [*right, *wrong][:most]]
        rng.shuffle(said)
        made.append(Group(row.query, tuple(said), row.source, row.lang))
    return made


def _group(
    row: Row,
    near: Sequence[Said],
    names: Names,
    titles: Sequence[str],
    making: Making,
    rng: random.Random,
) -> Group | None:
    right, wrong = judged(row)
    if row.answers and not right:
        return None
    setting = row.title if rng.random() < making.titled else ""
    chosen: list[Said] = []
    if right:
        first = _below(setting, rng.choice(right), making, rng)
        lost = rng.random() < making.unanswered
        made = contrasts(row.query, first, row.title, names=names, titles=titles, rng=rng)
        if made.moved is not None and rng.random() < making.moved:
            first = made.moved
        if not lost:
            chosen.append(first)
        if lost or rng.random() < making.contrast:
            rng.shuffle(made.wrong)
            chosen.extend(made.wrong[: 3 if lost else 2])
    room = max(making.statements - len(chosen), 0)
    few = max(sum(rng.random() < making.others for _ in range(room)), room - len(wrong))
    others = rng.sample(list(near), min(few, len(near)))
    rng.shuffle(wrong)
    same = [_below(setting, s, making, rng) for s in wrong[: room - len(others)]]
    said = [*chosen, *others, *same]
    if len(said) < 2:  # noqa: PLR2004 - one alone leaves nothing to choose
        return None
    rng.shuffle(said)
    return Group(row.query, tuple(said), row.source, row.lang)


def _below(title: str, said: Said, making: Making, rng: random.Random) -> Said:
    """``said`` under its title and, mostly, under the sentence that its setting was."""
    return _set(said, title, said.setting if rng.random() < making.named else "")


def _set(said: Said, *setting: str) -> Said:
    return replace(said, setting=SETTING_SEPARATOR.join(filter(None, setting)))
