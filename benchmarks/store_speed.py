"""Times filters, adding a document, and concurrent searches in a large collection.

    python benchmarks/store_speed.py OUT.json [--data ../shared/data/eval] [--chunks 100000]
        [--store DIR]

Texts, vectors and questions are those of `recall_speed`, with metadata beside them: ``lang``, and
``percent``, a number from 0 to 99 for each document, by which filters pass a given share of chunks.
With ``--store``, collections are kept in a folder and reused. No model runs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from machine import provenance
from recall_speed import (
    DIMENSION,
    QUESTIONS,
    QUESTIONS_EACH,
    GivenVectors,
    documents,
    milliseconds,
    passages,
    rows,
    summary,
)

from app.domain.collections import Fingerprint
from app.domain.documents import Document, IndexedDocument, Vectors
from app.filters import parse_filter
from app.ports.store import Collection
from app.requests import SearchRequest
from app.retrieval.health import self_retrieval
from app.retrieval.pipeline import SearchPipeline, make_pipeline
from app.settings import RetrievalSettings, StoreSettings
from app.stores.local.store import LocalStore
from app.text.analyzer import StandardAnalyzer
from ingest.pipeline import Ingestion
from ingest.sources.model import Load, Source

SMALL = 1_000
"""Chunks of the collection that adding a document is compared with."""
SHARES = (1, 10, 50, 99)
"""Percent of the chunks that filters let through."""
STAGES = ("bm25", "dense", "fuse", "match", "fetch", "total")
ADDED = 20
"""Number of documents added to each collection in each way."""
ADDED_CHUNKS = 3
READERS = 2
"""Number of threads that search concurrently."""


def described(
    texts: Sequence[str], vectors: Vectors, prefix: str, analyzer: StandardAnalyzer
) -> Iterator[IndexedDocument]:
    """Documents with metadata."""
    rng = np.random.default_rng(7)
    for item in documents(texts, vectors, prefix):
        metadata = {
            "lang": analyzer.language(item.document.text),
            "percent": int(rng.integers(100)),
        }
        yield replace(
            item,
            document=replace(item.document, metadata=metadata),
            chunks=tuple(replace(chunk, metadata=metadata) for chunk in item.chunks),
        )


def filled(
    store: LocalStore, name: str, texts: Sequence[str], vectors: Vectors, analyzer: StandardAnalyzer
) -> Collection:
    """Opens the collection of this name, or makes it."""
    collection = store.create(name, Fingerprint("given", DIMENSION, analyzer.version, "given"))
    if not collection.stats().chunks:
        prepared = described(texts, vectors, "d", analyzer)
        with collection.bulk():
            while batch := list(islice(prepared, 100)):
                collection.put(batch)
    self_retrieval.refresh(
        collection, analyzer=analyzer, embedder=GivenVectors(vectors), settings=RetrievalSettings()
    )
    return collection


def searched(
    pipeline: SearchPipeline, questions: Sequence[str], sources: Mapping[str, Sequence[object]]
) -> dict[str, dict[str, dict[str, float]]]:
    """Milliseconds of each stage, by the name of what was filtered; names take turns.

    ``sources`` are filters, used one after the other and again from the first.
    """
    times: dict[str, dict[str, list[float]]] = {
        name: {stage: [] for stage in STAGES} for name in sources
    }
    for number, question in enumerate(questions):
        for name, choices in sources.items():
            where = parse_filter(choices[number % len(choices)])
            started = time.perf_counter()
            result = pipeline.search(SearchRequest(question, where=where))
            taken = dict(result.timings_ms) | {"total": (time.perf_counter() - started) * 1_000}
            for stage in STAGES:
                times[name][stage].append(taken[stage])
    return {name: {s: summary(taken) for s, taken in by.items()} for name, by in times.items()}


def filters(questions: int) -> dict[str, Sequence[object]]:
    """Filters: ``same_…`` repeats one; ``new_…`` makes a comparison never made before."""
    chosen: dict[str, Sequence[object]] = {"none": [None]}
    for share in SHARES:
        chosen[f"same_{share}"] = [{"percent": {"lt": share}}]
    for share in (1, 50, 99):
        # Percents are whole: all these let the same chunks through.
        chosen[f"new_{share}"] = [
            {"percent": {"lt": share - n / questions / 2}} for n in range(questions)
        ]
    chosen["english"], chosen["chinese"] = [{"lang": "en"}], [{"lang": "zh"}]
    return chosen


def side_by_side(collection: Collection, vectors: Vectors) -> dict[str, float]:
    """Dense searches a second of one thread, and of several."""
    queries = vectors[:300]
    rates = {}
    for threads in (1, READERS):
        with ThreadPoolExecutor(threads) as pool:
            started = time.perf_counter()
            list(pool.map(lambda query: collection.search_dense(query, limit=100), queries))
            rates[threads] = len(queries) / (time.perf_counter() - started)
    return {
        "one_thread_per_s": round(rates[1], 1),
        f"{READERS}_threads_per_s": round(rates[READERS], 1),
        "ratio": round(rates[READERS] / rates[1], 2),
    }


class Ready:
    """A document that is loaded, chunked and embedded already, as `Ingestion` takes it."""

    kind = "file"

    def __init__(self, document: IndexedDocument) -> None:
        self._document = document
        self.name = document.document.id

    def identify(self) -> tuple[str, str]:
        return self.name, self._document.content_hash

    def load(self, _: Load, **__: int) -> Document:
        return self._document.document


class ReadyIndexer:
    """An indexer that returns a ready document."""

    max_characters = 1_000_000

    def __init__(self, document: IndexedDocument) -> None:
        self._document = document

    def chunk(self, *_: object) -> IndexedDocument:
        return self._document

    def embed(self, items: Sequence[IndexedDocument]) -> list[IndexedDocument]:
        return list(items)


def ingest(
    collection: Collection,
    item: IndexedDocument,
    analyzer: StandardAnalyzer,
    embedder: GivenVectors,
) -> None:
    """Does all that a command or a job does with one document, without models."""
    source: Source = Ready(item)
    Ingestion(collection, ReadyIndexer(item), load=lambda *_: None, batch_chunks=64).run([source])
    self_retrieval.refresh(
        collection, analyzer=analyzer, embedder=embedder, settings=RetrievalSettings()
    )


def run_once(directory: Path, name: str, prefix: str) -> None:
    """Opens the collection and adds a document, in a process of its own."""
    started = time.perf_counter()
    analyzer = StandardAnalyzer(directory / "analyzer")
    store = LocalStore(StoreSettings(directory=directory), analyzer)
    collection = store.open(name)
    vectors = _vectors(ADDED_CHUNKS, seed=len(prefix))
    item = next(described(["A new page."] * ADDED_CHUNKS, vectors, prefix, analyzer))
    ingest(collection, item, analyzer, GivenVectors(vectors))
    store.close()
    print((time.perf_counter() - started) * 1_000)


def added(
    directory: Path,
    collections: Mapping[str, Collection],
    texts: Sequence[str],
    vectors: Vectors,
    analyzer: StandardAnalyzer,
) -> dict[str, object]:
    """Milliseconds for one more document, with collections alternating."""
    embedder = GivenVectors(vectors)
    ways = ("put", "job_until_found", "command", "command_whole_process")
    times: dict[str, dict[str, list[float]]] = {way: {n: [] for n in collections} for way in ways}

    def found(collection: Collection) -> None:
        collection.search_dense(vectors[0], limit=1)
        collection.search_lexical(["x"], limit=1)

    def until_found(collection: Collection, item: IndexedDocument, *, whole: bool) -> None:
        if whole:
            ingest(collection, item, analyzer, embedder)
        else:
            collection.put([item])
        found(collection)

    stamp = f"{time.time():.0f}"
    for number in range(ADDED):
        for name, collection in collections.items():
            few = texts[number : number + ADDED_CHUNKS]
            for way, whole in (("put", False), ("job_until_found", True)):
                new = described(few, vectors[:ADDED_CHUNKS], f"{way}{stamp}-{number}-", analyzer)
                run = partial(until_found, collection, next(new), whole=whole)
                times[way][name].append(milliseconds(run))
    for number in range(ADDED // 4):
        for name in collections:
            command = [
                sys.executable, __file__, "unused", "--store", str(directory),
                "--run-once", name, f"run{stamp}-{number}-",
            ]  # fmt: skip
            started = time.perf_counter()
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            whole_ms = (time.perf_counter() - started) * 1_000
            times["command_whole_process"][name].append(whole_ms)
            times["command"][name].append(float(told))
    result: dict[str, object] = {}
    for way, by in times.items():
        small, large = (summary(by[name]) for name in ("small", "large"))
        ratio = round(large["p50_ms"] / small["p50_ms"], 2)
        result[way] = {"small": small, "large": large, "ratio_p50": ratio}
    return result


def _vectors(count: int, *, seed: int = 20_090_719) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def measure(data: Path, chunks: int, directory: Path, parts: Sequence[str]) -> dict[str, object]:
    texts = list(islice(passages(data), chunks))
    vectors = _vectors(len(texts))
    analyzer = StandardAnalyzer(directory / "analyzer")
    store = LocalStore(StoreSettings(directory=directory), analyzer)
    collections = {
        name: filled(store, name, texts[:count], vectors[:count], analyzer)
        for name, count in (("small", SMALL), ("large", len(texts)))
    }
    large = collections["large"]
    questions = [
        row["text"]
        for name in QUESTIONS
        for row in islice(rows(data, name, "queries.jsonl"), QUESTIONS_EACH)
    ]
    result: dict[str, object] = {
        "chunks": len(texts),
        "questions": len(questions),
        # Of the machine, before: where it is more than the cores, only ratios mean something.
        "load_average": round(os.getloadavg()[0], 1),
    }
    if "search" in parts:
        with ThreadPoolExecutor(4) as pool:
            pipeline = make_pipeline(
                large,
                analyzer=analyzer,
                embedder=GivenVectors(vectors),
                reranker=None,
                settings=RetrievalSettings(),
                executor=pool,
            )
            for question in questions[:10]:
                pipeline.search(SearchRequest(question))
            found = searched(pipeline, questions, filters(len(questions)))
        result["search"] = found
        plain = found["none"]["total"]["p50_ms"]
        result["over_unfiltered_p50"] = {
            name: round(stages["total"]["p50_ms"] / plain, 2) for name, stages in found.items()
        }
    if "dense" in parts:
        result["dense_side_by_side"] = side_by_side(large, vectors)
    if "add" in parts:
        result["add_one_document"] = added(directory, collections, texts, vectors, analyzer)
    store.close()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/eval"))
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--store", type=Path, help="where collections are kept")
    parser.add_argument("--parts", nargs="+", default=["search", "dense", "add"])
    parser.add_argument("--run-once", nargs=2, metavar=("COLLECTION", "PREFIX"))
    arguments = parser.parse_args()
    if arguments.run_once:
        run_once(arguments.store, *arguments.run_once)
        return
    with tempfile.TemporaryDirectory() as directory:
        kept = arguments.store or Path(directory)
        result = measure(arguments.data, arguments.chunks, kept, arguments.parts)
    result["provenance"] = provenance("tantivy", "faiss-cpu", "numpy")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
