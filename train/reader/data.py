"""What a reader is trained and measured on, read from files of spans or of groups made before."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from train.errors import InvalidPairs
from train.reader.groups import Group, group_of
from train.reader.making import Making, make_groups, whole_groups
from train.reader.mentions import Names
from train.reader.rows import Row, row_of

WHOLE: Final = 14
"""Statements of a passage that are measured at most."""


@dataclass(frozen=True, slots=True)
class ReaderData:
    """Groups to learn from and groups to measure on."""

    train: Sequence[Group]
    held_out: Sequence[Group]


def read_data(
    files: Sequence[Path], held_out: Sequence[Path], *, share: float, seed: int
) -> ReaderData:
    """Groups of ``files``; of ``held_out``, or of a ``share`` of the passages where it is empty.

    A line is a question with its passage and where the answer is (``query``, ``passage``,
    ``answers``: objects of ``text`` and ``start``; perhaps ``title`` and ``lang``), or a group.

    Raises:
        InvalidPairs: a line is neither, or too little is left.
    """
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    rows, groups = _read(files)
    kept, apart = _read(held_out)
    if not held_out:
        passages = sorted({row.passage for row in rows})
        drawn = set(rng.sample(passages, round(share * len(passages))))
        kept = [row for row in rows if row.passage in drawn]
        rows = [row for row in rows if row.passage not in drawn]
        at = len(groups) - round(share * len(groups))
        rng.shuffle(groups)
        groups, apart = groups[:at], groups[at:]
    names = Names.of((text, row.lang) for row in rows for text in (row.query, row.title))
    per_source: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        per_source[row.source].append(row)
    for source in sorted(per_source):
        groups += make_groups(per_source[source], names=names, making=Making(), rng=rng)
    apart += whole_groups(kept, most=WHOLE, rng=rng)
    if not any(group.answered for group in groups) or not any(g.answered for g in apart):
        raise InvalidPairs(
            "there are no questions with an answer in what was given, or none was held out; "
            "a reader needs a few hundred passages, or --held-out"
        )
    return ReaderData(groups, apart)


def _read(files: Sequence[Path]) -> tuple[list[Row], list[Group]]:
    rows: list[Row] = []
    groups: list[Group] = []
    for file in files:
        for raw in read_lines(file):
            if "said" in raw:
                groups.append(group_of(raw))
            elif (row := row_of(raw, file.stem)) is not None:
                rows.append(row)
    return rows, groups


def read_lines(file: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON Lines. Raises `InvalidPairs` where a line is none."""
    try:
        text = file.read_text(encoding="utf-8")
        found = [json.loads(line) for line in text.split("\n") if line.strip()]
    except (OSError, ValueError) as error:
        raise InvalidPairs(f"{file} can't be read as JSON Lines: {error}") from error
    if not all(isinstance(raw, dict) for raw in found):
        raise InvalidPairs(f"{file}: each line must be an object")
    return found
