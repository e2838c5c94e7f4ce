"""Measures what learned sparse weights find, alone and fused with words and vectors.

    python benchmarks/sparse_route.py OUT.json FOLDER ...

Rankings are of documents, over the first 300 questions of each set. ``served`` is the whole
pipeline without a reranker. Tests are paired, and Holm-corrected over all sets. The model is
``models.sparse``, here `bundled:splade-tiny` where the settings name none.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from machine import provenance
from rich.console import Console

from app.main import Application
from app.requests import SearchRequest
from app.retrieval.fusion.fuse import fuse
from app.retrieval.pipeline import SearchPipeline
from app.retrieval.recall.registry import least_scores
from app.retrieval.recall.running import RecallResult
from app.settings import Settings
from eval.commands.target import Questions, Target, evaluation_settings, prepare
from eval.metrics.hit_rate import hit_rate
from eval.metrics.reciprocal_rank import reciprocal_rank
from eval.statistics.holm import holm
from eval.statistics.significance import paired_test

QUESTIONS = 300
MODEL = "bundled:splade-tiny"
ROUTES = ("bm25", "dense", "sparse")
WAYS = (
    ("bm25",),
    ("dense",),
    ("sparse",),
    ("bm25", "sparse"),
    ("dense", "sparse"),
    ("bm25", "dense"),
    ROUTES,
)
SERVED = (("bm25", "dense"), ROUTES)
MEASURES = ("hit@1", "hit@10", "mrr@10")
COMPARED = (
    ("sparse", "bm25"),
    ("bm25+sparse", "bm25+dense"),
    ("bm25+dense+sparse", "bm25+dense"),
    ("served bm25+dense+sparse", "served bm25+dense"),
)
Scores = dict[str, dict[str, list[float]]]
"""Scores by way and measure, one a question."""


def scores_of(app: Application, target: Target) -> Scores:
    found: Scores = {}
    dataset = target.dataset.first(QUESTIONS)
    pipeline = app.pipeline(
        target.collection, app.settings.retrieval.model_copy(update={"routes": ROUTES})
    )
    for id_, query in dataset.queries.items():
        orders = _fused(app, target, pipeline, query.text)
        for routes in SERVED:
            request = SearchRequest(query.text, limit=50, routes=routes)
            hits = [hit.chunk.document_id for hit in pipeline.search(request).hits]
            orders[f"served {'+'.join(routes)}"] = list(dict.fromkeys(hits))
        for way, order in orders.items():
            by_measure = found.setdefault(way, {measure: [] for measure in MEASURES})
            by_measure["hit@1"].append(hit_rate(order, dataset.qrels[id_], 1))
            by_measure["hit@10"].append(hit_rate(order, dataset.qrels[id_], 10))
            by_measure["mrr@10"].append(reciprocal_rank(order, dataset.qrels[id_], 10))
    return found


def _fused(
    app: Application, target: Target, pipeline: SearchPipeline, text: str
) -> dict[str, list[str]]:
    """Ranked documents of each way; each is weighed as if no other route had been asked."""
    recalled = pipeline.recall(SearchRequest(text))
    chunks = list({c.chunk_id for ranking in recalled.rankings.values() for c in ranking})
    document = {chunk.id: chunk.document_id for chunk in target.collection.chunks(chunks)}
    orders: dict[str, list[str]] = {}
    for routes in WAYS:
        rankings = {route: recalled.rankings[route] for route in routes}
        fused = fuse(
            rankings,
            weights=pipeline.weights(RecallResult.of_routes(recalled.query, rankings)),
            settings=app.settings.retrieval,
            minima=least_scores(),
        )
        orders["+".join(routes)] = list(dict.fromkeys(document[c.chunk_id] for c in fused))
    return orders


def main() -> None:
    out, folders = Path(sys.argv[1]), [Path(folder) for folder in sys.argv[2:]]
    settings = evaluation_settings(Settings())
    if settings.models.sparse == "none":
        models = settings.models.model_copy(update={"sparse": MODEL})
        settings = settings.model_copy(update={"models": models})
    console, app, found = Console(), Application(settings), dict[str, Scores]()
    sizes: dict[str, dict[str, float]] = {}
    try:
        for folder in folders:
            began = time.perf_counter()
            target = prepare(app, Questions(folder), console)
            found[folder.name] = scores_of(app, target)
            sizes[folder.name] = _sizes(target, time.perf_counter() - began)
            console.print(folder.name, sizes[folder.name])
        assert app.sparse_embedder is not None
        facts = {
            "questions": QUESTIONS,
            "sparse": app.sparse_embedder.id,
            "embedder": app.embedder.id,
            "sets": {name: sizes[name] | {"means": _means(found[name])} for name in found},
            "tests": _tests(found),
            "provenance": provenance("faiss-cpu", "sentence-transformers", "tantivy", "torch"),
        }
    finally:
        app.close()
    out.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _sizes(target: Target, took_s: float) -> dict[str, float]:
    stats = target.collection.stats()
    return {
        "asked": min(QUESTIONS, len(target.dataset.queries)),
        "documents": stats.documents,
        "chunks": stats.chunks,
        "took_s": round(took_s, 1),
    }


def _means(scores: Scores) -> Mapping[str, Mapping[str, float]]:
    return {
        way: {measure: round(float(np.mean(values[measure])), 4) for measure in MEASURES}
        for way, values in scores.items()
    }


def _tests(found: Mapping[str, Scores]) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """By what is compared and the set."""
    told: dict[str, dict[str, dict[str, float]]] = {}
    for one, other in COMPARED:
        for measure in MEASURES:
            tests = {
                name: paired_test(scores[one][measure], scores[other][measure])
                for name, scores in found.items()
            }
            corrected = holm([test.p_randomisation for test in tests.values()])
            told[f"{one} against {other}, {measure}"] = {
                name: {
                    "difference": round(test.difference, 4),
                    "p": round(test.p_randomisation, 4),
                    "p, corrected": round(p, 4),
                }
                for (name, test), p in zip(tests.items(), corrected, strict=True)
            }
    return told


if __name__ == "__main__":
    main()
