"""Times recall with 100,000 chunks, and adding one document.

    python benchmarks/recall_speed.py OUT.json [--data ../shared/data/eval] [--chunks 100000]

The texts are real, in two languages, cut into passages of 230 characters. The vectors are random,
because the cost of exact search does not depend on them. rank-bm25 answers the same questions in
the same run. No model runs.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
from machine import provenance
from rank_bm25 import BM25Okapi

from app.domain.collections import Fingerprint
from app.domain.documents import Chunk, Document, IndexedDocument, Vectors
from app.ports.store import Collection
from app.requests import SearchRequest
from app.retrieval.pipeline import make_pipeline
from app.settings import RetrievalSettings, StoreSettings
from app.stores.local.store import LocalStore
from app.text.analyzer import StandardAnalyzer

DIMENSION = 384
CORPORA = ("scifact", "zh_news_distractors", "medquad_eval", "covidqa")
QUESTIONS = ("scifact", "cmrc2018_dev", "covidqa")
QUESTIONS_EACH = 70
RANK_BM25_QUESTIONS = 20
CHUNKS_PER_DOCUMENT = 10
PASSAGE_CHARACTERS = 230


def rows(data: Path, name: str, file: str) -> Iterator[dict[str, str]]:
    with (data / name / file).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def passages(data: Path) -> Iterator[str]:
    """Yields passages of the corpora in turn, so that both languages occur."""
    sources = [
        (
            row["text"][at : at + PASSAGE_CHARACTERS]
            for row in rows(data, name, "corpus.jsonl")
            for at in range(0, len(row["text"]), PASSAGE_CHARACTERS)
        )
        for name in CORPORA
    ]
    while sources:
        for source in list(sources):
            piece = next(source, None)
            if piece is None:
                sources.remove(source)
            elif piece.strip():
                yield piece


def documents(texts: Sequence[str], vectors: Vectors, prefix: str) -> Iterator[IndexedDocument]:
    for number, start in enumerate(range(0, len(texts), CHUNKS_PER_DOCUMENT)):
        parts = texts[start : start + CHUNKS_PER_DOCUMENT]
        id_ = f"{prefix}{number}"
        chunks, at = [], 0
        for position, part in enumerate(parts):
            span = (at, at + len(part))
            chunks.append(Chunk(f"{id_}#{position}", id_, position, part, span))
            at = span[1] + 1
        document = Document(id_, "\n".join(parts))
        yield IndexedDocument(document, tuple(chunks), vectors[start : start + len(parts)], id_)


def fill(collection: Collection, texts: Sequence[str], vectors: Vectors) -> float:
    started = time.perf_counter()
    prepared = documents(texts, vectors, "d")
    with collection.bulk():
        while batch := list(islice(prepared, 100)):
            collection.put(batch)
    return time.perf_counter() - started


def milliseconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return (time.perf_counter() - started) * 1_000


def summary(times: Sequence[float]) -> dict[str, float]:
    return {
        "p50_ms": round(float(np.percentile(times, 50)), 3),
        "p95_ms": round(float(np.percentile(times, 95)), 3),
    }


class GivenVectors:
    """An embedder that returns given vectors."""

    id = "given"
    dimension = DIMENSION
    max_tokens = 512

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = iter(np.resize(vectors, (10_000, DIMENSION)))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([next(self._vectors) for _ in texts])

    embed_passages = embed_queries

    def count_tokens(self, text: str) -> int:
        return len(text)

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        return [(at, at + 1) for at in range(len(text))]


def measure(data: Path, chunks: int, directory: Path) -> dict[str, object]:
    rng = np.random.default_rng(20_090_719)
    texts = list(islice(passages(data), chunks))
    vectors = rng.normal(size=(len(texts), DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    analyzer = StandardAnalyzer(directory / "analyzer")
    store = LocalStore(StoreSettings(directory=directory / "store"), analyzer)
    fingerprint = Fingerprint("given", DIMENSION, analyzer.version, "given")
    large, small = store.create("large", fingerprint), store.create("small", fingerprint)
    built_s = fill(large, texts, vectors)
    fill(small, texts[:1_000], vectors[:1_000])
    print(f"built {len(texts)} chunks in {built_s:.0f} s", flush=True)

    questions = [
        row["text"]
        for name in QUESTIONS
        for row in islice(rows(data, name, "queries.jsonl"), QUESTIONS_EACH)
    ]
    asked = [analyzer.query_terms(question) for question in questions]
    for terms in asked[:10]:
        large.search_lexical(terms, limit=100)
    lexical = {
        depth: [
            milliseconds(lambda t=terms, d=depth: large.search_lexical(t, limit=d))
            for terms in asked
        ]
        for depth in (10, 100)
    }
    pipeline = make_pipeline(
        large,
        analyzer=analyzer,
        embedder=GivenVectors(vectors),
        reranker=None,
        settings=RetrievalSettings(),
        executor=ThreadPoolExecutor(4),
    )
    requests = [SearchRequest(question) for question in questions]
    for request in requests[:10]:
        pipeline.search(request)
    hybrid = [milliseconds(lambda r=request: pipeline.search(r)) for request in requests]

    added: dict[str, list[float]] = {"small": [], "large": []}
    for number in range(30):
        for name, collection in (("small", small), ("large", large)):
            new = next(documents(texts[number : number + 3], vectors[:3], f"new{number}-"))
            added[name].append(milliseconds(lambda c=collection, n=new: c.put([n])))
            added[name][-1] += milliseconds(
                lambda c=collection: (
                    c.search_dense(vectors[0], limit=1),
                    c.search_lexical(["x"], limit=1),
                )
            )
    store.close()

    terms_of = [analyzer.terms(text) for text in texts]
    reference = BM25Okapi(terms_of)
    sample = asked[:: len(asked) // RANK_BM25_QUESTIONS]
    peer = [
        milliseconds(lambda t=terms: np.argsort(-reference.get_scores(t))[:100]) for terms in sample
    ]
    p50 = {depth: summary(times)["p50_ms"] for depth, times in lexical.items()}
    return {
        "chunks": len(texts),
        "questions": len(questions),
        "build_s": round(built_s, 1),
        "lexical_top_10": summary(lexical[10]),
        "lexical_top_100": summary(lexical[100]),
        "rank_bm25_top_100": summary(peer),
        "rank_bm25_over_lexical_p50": {
            f"top_{depth}": round(summary(peer)["p50_ms"] / value, 1)
            for depth, value in p50.items()
        },
        "hybrid_without_model": summary(hybrid),
        "add_one_document_to_1000": summary(added["small"]),
        "add_one_document": summary(added["large"]),
        "add_one_document_ratio_p50": round(
            summary(added["large"])["p50_ms"] / summary(added["small"])["p50_ms"], 2
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/eval"))
    parser.add_argument("--chunks", type=int, default=100_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        result = measure(arguments.data, arguments.chunks, Path(directory))
    result["provenance"] = provenance("tantivy", "faiss-cpu", "rank-bm25", "numpy")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
