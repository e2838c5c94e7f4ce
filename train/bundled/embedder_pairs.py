"""Makes the pairs that an embedder is trained on: questions, passages, and passages beside them.

::

    python -m train.bundled.embedder_pairs SHARED_TRAIN_FOLDER OUT.jsonl

Each line has a ``query``, the ``positive`` that answers it, and a ``negative`` that resembles it,
which is empty where none is known. Passages stand below their title and heading, as chunks do when
they are indexed. Of documents that were written for this, a question is asked of the text in its
own language and in the other, and of the statement alone; and a line is a query for itself in the
other language.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from app.durability.files import write_text
from app.models.readers.statement_pairs import SETTING_SEPARATOR
from train.bundled.reader_pairs import PAIRS, pair_rows
from train.bundled.reader_worn import worn
from train.bundled.written import Family, Line, learnt, lines_of, read_families
from train.reader.data import read_lines

SEED: Final = 11
SPANS: Final = {
    "qed_nq_span": 9_000,
    "squadshifts_new_wiki": 6_000,
    "tatqa": 1_200,
    "drcd_dev": 2_784,
    "cail2019": 2_500,
    "cmrc2017_userq": 1_500,
    "lawbench_mrc_zh": 498,
}
"""Questions drawn of each file of spans."""
FILES: Final = {
    "medquad": 3_000,
    "qed_nq": 4_000,
    "aws_doc_headings": 3_000,
    "javaguide_headings_zh": 2_000,
}
"""Pairs drawn of other files."""
CHARACTERS: Final = {"en": 900, "zh": 300}
"""Of a passage that are read."""
_BEFORE: Final = 200
"""Characters before an answer that are kept of a longer passage."""
_STATEMENT: Final = 0.35
"""Share of written questions that are asked of one statement alone."""
_ACROSS: Final = 0.4
"""Share of written questions that are asked of the text in the other language."""
_LINES: Final = 12
"""Lines of a family that are paired with themselves in the other language."""


@dataclass(frozen=True, slots=True)
class Triple:
    """A question, a passage that answers it, and one that does not or nothing."""

    query: str
    positive: str
    negative: str
    source: str


def triples(shared: Path, files: Sequence[Path], rng: random.Random) -> list[Triple]:
    """All of them, in random order."""
    made = [*written_triples(files, rng), *_public(shared, rng)]
    rng.shuffle(made)
    return made


def written_triples(files: Sequence[Path], rng: random.Random) -> Iterator[Triple]:
    """Of each wording of each answered question of ``files``."""
    for family in (family for file in files for family in read_families(file)):
        lines = list(lines_of(family))
        for asked in family.asked:
            if not asked.by:
                continue
            right = next(line for line in lines if line.place == asked.by[0])
            for ask in (0, 1):
                for question in asked.q[ask]:
                    tell = 1 - ask if rng.random() < _ACROSS else ask
                    texts = _texts(family, lines, right, tell, rng)
                    yield Triple(worn(question, rng), *texts, "written")
        for line in rng.sample(lines, min(_LINES, len(lines))):
            ask = rng.randrange(2)
            yield Triple(line.texts[ask], _said(line, 1 - ask), "", "lines")


def _texts(
    family: Family, lines: Sequence[Line], right: Line, tell: int, rng: random.Random
) -> tuple[str, str]:
    """What answers, and what stands in its place in a sister document."""
    sisters = [n for n in range(1, len(family.documents) + 1) if n != right.document]
    if rng.random() < _STATEMENT:
        others = [line for line in lines if line.place != right.place]
        near = [o for o in others if o.section == right.section] or others
        return _said(right, tell), _said(rng.choice(near), tell)
    sister = rng.choice(sisters) if sisters else 0
    return _passage(lines, right.document, right.section, tell), (
        _passage(lines, sister, right.section, tell) if sister else ""
    )


def _said(line: Line, tell: int) -> str:
    return f"{line.settings[tell]}\n{line.texts[tell]}"


def _passage(lines: Sequence[Line], document: int, section: int, tell: int) -> str:
    """A document from a section on, as a chunk has it; the whole where it has no such section."""
    own = [line for line in lines if line.document == document]
    first = [line for line in own if line.section == section] or own
    rest = [line for line in own if line.section > section] if first is not own else []
    title, _, heading = first[0].settings[tell].partition(SETTING_SEPARATOR)
    above = SETTING_SEPARATOR.join(filter(None, (title, heading)))
    text = "\n".join(line.texts[tell] for line in (*first, *rest))
    return f"{above}\n{text}"[: CHARACTERS[("en", "zh")[tell]]]


def _public(shared: Path, rng: random.Random) -> Iterator[Triple]:
    for name, most in SPANS.items():
        raws = [raw for raw in read_lines(shared / "spans" / f"{name}.jsonl") if raw["answers"]]
        for raw in rng.sample(raws, min(most, len(raws))):
            title, passage = raw.get("title") or "", str(raw["passage"])
            at = max(0, int(raw["answers"][0]["start"]) - _BEFORE)
            passage = passage[at:] if len(passage) > CHARACTERS[raw["lang"]] else passage
            yield _triple(str(raw["query"]), title, passage, name, raw["lang"], rng)
    for name, most in PAIRS.items():
        rows = pair_rows(shared, name)
        for row in rng.sample(rows, min(most, len(rows))):
            yield _triple(row.query, row.title, row.passage, name, row.lang, rng)
    for name, most in FILES.items():
        raws = read_lines(shared / f"{name}.jsonl")
        for raw in rng.sample(raws, min(most, len(raws))):
            yield _triple(
                raw["query"], raw.get("title") or "", raw["positive"], name, raw["lang"], rng
            )


def _triple(
    query: str, title: str, passage: str, source: str, lang: str, rng: random.Random
) -> Triple:
    text = f"{title}\n{passage}" if title else passage
    return Triple(worn(query, rng), text[: CHARACTERS[lang]], "", source)


def main(shared: Path, out: Path) -> None:
    """Writes the triples into ``out``."""
    rng = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    made = triples(shared, learnt(), rng)
    lines = (json.dumps(asdict(triple), ensure_ascii=False) + "\n" for triple in made)
    write_text(out, "".join(lines))
    print(f"{len(made):,} questions: {out}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
