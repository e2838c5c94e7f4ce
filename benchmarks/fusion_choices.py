"""Compares fusion methods on the same route results, also with a useless dense route.

    python benchmarks/fusion_choices.py ../shared/data/eval docs/results/fusion_choices.json

The useless route returns random chunks of the collection with cosines as close together as an
embedder gives for a language that it does not know. A method is safe if it loses little then.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from machine import provenance
from rich.console import Console

from app.domain.hits import Candidate, Fused
from app.main import Application
from app.requests import SearchRequest
from app.retrieval.fusion.fuse import convex_combination, weighted_rrf, zscore_combination
from app.settings import Settings
from eval.commands.target import evaluation_settings, index_dataset
from eval.metrics.hit_rate import hit_rate
from eval.metrics.reciprocal_rank import reciprocal_rank
from eval.retrieval.runs import collapse

SETS = {
    "scifact": ("scifact",),
    "covidqa": ("covidqa",),
    "clapnq_dev": ("clapnq_dev",),
    "codebase_qa": ("codebase_qa",),
    "medquad_eval": ("medquad_eval",),
    "chunking_eval": ("chunking_eval",),
    "cmrc2018_dev": ("cmrc2018_dev",),
    "cmrc2018_dev + zh_news_distractors": ("cmrc2018_dev", "zh_news_distractors"),
}
Rankings = Mapping[str, Sequence[Candidate]]
SEED = 20_090_719


def fusions() -> dict[str, Callable[[Rankings], list[Fused]]]:
    ways: dict[str, Callable[[Rankings], list[Fused]]] = {
        "bm25": lambda r: weighted_rrf({"bm25": r["bm25"]}, weights={"bm25": 1}, k=60),
        "dense": lambda r: weighted_rrf({"dense": r["dense"]}, weights={"dense": 1}, k=60),
    }
    for k in (0, 10, 60):
        ways[f"rrf 0.5:0.5 k={k}"] = lambda r, k=k: weighted_rrf(
            r, weights={"bm25": 0.5, "dense": 0.5}, k=k
        )
    for dense in (0.4, 0.5, 0.6):
        weights = {"bm25": 1 - dense, "dense": dense}
        ways[f"zscore {1 - dense:.1f}:{dense:.1f}"] = lambda r, w=weights: zscore_combination(
            r, weights=w
        )
        ways[f"convex {1 - dense:.1f}:{dense:.1f}"] = lambda r, w=weights: convex_combination(
            r, weights=w, minima={"bm25": 0.0}
        )
    return ways


def route_results(app: Application, name: str, questions: Mapping[str, str]) -> dict[str, Rankings]:
    pipeline = app.pipeline(app.store.open(name))
    return {
        id_: pipeline.recall(SearchRequest(question)).rankings
        for id_, question in questions.items()
    }


def with_useless_dense(results: Mapping[str, Rankings]) -> dict[str, Rankings]:
    choose = random.Random(SEED)
    chunks = sorted({c.chunk_id for r in results.values() for cs in r.values() for c in cs})
    spoiled: dict[str, Rankings] = {}
    for id_, rankings in results.items():
        scores = sorted((0.75 + 0.03 * choose.random() ** 3 for _ in range(100)), reverse=True)
        found = zip(choose.sample(chunks, 100), scores, strict=True)
        dense = [Candidate(chunk, rank, score) for rank, (chunk, score) in enumerate(found, 1)]
        spoiled[id_] = {"bm25": rankings["bm25"], "dense": dense}
    return spoiled


def scores(
    results: Mapping[str, Rankings],
    qrels: Mapping[str, Mapping[str, int]],
    fuse: Callable[[Rankings], list[Fused]],
) -> dict[str, float]:
    first, mrr = [], []
    for id_, rankings in results.items():
        fused = fuse(rankings)
        order = [d for d, _ in collapse([(f.chunk_id.rpartition("#")[0], f.score) for f in fused])]
        first.append(hit_rate(order, qrels[id_], 1))
        mrr.append(reciprocal_rank(order, qrels[id_], 10))
    return {"hit@1": round(float(np.mean(first)), 4), "mrr@10": round(float(np.mean(mrr)), 4)}


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    console = Console()
    app = Application(evaluation_settings(Settings()))
    found: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    for label, (folder, *others) in SETS.items():
        name, dataset = index_dataset(
            app, data / folder, tuple(data / other for other in others), console
        )
        questions = {query.id: query.text for query in dataset.queries.values()}
        results = route_results(app, name, questions)
        spoiled = with_useless_dense(results)
        found[label] = {
            way: {
                "as it is": scores(results, dataset.qrels, fuse),
                "dense useless": scores(spoiled, dataset.qrels, fuse),
            }
            for way, fuse in fusions().items()
        }
        console.print(label, found[label])
    app.close()
    facts = {"results": found, "seed": SEED, "provenance": provenance("faiss-cpu", "tantivy")}
    out.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
