"""Makes the training data of an embedder: questions with positive and negative passages.

::

    python -m train.bundled.embedder_pairs SHARED_TRAIN_FOLDER OUT.jsonl

Each line has a ``query``, the ``positive`` passage that answers it, and a hard ``negative`` that
resembles it; the negative is empty where none is known. Passages begin with their title and
heading, as indexed chunks do. Questions about written documents are paired with passages in their
own language and in the other one, and in part with single statements; and statements are paired
with their translations.
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
from train.bundled.typing_noise import with_typing_noise
from train.bundled.written_documents import (
    Family,
    WrittenStatement,
    read_families,
    statements_of,
    training_files,
)
from train.reader.training_data import read_lines

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
"""Number of questions sampled from each file of answer spans."""
FILES: Final = {
    "medquad": 3_000,
    "qed_nq": 4_000,
    "aws_doc_headings": 3_000,
    "javaguide_headings_zh": 2_000,
}
"""Number of pairs sampled from each other file."""
CHARACTERS: Final = {"en": 900, "zh": 300}
"""Length to which passages are cut, in characters, by language."""
_BEFORE: Final = 200
"""Characters before an answer that are kept of a longer passage."""
_STATEMENT: Final = 0.35
"""Share of the questions about written documents whose passages are single statements."""
_CROSS_LINGUAL: Final = 0.4
_TRANSLATIONS: Final = 12
"""Number of statements of a family that are paired with their translations."""


@dataclass(frozen=True, slots=True)
class Triple:
    """A question, a passage that answers it, and a passage that does not, or an empty string."""

    query: str
    positive: str
    negative: str
    source: str


def triples(shared: Path, files: Sequence[Path], rng: random.Random) -> list[Triple]:
    """Makes all triples and shuffles them."""
    made = [*written_triples(files, rng), *_public(shared, rng)]
    rng.shuffle(made)
    return made


def written_triples(files: Sequence[Path], rng: random.Random) -> Iterator[Triple]:
    """Makes a triple for each wording of each answered question in ``files``."""
    for family in (family for file in files for family in read_families(file)):
        lines = list(statements_of(family))
        for asked in family.questions:
            if not asked.answered_by:
                continue
            positive = next(line for line in lines if line.place == asked.answered_by[0])
            for question_lang in (0, 1):
                for question in asked.wordings[question_lang]:
                    statement_lang = (
                        1 - question_lang if rng.random() < _CROSS_LINGUAL else question_lang
                    )
                    texts = _texts(family, lines, positive, statement_lang, rng)
                    yield Triple(with_typing_noise(question, rng), *texts, "written")
        for line in rng.sample(lines, min(_TRANSLATIONS, len(lines))):
            lang = rng.randrange(2)
            yield Triple(line.texts[lang], _with_setting(line, 1 - lang), "", "lines")


def _texts(
    family: Family,
    lines: Sequence[WrittenStatement],
    positive: WrittenStatement,
    statement_lang: int,
    rng: random.Random,
) -> tuple[str, str]:
    """Returns a positive passage and a negative one from the same place in a sister document."""
    sisters = [n for n in range(1, len(family.documents) + 1) if n != positive.document]
    if rng.random() < _STATEMENT:
        others = [line for line in lines if line.place != positive.place]
        similar = [o for o in others if o.section == positive.section] or others
        return _with_setting(positive, statement_lang), _with_setting(
            rng.choice(similar), statement_lang
        )
    sister = rng.choice(sisters) if sisters else 0
    return _passage(lines, positive.document, positive.section, statement_lang), (
        _passage(lines, sister, positive.section, statement_lang) if sister else ""
    )


def _with_setting(line: WrittenStatement, statement_lang: int) -> str:
    return f"{line.settings[statement_lang]}\n{line.texts[statement_lang]}"


def _passage(
    lines: Sequence[WrittenStatement], document: int, section: int, statement_lang: int
) -> str:
    """Text of a document from a section on, or of all of it where the section does not exist."""
    own = [line for line in lines if line.document == document]
    first = [line for line in own if line.section == section] or own
    rest = [line for line in own if line.section > section] if first is not own else []
    title, _, heading = first[0].settings[statement_lang].partition(SETTING_SEPARATOR)
    above = SETTING_SEPARATOR.join(filter(None, (title, heading)))
    text = "\n".join(line.texts[statement_lang] for line in (*first, *rest))
    return f"{above}\n{text}"[: CHARACTERS[("en", "zh")[statement_lang]]]


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
    return Triple(with_typing_noise(query, rng), text[: CHARACTERS[lang]], "", source)


def main(shared: Path, out: Path) -> None:
    """Writes the triples to ``out``."""
    rng = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    made = triples(shared, training_files(), rng)
    lines = (json.dumps(asdict(triple), ensure_ascii=False) + "\n" for triple in made)
    write_text(out, "".join(lines))
    print(f"{len(made):,} questions: {out}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
