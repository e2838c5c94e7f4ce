"""Compares bm25 + dense with bm25 + dense + graph, over weights of the graph.

    python benchmarks/graph_route.py OUT.json FOLDER[@DOCUMENTS[+DOCUMENTS]] ...

Sets that OUT.json has already are kept. ``second@3`` is the share of questions whose answering
passage, of the highest grade, is among the first three, ``both@5`` the share all of whose passages
are among the first five. ``fused`` is the ranking after fusion, ``served`` what a search returns,
``anywhere`` counts the graph also where its first hit is not that of the other routes, ``walk``
ranks by personalised PageRank alone. ``spoke`` is the share of questions on which the graph
returned anything, ``counted`` that on which it counted.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from machine import provenance
from rich.console import Console

from app.domain.hits import Candidate
from app.main import Application
from app.requests import SearchRequest
from app.retrieval.fusion.fuse import Rankings, fuse
from app.retrieval.graph.neighbourhood import longest, neighbourhood
from app.retrieval.graph.walk import Walk
from app.retrieval.pipeline import SearchPipeline
from app.retrieval.recall.registry import least_scores
from app.retrieval.recall.running import RecallResult
from app.settings import Settings
from app.text.entities.extraction import asked_names
from eval.commands.target import Questions, Target, evaluation_settings, prepare
from eval.metrics.hit_rate import hit_rate
from eval.metrics.reciprocal_rank import reciprocal_rank
from eval.statistics.significance import paired_test

ROUTES = ("bm25", "dense", "graph")
WEIGHTS = (0.1, 0.2, 0.3, 0.5)
SERVED = (0.2,)
BASE = "bm25 + dense"
QUESTIONS = 120
Scores = dict[str, dict[str, list[float]]]
"""By way and measure, one a question."""


def main() -> None:
    out, wanted = Path(sys.argv[1]), sys.argv[2:]
    settings = evaluation_settings(Settings())
    store = settings.store.model_copy(update={"entity_graph": True})
    app = Application(settings.model_copy(update={"store": store}))
    found = json.loads(out.read_text(encoding="utf-8"))["sets"] if out.exists() else {}
    console = Console()
    try:
        for entry in wanted:
            folder, _, documents = entry.partition("@")
            place, name = _documents(app, documents), Path(folder).name
            target = prepare(app, Questions(Path(folder), documents=place), console)
            found[f"{name} among others" if "+" in documents else name] = of_set(app, target)
            facts = json.dumps({"sets": found}, indent=1)
            out.write_text(facts + "\n", encoding="utf-8")
            console.print(entry)
    finally:
        app.close()


def _documents(app: Application, folders: str) -> Path | None:
    """The folder of documents; several are copied into one."""
    if "+" not in folders:
        return Path(folders) if folders else None
    together = app.settings.models.cache / "eval-together" / "documents"
    for folder in folders.split("+"):
        shutil.copytree(folder, together, dirs_exist_ok=True)
    return together


def of_set(app: Application, target: Target) -> dict[str, object]:
    scores: Scores = {}
    groups: list[str] = []
    spoke, counted, times_ms = [], [], []
    pipelines = dict(_pipelines(app, target))
    dataset = target.dataset.first(QUESTIONS)
    for id_, query in dataset.queries.items():
        judged = dataset.qrels.get(id_)
        if not judged:
            continue
        recalled = pipelines[BASE].recall(SearchRequest(query.text, routes=ROUTES))
        started = time.perf_counter()
        pipelines[BASE].recall(SearchRequest(query.text, routes=("graph",)))
        times_ms.append(1_000 * (time.perf_counter() - started))
        counts = bool(recalled.rankings["graph"] and pipelines[BASE].factors(recalled)["graph"])
        spoke.append(bool(recalled.rankings["graph"]))
        counted.append(counts)
        groups.append(f"{query.kind} {query.half}".strip())
        orders = dict(_fused(app, target, pipelines[BASE], recalled, counts=counts))
        for way, pipeline in pipelines.items():
            hits = pipeline.search(SearchRequest(query.text, limit=20)).hits
            orders[f"served, {way}"] = [hit.chunk.id for hit in hits]
        for way, order in orders.items():
            documents = list(dict.fromkeys(_document(chunk) for chunk in order))
            for measure, score in _measured(documents, judged):
                scores.setdefault(way, {}).setdefault(measure, []).append(score)
    return {
        "asked": len(groups),
        "chunks": target.collection.stats().chunks,
        "spoke": round(float(np.mean(spoke)), 4),
        "counted": round(float(np.mean(counted)), 4),
        "graph_p50_ms": round(float(np.percentile(times_ms, 50)), 2),
        "graph_p95_ms": round(float(np.percentile(times_ms, 95)), 2),
        "means": {way: _means(by_measure) for way, by_measure in scores.items()},
        "groups": _by_group(scores, groups) if "two-hop seen" in groups else {},
        "tests": _tests(scores),
        "provenance": provenance("faiss-cpu", "tantivy"),
    }


def _pipelines(app: Application, target: Target) -> Iterator[tuple[str, SearchPipeline]]:
    retrieval = app.settings.retrieval
    yield BASE, app.pipeline(target.collection, retrieval)
    for weight in SERVED:
        changed = {"routes": ROUTES, "weights": {**retrieval.weights, "graph": weight}}
        yield (
            f"graph {weight:g}",
            app.pipeline(target.collection, retrieval.model_copy(update=changed)),
        )


def _fused(
    app: Application,
    target: Target,
    pipeline: SearchPipeline,
    recalled: RecallResult,
    *,
    counts: bool,
) -> Iterator[tuple[str, list[str]]]:
    """``counts``: the graph does, for this question."""
    rankings = {name: recalled.rankings[name] for name in ROUTES[:2]}
    weights = pipeline.weights(RecallResult.of_routes(recalled.query, rankings))
    graph = recalled.rankings["graph"]
    others = {"": graph if counts else (), "anywhere ": graph}
    others["walk "] = _walked(app, target, recalled.query.text)
    yield f"fused, {BASE}", _order(app, rankings, weights)
    for way, ranking in others.items():
        for weight in WEIGHTS:
            order = _order(app, {**rankings, "graph": ranking}, {**weights, "graph": weight})
            yield f"fused, graph {way}{weight:g}", order


def _order(app: Application, rankings: Rankings, weights: Mapping[str, float]) -> list[str]:
    settings, minima = app.settings.retrieval, least_scores()
    fused = fuse(rankings, weights=weights, settings=settings, minima=minima)
    return [candidate.chunk_id for candidate in fused]


def _walked(app: Application, target: Target, question: str) -> list[Candidate]:
    graph, settings = target.collection.graph(), app.settings.retrieval
    known = graph.frequencies(asked_names(question))
    seeds = {name: known[name] for name in longest(known)}
    around = neighbourhood(graph, seeds, nodes=settings.graph_nodes, common=settings.graph_common)
    best = Walk(around, seeds, damping=settings.graph_damping).best(settings.depth)
    return [Candidate(chunk, rank, score) for rank, (chunk, score) in enumerate(best, 1)]


def _document(chunk_id: str) -> str:
    return chunk_id.rpartition("#")[0]


def _measured(order: Sequence[str], judged: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    yield "hit@1", hit_rate(order, judged, 1)
    yield "hit@3", hit_rate(order, judged, 3)
    yield "mrr@10", reciprocal_rank(order, judged, 10)
    best = max(judged.values())
    answering = {id_: grade for id_, grade in judged.items() if grade == best}
    yield "second@3", hit_rate(order, answering, 3)
    yield "both@5", float(all(id_ in order[:5] for id_, grade in judged.items() if grade > 0))


def _means(by_measure: Mapping[str, Sequence[float]]) -> dict[str, float]:
    return {measure: round(float(np.mean(values)), 4) for measure, values in by_measure.items()}


def _by_group(scores: Scores, groups: Sequence[str]) -> dict[str, object]:
    return {
        f"{group} ({groups.count(group)})": {
            way: _means(
                {
                    measure: [v for v, of in zip(values, groups, strict=True) if of == group]
                    for measure, values in by_measure.items()
                    if measure in {"hit@1", "second@3", "both@5"}
                }
            )
            for way, by_measure in scores.items()
            if way.startswith("served")
        }
        for group in sorted(set(groups) - {""})
    }


def _tests(scores: Scores) -> dict[str, object]:
    """Of every way against the same without the graph."""
    found: dict[str, object] = {}
    for way in scores:
        base = f"{way.partition(',')[0]}, {BASE}"
        if way == base:
            continue
        for measure in ("hit@1", "second@3"):
            test = paired_test(scores[way][measure], scores[base][measure])
            found[f"{way}, {measure}"] = {
                "difference": round(test.difference, 4),
                "p": round(test.p_randomisation, 4),
            }
    return found


if __name__ == "__main__":
    main()
