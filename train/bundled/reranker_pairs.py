"""Samples and cleans the question–passage pairs that the bundled reranker is trained on.

::

    python -m train.bundled.reranker_pairs SHARED_TRAIN_FOLDER OUT.jsonl

The mix prefers questions that people asked to headings and templates. A sample of each source is
enough: a small model gains more from another domain than from more of the same. Lower-cased
passages and half of the web queries get their capitals back. Sentences taken out of passages serve
as queries too, like the claims that people search for.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from app.durability.files import write_text
from app.text.sentences import sentence_spans
from train.bundled.truecase import Truecaser
from train.mining.training_pairs import Pair, by_source, read_pairs

SEED: Final = 20_261_125
SHARES: Final = {
    "medquad": 3_000,
    "qed_nq": 3_200,
    "boolq": 2_400,
    "squad_train_part_sent": 3_000,
    "conditionalqa": 2_465,
    "aws_doc_headings": 1_800,
    "javaguide_questions_zh": 1_491,
    "javaguide_headings_zh": 2_600,
}
"""Number of pairs sampled from each file; files that evaluation sets were made of are left out."""
CLAIMS: Final = {"boolq": 700, "qed_nq": 700, "medquad": 500, "javaguide_headings_zh": 1_200}
"""Number of sentences taken out of the passages of each file and used as queries."""
KEPT: Final = {
    "medquad": 2_600,
    "qed_nq": 2_400,
    "boolq": 1_800,
    "aws_doc_headings": 900,
    "javaguide_headings_zh": 1_200,
    "boolq_claims": 350,
    "qed_nq_claims": 0,
    "medquad_claims": 0,
    "javaguide_headings_zh_claims": 600,
}
"""Number of pairs kept of each source: what two cores can index and read in an hour."""
_CASED_QUERIES: Final = 0.5
"""Share of lower-cased web queries that get capitals and punctuation."""
_CLAIM_CHARACTERS: Final = {"en": (50, 160), "zh": (16, 60)}
_POSITIVE_CHARACTERS: Final = 1_600
"""Length to which a positive passage is cut: its beginning answers, the rest is another chunk."""
_TEMPLATE: Final = re.compile(
    r"^.*?\b(?:of|for|with|by|is|are|\(are\)|causes|inherited)\b ", re.IGNORECASE
)


def bundled_pairs(folder: Path, *, seed: int = SEED) -> list[Pair]:
    """Makes the whole mix; the same files and seed give the same pairs."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    files = {name: read_pairs(folder / f"{name}.jsonl") for name in SHARES}
    files = {name: [replace(p, source=name) for p in pairs] for name, pairs in files.items()}
    truecaser = Truecaser(
        pair.positive for name in ("boolq", "qed_nq", "medquad") for pair in files[name]
    )
    chosen: list[Pair] = []
    for name, pairs in files.items():
        some = _some_diseases(pairs, rng) if name == "medquad" else pairs
        taken = rng.sample(some, min(SHARES[name], len(some)))
        cleaned = [_cleaned(pair, truecaser, rng) for pair in taken]
        chosen += cleaned
        claims = list(_claims(cleaned, rng))
        chosen += rng.sample(claims, min(CLAIMS.get(name, 0), len(claims)))
    return [
        pair
        for source, drawn in by_source(chosen).items()
        for pair in drawn[: KEPT.get(source, len(drawn))]
    ]


def _some_diseases(pairs: Sequence[Pair], rng: random.Random) -> list[Pair]:
    """Samples diseases and keeps all questions about each: their answers are hard negatives."""
    subjects: dict[str, list[Pair]] = {}
    for pair in pairs:
        subjects.setdefault(_TEMPLATE.sub("", pair.query).strip(" ?").lower(), []).append(pair)
    order = sorted(subjects)
    rng.shuffle(order)
    found: list[Pair] = []
    for subject in order:
        if len(found) >= SHARES["medquad"]:
            break
        found += subjects[subject]
    return found


def _cleaned(pair: Pair, truecaser: Truecaser, rng: random.Random) -> Pair:
    positive, title, query = pair.positive, pair.title, pair.query
    if pair.source == "boolq":
        title, separator, rest = positive.partition(" -- ")
        title, positive = (title, rest) if separator else ("", positive)
        if rng.random() < 0.5:  # noqa: PLR2004 - a coin
            title = ""  # many collections have none, and the reranker must read the passage
    if pair.source == "squad_train_part_sent":
        positive, query = truecaser.restore(positive), truecaser.restore(query)
    if pair.source in {"qed_nq", "boolq"} and rng.random() < _CASED_QUERIES:
        query = truecaser.restore(query).rstrip("? ") + "?"
    return replace(pair, query=query, title=title, positive=positive[:_POSITIVE_CHARACTERS])


def _claims(pairs: Sequence[Pair], rng: random.Random) -> Iterator[Pair]:
    """Yields pairs of a sentence of a passage as the query and the passage without it."""
    for pair in pairs:
        low, high = _CLAIM_CHARACTERS["zh" if pair.language == "zh" else "en"]
        spans = sentence_spans(pair.positive)
        fitting = [
            span
            for span in spans
            if low <= span[1] - span[0] <= high and len(spans) > 2  # noqa: PLR2004 - the rest must still say something
        ]
        if fitting:
            start, end = rng.choice(fitting)
            rest = f"{pair.positive[:start].rstrip()} {pair.positive[end:].lstrip()}".strip()
            yield replace(
                pair,
                query=pair.positive[start:end],
                positive=rest,
                source=f"{pair.source}_claims",
            )


if __name__ == "__main__":
    source, out = map(Path, sys.argv[1:3])
    lines = (
        json.dumps(asdict(pair) | {"lang": pair.language}, ensure_ascii=False)
        for pair in bundled_pairs(source)
    )
    write_text(out, "".join(f"{line}\n" for line in lines))
