"""Which chunk size, overlap and strategy find the most of what answers, for the same context.

    python benchmarks/chunk_size.py ../shared/data/eval docs/results/chunk_size.json

Each way of cutting is judged by spans: chunks are taken in the order of the ensemble's ranking
until they hold 1,000 tokens, as an answer's context would, and the share of the reference's
characters that lie in them is counted. Larger chunks get no advantage from being larger.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from machine import provenance

from app.domain import Document, Hit, Span
from app.main import Application
from app.requests import SearchRequest
from app.settings import ChunkingSettings, Settings, StoreSettings

BUDGET_TOKENS = 1_000
CONFIGURATIONS: tuple[tuple[str, int, int], ...] = (
    ("sentence", 256, 0),
    ("sentence", 128, 0),
    ("sentence", 384, 0),
    ("sentence", 256, 64),
    ("fixed", 256, 0),
    ("fixed", 256, 64),
    ("sentence", 192, 0),
    ("sentence", 128, 32),
)
"""The raw documents have no structure that their spans would survive; a section without headings
is cut as by sentence."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and the spans of a document that answer it."""

    text: str
    document_id: str
    spans: tuple[Span, ...]


def read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def chunking_eval(folder: Path) -> tuple[list[Document], list[Question]]:
    documents = [
        Document(path.stem, path.read_text(encoding="utf-8"), path.stem)
        for path in sorted((folder / "raw").glob("*.md"))
    ]
    questions = []
    for row in read(folder / "queries.jsonl"):
        metadata = row["metadata"]
        spans = tuple((start, end) for start, end in metadata["references"])
        questions.append(Question(row["text"], metadata["doc"], spans))
    return documents, questions


def covidqa(folder: Path) -> tuple[list[Document], list[Question]]:
    documents = [
        Document(str(row["_id"]), str(row["text"]), str(row.get("title", "")))
        for row in read(folder / "full_docs.jsonl")
    ]
    texts = {document.id: document.text for document in documents}
    questions = []
    for row in read(folder / "queries.jsonl"):
        document, answer = row["metadata"]["doc"], row["answers"][0].strip()
        at = texts[document].find(answer)
        if at >= 0 and texts[document].count(answer) == 1:  # a short answer may stand anywhere
            questions.append(Question(row["text"], document, ((at, at + len(answer)),)))
    return documents, questions


def covered(question: Question, hits: Sequence[Hit], count_tokens: Mapping[str, int]) -> float:
    """Share of the reference's characters in the first chunks that fit the budget."""
    wanted = {at for start, end in question.spans for at in range(start, end)}
    found: set[int] = set()
    spent = 0
    for hit in hits:
        spent += count_tokens[hit.chunk.id]
        if spent > BUDGET_TOKENS:
            break
        if hit.chunk.document_id == question.document_id:
            found.update(range(*hit.chunk.span))
    return len(wanted & found) / len(wanted)


def measure(
    documents: list[Document], questions: list[Question], chunking: ChunkingSettings
) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as directory:
        store = StoreSettings(directory=Path(directory))
        app = Application(Settings(store=store, chunking=chunking))
        collection = app.store.create("chunks", app.indexer.fingerprint)
        for document in documents:
            collection.put(app.indexer.embed([app.indexer.chunk(document, document.id)]))
        pipeline = app.pipeline(collection)
        lengths = {
            chunk.id: app.embedder.count_tokens(chunk.text)
            for document in documents
            for chunk in collection.document_chunks(document.id)
        }
        with ThreadPoolExecutor(2) as pool:
            shares = list(
                pool.map(
                    lambda q: covered(
                        q, pipeline.search(SearchRequest(q.text, limit=30)).hits, lengths
                    ),
                    questions,
                )
            )
        app.close()
    return {
        "reference_recall": round(float(np.mean(shares)), 4),
        "all_of_it": round(float(np.mean([share > 0.999 for share in shares])), 4),
        "chunks": len(lengths),
        "mean_tokens": round(float(np.mean(list(lengths.values()))), 1),
    }


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    sets = {
        "chunking_eval": chunking_eval(data / "chunking_eval"),
        "covidqa full documents": covidqa(data / "covidqa"),
    }
    results: dict[str, dict[str, dict[str, float]]] = {name: {} for name in sets}
    if out.exists():  # goes on where an interrupted run ended; delete the file to measure anew
        results |= json.loads(out.read_text(encoding="utf-8"))["results"]
    for strategy, size, overlap in CONFIGURATIONS:
        chunking = ChunkingSettings(strategy=strategy, chunk_tokens=size, overlap_tokens=overlap)
        for name, (documents, questions) in sets.items():
            if f"{strategy} {size}+{overlap}" in results[name]:
                continue
            found = measure(documents, questions, chunking)
            results[name][f"{strategy} {size}+{overlap}"] = found
            print(name, strategy, size, overlap, found, flush=True)
            out.write_text(
                json.dumps(
                    {
                        "budget_tokens": BUDGET_TOKENS,
                        "questions": {n: len(q) for n, (_, q) in sets.items()},
                        "results": results,
                        "provenance": provenance("faiss-cpu", "tantivy", "torch"),
                    },
                    indent=2,
                )
                + "\n",
                encoding="utf-8",
            )


if __name__ == "__main__":
    main()
