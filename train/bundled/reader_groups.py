"""Makes the groups that the bundled reader is trained on, and those that it is measured on.

::

    python -m train.bundled.reader_groups SHARED_TRAIN_FOLDER OUT_FOLDER

writes ``train.jsonl`` and ``held_out.jsonl``. Questions with answer spans are most of it; questions
whose answer is a whole short text stand beside them, office questions made by rules, and questions
about documents written for this. Part of the questions is worn down to what people type: no
capitals, key words alone, a slip of the finger.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import jieba.posseg

from app.models.embedders.cache import CachedEmbedder
from app.models.registry import build_embedder
from app.settings import ModelSettings
from train.bundled.glossed import to_chinese, to_english
from train.bundled.near_lines import near_lines
from train.bundled.office.making import office_groups
from train.bundled.reader_pairs import PAIRS, pair_rows
from train.bundled.reader_worn import worn
from train.bundled.written import apart, learnt
from train.bundled.written_groups import written_groups
from train.reader.data import WHOLE, read_lines
from train.reader.groups import Group, write_groups
from train.reader.making import Making, make_groups, whole_groups
from train.reader.mentions import Names
from train.reader.rows import Row, row_of
from train.reader.tables import spell_out_rows

SEED: Final = 7
SPANS: Final = {
    "qed_nq_span": 8_500,
    "squadshifts_new_wiki": 7_800,
    "tatqa": 1_255,
    "drcd_dev": 2_784,
    "cail2019": 3_400,
    "cmrc2017_userq": 1_500,
    "lawbench_mrc_zh": 498,
}
"""Questions drawn of each file of spans."""
ROUNDS: Final = {
    "qed_nq_span": 2,
    "squadshifts_new_wiki": 2,
    "tatqa": 2,
    "drcd_dev": 4,
    "lawbench_mrc_zh": 3,
    "tidb_faq_zh": 4,
}
"""How often a file's questions are used, each time with other statements beside the answer."""
GLOSSED: Final = 0.15
"""Share of these questions whose words are glossed in the other language, at least half of them."""
FAQ: Final = Making(titled=1.0, contrast=0.3)
"""There the title is the question that the answer stands below."""
FAQS: Final = frozenset({"stackfaq", "tidb_faq_zh"})
OFFICE: Final = 16_000
OFFICE_CROSS: Final = 0.33
WRITTEN_ROUNDS: Final = 3
MEASURED: Final = 150
"""Questions with an answer of each set that is held out; without one, two thirds as many."""
APART: Final = ("squadshifts_amazon", "cail2021_sample", "selqa")
"""Files that are never learnt from; the last fifth of ``drcd_dev`` neither."""
_DRCD: Final = "drcd_dev"
_LEARNT: Final = 0.8
_LONG: Final = 200
_NAMES: Final = frozenset({"nr", "ns", "nt", "nz", "nrt"})


def main(shared: Path, out: Path) -> None:
    """Reads the files below ``shared`` and writes both files into ``out``."""
    rng = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    rows = {name: _spans(shared, name) for name in (*SPANS, *APART)}
    cut = round(_LEARNT * len(rows[_DRCD]))
    while rows[_DRCD][cut].passage == rows[_DRCD][cut - 1].passage:
        cut += 1
    kept = {name: rows.pop(name) for name in APART} | {_DRCD: rows[_DRCD][cut:]}
    rows[_DRCD] = rows[_DRCD][:cut]
    seen = {row.passage for part in kept.values() for row in part if len(row.passage) > _LONG}
    for name, most in SPANS.items():
        fresh = [row for row in rows[name] if row.passage not in seen]
        rows[name] = rng.sample(fresh, min(most, len(fresh)))
    for name, most in PAIRS.items():
        found = pair_rows(shared, name)
        rows[name] = rng.sample(found, min(most, len(found)))
    with ProcessPoolExecutor(1) as beside:
        written = beside.submit(_written)
        groups = _glossed(_learnt(rows, rng), rng)
        groups += office_groups(OFFICE, seed=SEED, cross=OFFICE_CROSS)
        groups += written.result()
    groups = [replace(group, question=worn(group.question, rng)) for group in groups]
    rng.shuffle(groups)
    held_out = [g for name, part in sorted(kept.items()) for g in _measured(name, part, rng)]
    held_out += office_groups(2 * MEASURED, seed=SEED + 1, held_out=True)
    held_out += rng.sample(written_groups(apart(), 1, seed=SEED + 1), 4 * MEASURED)
    for name, made in (("train", groups), ("held_out", held_out)):
        write_groups(made, out / f"{name}.jsonl")
        print(name, len(made), dict(Counter(group.source for group in made)))


def _written() -> list[Group]:
    models = ModelSettings()
    embedder = CachedEmbedder(build_embedder(models), models.cache / "embeddings.db")
    near = partial(near_lines, embedder=embedder)
    return written_groups(learnt(), WRITTEN_ROUNDS, seed=SEED, near=near)


def _spans(shared: Path, name: str) -> list[Row]:
    found = (row_of(raw, name) for raw in read_lines(shared / "spans" / f"{name}.jsonl"))
    rows = [row for row in found if row is not None]
    if name == "tatqa":
        moved = ((row, *spell_out_rows(row.passage, row.answers)) for row in rows)
        rows = [replace(r, passage=p, answers=tuple(a)) for r, p, a in moved if a]
    return rows


def _learnt(rows: dict[str, list[Row]], rng: random.Random) -> list[Group]:
    everything = [row for part in rows.values() for row in part]
    han = {
        pair.word
        for row in everything
        if row.lang == "zh"
        for pair in jieba.posseg.cut(row.query)
        if pair.flag in _NAMES and len(pair.word) > 1
    }
    names = Names.of(
        ((text, row.lang) for row in everything for text in (row.query, row.title)), han
    )
    groups = []
    for name in sorted(rows):
        making = FAQ if name in FAQS else Making()
        for _ in range(ROUNDS.get(name, 1)):
            groups += make_groups(rows[name], names=names, making=making, rng=rng)
    return groups


def _glossed(groups: Sequence[Group], rng: random.Random) -> list[Group]:
    made = []
    for group in groups:
        question = group.question
        if rng.random() < GLOSSED:
            gloss = to_english if group.lang == "zh" else to_chinese
            question = gloss(question, rng.uniform(0.5, 1.0), rng) or question
        made.append(replace(group, question=question))
    return made


def _measured(name: str, rows: Sequence[Row], rng: random.Random) -> list[Group]:
    """Questions with all statements of their passage, and of a passage that does not answer.

    The latter is one that people judged so, or another of the same title.
    """
    rows = rng.sample(list(rows), len(rows))
    fullest: dict[str, Row] = {}
    for row in rows:
        if row.answers and len(row.passage) > len(fullest.get(row.query, row).passage) - 1:
            fullest[row.query] = row
    answered = whole_groups(list(fullest.values()), most=WHOLE, rng=rng)[:MEASURED]
    refused = [row for row in rows if not row.answers] if name.startswith("cail") else []
    others = refused or [
        replace(other, query=row.query, answers=())
        for row in fullest.values()
        if (other := _other_passage(row, rows, rng)) is not None
    ]
    return answered + whole_groups(others, most=WHOLE, rng=rng)[: 2 * MEASURED // 3]


def _other_passage(row: Row, rows: Sequence[Row], rng: random.Random) -> Row | None:
    texts = {row.passage[a:b].casefold() for a, b in row.answers}
    same = [
        other
        for other in rows
        if other.title == row.title
        and other.passage != row.passage
        and not any(text in other.passage.casefold() for text in texts)
    ]
    return rng.choice(same) if same else None


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
