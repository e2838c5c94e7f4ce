"""Makes a small part of a dataset, which is indexed in minutes.

    python benchmarks/part_of_set.py ../shared/data/eval/covidqa FOLDER 300 700

The part has the first 300 questions, the documents that answer them, and of the others the first
ones, 700 documents in all. Scores on a part do not compare with those on the set, because it has
fewer distractors.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    questions, size = int(sys.argv[3]), int(sys.argv[4])
    folder.mkdir(parents=True)
    header, *judgments = _lines(source / "qrels.tsv")
    judged = list(dict.fromkeys(line.split("\t")[0] for line in judgments))
    asked = set(judged[:questions])
    kept = [line for line in judgments if line.split("\t")[0] in asked]
    needed = {line.split("\t")[1] for line in kept}
    documents = [(json.loads(line)["_id"], line) for line in _lines(source / "corpus.jsonl")]
    others = [id_ for id_, _ in documents if id_ not in needed]
    chosen = needed | set(others[: max(0, size - len(needed))])
    _write(folder / "corpus.jsonl", [line for id_, line in documents if id_ in chosen])
    queries = _lines(source / "queries.jsonl")
    _write(folder / "queries.jsonl", [q for q in queries if json.loads(q)["_id"] in asked])
    _write(folder / "qrels.tsv", [header, *kept])


def _lines(file: Path) -> list[str]:
    """Splits at line feeds; `str.splitlines` also splits at characters that JSON leaves."""
    return [line for line in file.read_text(encoding="utf-8").split("\n") if line]


def _write(file: Path, lines: list[str]) -> None:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
