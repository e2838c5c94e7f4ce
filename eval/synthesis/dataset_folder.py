"""Writes synthetic questions as a folder for `eval.datasets.beir`, with a README."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from app.durability.files import write_text
from eval.errors import EvaluationError
from eval.synthesis.summary import summary
from eval.synthesis.synthesize import Synthesis

QUERIES: Final = "queries.jsonl"
QRELS: Final = "qrels.tsv"
README: Final = "README.md"
GRADE: Final = 1
"""Grade of the document that a question was made from."""


def write_dataset(synthesis: Synthesis, folder: Path) -> None:
    """Writes ``queries.jsonl``, ``qrels.tsv`` and ``README.md``; the documents stay where they are.

    The same synthesis gives the same bytes.

    Raises:
        EvaluationError: the folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise EvaluationError(f"{folder} is not empty; remove it, or name another with --out")
    queries: list[str] = []
    qrels = ["query-id\tcorpus-id\tscore"]
    for number, question in enumerate(synthesis.questions, start=1):
        query_id = f"synthetic-{number:05}"
        metadata: dict[str, object] = {
            "kind": question.kind.value,
            "lang": question.lang,
            "synthetic": True,
            "references": [{"document": question.document_id, "quote": question.quote}],
        }
        row = {"_id": query_id, "text": question.text, "metadata": metadata}
        queries.append(json.dumps(row, ensure_ascii=False))
        qrels.append(f"{query_id}\t{question.document_id}\t{GRADE}")
    write_text(folder / QUERIES, "".join(f"{line}\n" for line in queries))
    write_text(folder / QRELS, "".join(f"{line}\n" for line in qrels))
    write_text(folder / README, _readme(synthesis))


def _readme(synthesis: Synthesis) -> str:
    stats, settings = synthesis.collection, synthesis.settings
    built = stats.fingerprint
    facts = {
        "collection": f"{stats.name} ({stats.documents:,} documents, {stats.chunks:,} chunks)",
        "built by": f"{built.embedder}, analyzer {built.analyzer}, chunking {built.chunking}",
        "generator": synthesis.generator or "none: templates only",
        "seed": settings.seed,
        "limit": settings.limit,
        "questions of one document, at most": settings.per_document,
        "kinds asked for": ", ".join(settings.kinds),
        "cosine from which passages are one": settings.near_duplicate_cosine,
    }
    listed = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
    return _PAGE.format(name=stats.name, summary=summary(synthesis), facts=listed)


_PAGE: Final = """\
# Synthetic questions about {name}

**No person asked these questions.** They were written by `rag eval synthesize` from the passages of
the collection, and each is judged to be answered by the document that it was made from (grade 1)
and by no other.

```
{summary}
```

| | |
|---|---|
{facts}

## How they were made

Documents and chunks were sampled by the seed. `definition` and `fact` questions turn a sentence
round ("X is a …" → "What is X?"); `heading` questions are headings and titles, as a question where
they can be one and as keywords otherwise; `generated` questions were written by the model named
above and checked. `metadata.references` quotes the sentence that each was made from.

Removed were questions that other documents answer as well: where a passage of another document is
nearly the same, poses the same question or holds the same sentence. Whether retrieval finds the
passage was **not** asked, since that would leave only the easy questions.

## What they can tell

- They share their words with the passage they come from, and most ask what something is. Scores on
  them are higher than on the questions of people.
- **Which single route is better can't be read from them.** On three sets that people had asked, the
  ensemble was best on their questions and on synthetic ones alike, but two times out of three the
  better one of BM25 and embedding was not the same.
- Only one document is judged relevant. Others may answer too, above all in another language.
- Use them to see that an index works and that a change breaks nothing. Weights and routes are to be
  chosen on the questions of real users; some fifty of them say more than many of these.
"""
