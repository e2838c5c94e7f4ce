"""Makes an evaluation set of the held-out written documents, with judged questions.

::

    python -m train.bundled.written_set OUT

It writes ``OUT/documents``, and questions in the format of ``eval/questions/office``. The documents
of a family are in one language; a share of its questions is in the other.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from app.durability.files import write_text
from app.text.sentences import sentence_spans
from train.bundled.written_documents import (
    LANGS,
    Family,
    Section,
    WrittenDocument,
    WrittenStatement,
    held_out_files,
    statements_of,
)
from train.bundled.written_documents import read_families as read

SEED: Final = 11
CROSS_LINGUAL: Final = 0.2
"""Share of the questions in the other language than the documents."""
_CELL: Final = " | "
_COLONS: Final = (": ", "：")


def main(out: Path) -> None:
    """Writes the set to ``out``."""
    rng = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    queries: list[dict[str, Any]] = []
    judgments = ["query-id\tcorpus-id\tscore"]
    for file in held_out_files():
        for number, family in enumerate(read(file), start=1):
            statement_lang = rng.randint(0, 1)
            names = []
            for at, document in enumerate(family.documents, start=1):
                name = f"{LANGS[statement_lang]}/{file.stem}-{number}-{at}.md"
                write_text(out / "documents" / name, _markdown(document, statement_lang))
                names.append(f"documents/{name}")
            for query, documents in _asked(family, statement_lang, rng):
                id_ = f"written-{len(queries) + 1:03}"
                queries.append({"_id": id_, **query})
                judgments += [f"{id_}\t{names[d - 1]}\t2" for d in documents]
    write_text(
        out / "queries.jsonl", "".join(json.dumps(q, ensure_ascii=False) + "\n" for q in queries)
    )
    write_text(out / "qrels.tsv", "\n".join(judgments) + "\n")
    print(f"{len(queries)} questions, {len(judgments) - 1} judgments: {out}")


def _asked(
    family: Family, statement_lang: int, rng: random.Random
) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """Yields questions, each with the numbers of the documents that answer it."""
    statements = {line.place: line for line in statements_of(family)}
    for asked in family.questions:
        question_lang = 1 - statement_lang if rng.random() < CROSS_LINGUAL else statement_lang
        answering = [statements[place] for place in asked.answered_by]
        expected = (
            [asked.answer[statement_lang]]
            if asked.answer
            else [v for line in answering for v in _values(line, statement_lang)]
        )
        kind = "cross-lingual" if question_lang != statement_lang else "fact"
        metadata: dict[str, Any] = {
            "lang": LANGS[question_lang],
            "kind": kind if answering else "unanswerable",
        }
        metadata["must_hold"] = [expected] if answering else []
        query = {
            "text": rng.choice(asked.wordings[question_lang]),
            "answers": expected if answering else [],
        }
        yield query | {"metadata": metadata}, sorted({line.document for line in answering})


def _values(line: WrittenStatement, statement_lang: int) -> list[str]:
    """Texts that a answering answer must hold: the last cell of a row, or one of the sentences."""
    text = line.texts[statement_lang].rpartition(_CELL)[2]
    for colon in _COLONS if text != line.texts[statement_lang] else ():
        text = text.partition(colon)[2] or text
    return [text[a:b].rstrip(".。;；") for a, b in sentence_spans(text)]


def _markdown(document: WrittenDocument, statement_lang: int) -> str:
    blocks = [f"# {document.title[statement_lang]}"]
    for section in document.sections:
        blocks += [
            f"{'#' * (at + 2)} {part}"
            for at, part in enumerate(section.heading[statement_lang].split(" › "))
            if part
        ]
        blocks += _blocks(section, statement_lang)
    return "\n\n".join(blocks) + "\n"


def _blocks(section: Section, statement_lang: int) -> Iterator[str]:
    """Yields Markdown blocks: rows with the same columns become a table, other text paragraphs."""
    for heads, run in groupby((texts[statement_lang] for texts in section.statements), key=_heads):
        lines = list(run)
        if len(heads) < 2:  # noqa: PLR2004 - a table has columns
            yield from lines
            continue
        rows = [[_cell(cell) for cell in line.split(_CELL)] for line in lines]
        yield "\n".join(_row(cells) for cells in (heads, ["---"] * len(heads), *rows))


def _heads(text: str) -> list[str]:
    """Heads of a row written ``head: value | head: value``; empty if it is none."""
    heads = []
    for cell in text.split(_CELL):
        colon = next((colon for colon in _COLONS if colon in cell), "")
        if not colon:
            return []
        heads.append(cell.partition(colon)[0])
    return heads


def _cell(cell: str) -> str:
    colon = next(colon for colon in _COLONS if colon in cell)
    return cell.partition(colon)[2]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
