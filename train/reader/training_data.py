"""Reads training and held-out groups from files of answer spans or of groups."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from train.errors import InvalidPairs
from train.reader.group_building import GroupOptions, build_complete_groups, build_groups
from train.reader.mentions import Names
from train.reader.span_examples import SpanExample, parse_span_example
from train.reader.statement_groups import StatementGroup, parse_group

WHOLE: Final = 14
"""Most statements of a passage in an evaluation group."""


@dataclass(frozen=True, slots=True)
class ReaderData:
    """Groups to train on, and held-out groups."""

    train: Sequence[StatementGroup]
    held_out: Sequence[StatementGroup]


def read_data(
    files: Sequence[Path], held_out: Sequence[Path], *, share: float, seed: int
) -> ReaderData:
    """Reads the groups of ``files``, and held-out groups.

    These are of the files ``held_out``, or of a ``share`` of the passages if there are none. A line
    is a question with its passage and answers (``query``, ``passage``, ``answers``: objects of
    ``text`` and ``start``; optionally ``title`` and ``lang``), or a group.

    Raises:
        InvalidPairs: a line is neither, or too little is left.
    """
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    rows, groups = _read(files)
    kept, held_out_groups = _read(held_out)
    if not held_out:
        passages = sorted({row.passage for row in rows})
        drawn = set(rng.sample(passages, round(share * len(passages))))
        kept = [row for row in rows if row.passage in drawn]
        rows = [row for row in rows if row.passage not in drawn]
        at = len(groups) - round(share * len(groups))
        rng.shuffle(groups)
        groups, held_out_groups = groups[:at], groups[at:]
    names = Names.of((text, row.lang) for row in rows for text in (row.query, row.title))
    per_source: dict[str, list[SpanExample]] = defaultdict(list)
    for row in rows:
        per_source[row.source].append(row)
    for source in sorted(per_source):
        groups += build_groups(per_source[source], names=names, options=GroupOptions(), rng=rng)
    held_out_groups += build_complete_groups(kept, most=WHOLE, rng=rng)
    if not any(group.answered for group in groups) or not any(g.answered for g in held_out_groups):
        raise InvalidPairs(
            "there are no questions with an answer in what was given, or none was held out; "
            "a reader needs a few hundred passages, or --held-out"
        )
    return ReaderData(groups, held_out_groups)


def _read(files: Sequence[Path]) -> tuple[list[SpanExample], list[StatementGroup]]:
    rows: list[SpanExample] = []
    groups: list[StatementGroup] = []
    for file in files:
        for raw in read_lines(file):
            if "statements" in raw:
                groups.append(parse_group(raw))
            elif (row := parse_span_example(raw, file.stem)) is not None:
                rows.append(row)
    return rows, groups


def read_lines(file: Path) -> list[dict[str, Any]]:
    """Reads the objects of a JSON Lines file. Raises `InvalidPairs` for any other content."""
    try:
        text = file.read_text(encoding="utf-8")
        found = [json.loads(line) for line in text.split("\n") if line.strip()]
    except (OSError, ValueError) as error:
        raise InvalidPairs(f"{file} can't be read as JSON Lines: {error}") from error
    if not all(isinstance(raw, dict) for raw in found):
        raise InvalidPairs(f"{file}: each line must be an object")
    return found
