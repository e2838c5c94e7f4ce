"""The written families that no reader learns from, as documents and judged questions.

::

    python -m train.bundled.written_set OUT

writes ``OUT/documents`` and questions as ``eval/questions/office`` has them. Each family's
documents are in one language, and part of its questions in the other.
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
from train.bundled.written import LANGS, Family, Line, Section, Written, apart, lines_of
from train.bundled.written import read_families as read

SEED: Final = 11
ACROSS: Final = 0.2
"""Share of the questions in the language that the documents are not in."""
_CELL: Final = " | "
_COLONS: Final = (": ", "：")


def main(out: Path) -> None:
    """Writes the set into ``out``."""
    rng = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    queries: list[dict[str, Any]] = []
    judgments = ["query-id\tcorpus-id\tscore"]
    for file in apart():
        for number, family in enumerate(read(file), start=1):
            tell = rng.randint(0, 1)
            names = []
            for at, document in enumerate(family.documents, start=1):
                name = f"{LANGS[tell]}/{file.stem}-{number}-{at}.md"
                write_text(out / "documents" / name, _markdown(document, tell))
                names.append(f"documents/{name}")
            for query, documents in _asked(family, tell, rng):
                id_ = f"written-{len(queries) + 1:03}"
                queries.append({"_id": id_, **query})
                judgments += [f"{id_}\t{names[d - 1]}\t2" for d in documents]
    write_text(
        out / "queries.jsonl", "".join(json.dumps(q, ensure_ascii=False) + "\n" for q in queries)
    )
    write_text(out / "qrels.tsv", "\n".join(judgments) + "\n")
    print(f"{len(queries)} questions, {len(judgments) - 1} judgments: {out}")


def _asked(
    family: Family, tell: int, rng: random.Random
) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """Questions, each with the documents that answer it."""
    told = {line.place: line for line in lines_of(family)}
    for asked in family.asked:
        ask = 1 - tell if rng.random() < ACROSS else tell
        right = [told[place] for place in asked.by]
        held = [asked.a[tell]] if asked.a else [v for line in right for v in _values(line, tell)]
        kind = "cross-lingual" if ask != tell else "fact"
        metadata: dict[str, Any] = {"lang": LANGS[ask], "kind": kind if right else "unanswerable"}
        metadata["must_hold"] = [held] if right else []
        query = {"text": rng.choice(asked.q[ask]), "answers": held if right else []}
        yield query | {"metadata": metadata}, sorted({line.document for line in right})


def _values(line: Line, tell: int) -> list[str]:
    """What of a statement must be held: of a row its last cell, else one of its sentences."""
    text = line.texts[tell].rpartition(_CELL)[2]
    for colon in _COLONS if text != line.texts[tell] else ():
        text = text.partition(colon)[2] or text
    return [text[a:b].rstrip(".。;；") for a, b in sentence_spans(text)]


def _markdown(document: Written, tell: int) -> str:
    blocks = [f"# {document.title[tell]}"]
    for section in document.sections:
        blocks += [
            f"{'#' * (at + 2)} {part}"
            for at, part in enumerate(section.heading[tell].split(" › "))
            if part
        ]
        blocks += _blocks(section, tell)
    return "\n\n".join(blocks) + "\n"


def _blocks(section: Section, tell: int) -> Iterator[str]:
    """Rows with the same columns become a table; what else there is, a paragraph each."""
    for heads, run in groupby((said[tell] for said in section.said), key=_heads):
        lines = list(run)
        if len(heads) < 2:  # noqa: PLR2004 - a table has columns
            yield from lines
            continue
        rows = [[_cell(cell) for cell in line.split(_CELL)] for line in lines]
        yield "\n".join(_row(cells) for cells in (heads, ["---"] * len(heads), *rows))


def _heads(text: str) -> list[str]:
    """The heads of a row written ``head: value | head: value``; empty where it is none."""
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
