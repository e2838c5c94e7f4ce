"""Makes the training and held-out groups of the bundled reader.

::

    python -m train.bundled.reader_groups SHARED_TRAIN_FOLDER OUT_FOLDER

It writes ``train.jsonl`` and ``held_out.jsonl``. Most groups come from data sets with answer spans.
The others come from questions whose answer is a short text, from office templates, and from written
documents. A share of the questions gets typing noise: lower case, keywords only, typing errors.
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
from train.bundled.code_switching import to_chinese, to_english
from train.bundled.embedding_negatives import embedding_negatives
from train.bundled.office.office_groups import office_groups
from train.bundled.reader_pairs import PAIRS, pair_rows
from train.bundled.typing_noise import with_typing_noise
from train.bundled.written_documents import held_out_files, training_files
from train.bundled.written_groups import written_groups
from train.reader.group_building import GroupOptions, build_complete_groups, build_groups
from train.reader.mentions import Names
from train.reader.span_examples import SpanExample, parse_span_example
from train.reader.statement_groups import StatementGroup, write_groups
from train.reader.table_rows import spell_out_rows
from train.reader.training_data import WHOLE, read_lines

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
"""Number of questions sampled from each file of answer spans."""
ROUNDS: Final = {
    "qed_nq_span": 2,
    "squadshifts_new_wiki": 2,
    "tatqa": 2,
    "drcd_dev": 4,
    "lawbench_mrc_zh": 3,
    "tidb_faq_zh": 4,
}
"""Number of groups made of each question of a file, each with other negatives."""
CODE_SWITCHED: Final = 0.15
"""Share of questions that are code-switched; at least half of their words are replaced."""
FAQ: Final = GroupOptions(titled=1.0, contrast=0.3)
"""In these files the title is the question that the answer stands under."""
FAQS: Final = frozenset({"stackfaq", "tidb_faq_zh"})
OFFICE: Final = 16_000
OFFICE_CROSS: Final = 0.33
WRITTEN_ROUNDS: Final = 3
HELD_OUT_QUESTIONS: Final = 150
"""Number of held-out questions with an answer in each set; those without are two thirds as many."""
HELD_OUT: Final = ("squadshifts_amazon", "cail2021_sample", "selqa")
"""Files used only for evaluation, as is the last fifth of ``drcd_dev``."""
_DRCD: Final = "drcd_dev"
_TRAINED_SHARE: Final = 0.8
_LONG: Final = 200
_NAMES: Final = frozenset({"nr", "ns", "nt", "nz", "nrt"})


def main(shared: Path, out: Path) -> None:
    """Reads the files below ``shared`` and writes both files to ``out``."""
    rng = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    rows = {name: _spans(shared, name) for name in (*SPANS, *HELD_OUT)}
    cut = round(_TRAINED_SHARE * len(rows[_DRCD]))
    while rows[_DRCD][cut].passage == rows[_DRCD][cut - 1].passage:
        cut += 1
    kept = {name: rows.pop(name) for name in HELD_OUT} | {_DRCD: rows[_DRCD][cut:]}
    rows[_DRCD] = rows[_DRCD][:cut]
    seen = {row.passage for part in kept.values() for row in part if len(row.passage) > _LONG}
    for name, most in SPANS.items():
        fresh = [row for row in rows[name] if row.passage not in seen]
        rows[name] = rng.sample(fresh, min(most, len(fresh)))
    for name, most in PAIRS.items():
        found = pair_rows(shared, name)
        rows[name] = rng.sample(found, min(most, len(found)))
    with ProcessPoolExecutor(1) as pool:
        written = pool.submit(_written)
        groups = _code_switched(_training_groups(rows, rng), rng)
        groups += office_groups(OFFICE, seed=SEED, cross=OFFICE_CROSS)
        groups += written.result()
    groups = [replace(group, question=with_typing_noise(group.question, rng)) for group in groups]
    rng.shuffle(groups)
    held_out = [g for name, part in sorted(kept.items()) for g in _held_out_groups(name, part, rng)]
    held_out += office_groups(2 * HELD_OUT_QUESTIONS, seed=SEED + 1, held_out=True)
    held_out += rng.sample(
        written_groups(held_out_files(), 1, seed=SEED + 1), 4 * HELD_OUT_QUESTIONS
    )
    for name, made in (("train", groups), ("held_out", held_out)):
        write_groups(made, out / f"{name}.jsonl")
        print(name, len(made), dict(Counter(group.source for group in made)))


def _written() -> list[StatementGroup]:
    models = ModelSettings()
    embedder = CachedEmbedder(build_embedder(models), models.cache / "embeddings.db")
    negatives = partial(embedding_negatives, embedder=embedder)
    return written_groups(training_files(), WRITTEN_ROUNDS, seed=SEED, find_negatives=negatives)


def _spans(shared: Path, name: str) -> list[SpanExample]:
    found = (
        parse_span_example(raw, name) for raw in read_lines(shared / "spans" / f"{name}.jsonl")
    )
    rows = [row for row in found if row is not None]
    if name == "tatqa":
        moved = ((row, *spell_out_rows(row.passage, row.answers)) for row in rows)
        rows = [replace(r, passage=p, answers=tuple(a)) for r, p, a in moved if a]
    return rows


def _training_groups(
    rows: dict[str, list[SpanExample]], rng: random.Random
) -> list[StatementGroup]:
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
        options = FAQ if name in FAQS else GroupOptions()
        for _ in range(ROUNDS.get(name, 1)):
            groups += build_groups(rows[name], names=names, options=options, rng=rng)
    return groups


def _code_switched(groups: Sequence[StatementGroup], rng: random.Random) -> list[StatementGroup]:
    made = []
    for group in groups:
        question = group.question
        if rng.random() < CODE_SWITCHED:
            translate = to_english if group.lang == "zh" else to_chinese
            question = translate(question, rng.uniform(0.5, 1.0), rng) or question
        made.append(replace(group, question=question))
    return made


def _held_out_groups(
    name: str, rows: Sequence[SpanExample], rng: random.Random
) -> list[StatementGroup]:
    """Makes held-out groups: a question with all statements of a passage.

    For unanswerable questions the passage is one that annotators judged to have no answer, or
    another one of the same title.
    """
    rows = rng.sample(list(rows), len(rows))
    fullest: dict[str, SpanExample] = {}
    for row in rows:
        if row.answers and len(row.passage) > len(fullest.get(row.query, row).passage) - 1:
            fullest[row.query] = row
    answered = build_complete_groups(list(fullest.values()), most=WHOLE, rng=rng)[
        :HELD_OUT_QUESTIONS
    ]
    refused = [row for row in rows if not row.answers] if name.startswith("cail") else []
    others = refused or [
        replace(other, query=row.query, answers=())
        for row in fullest.values()
        if (other := _other_passage(row, rows, rng)) is not None
    ]
    return (
        answered + build_complete_groups(others, most=WHOLE, rng=rng)[: 2 * HELD_OUT_QUESTIONS // 3]
    )


def _other_passage(
    row: SpanExample, rows: Sequence[SpanExample], rng: random.Random
) -> SpanExample | None:
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
