"""covidqa as a dataset of whole papers: its questions, judged by the paper that they are about.

python benchmarks/whole_papers.py ../shared/data/eval/covidqa FOLDER
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path


def main() -> None:
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True)
    shutil.copy(source / "full_docs.jsonl", folder / "corpus.jsonl")
    shutil.copy(source / "queries.jsonl", folder / "queries.jsonl")
    lines = ["query-id\tcorpus-id\tscore"]
    for row in (source / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        query = json.loads(row)
        lines.append(f"{query['_id']}\t{query['metadata']['doc']}\t1")
    (folder / "qrels.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
