"""Tries how much BM25 should count by its lead over the dense route, on many sets.

    python benchmarks/fusion_lead.py OUT.json FOLDER[@DOCUMENTS] ...

Each variant is compared with the better single route of the set by a paired test, Holm-corrected
over all sets. ``served`` is the whole pipeline, with two weights of term matches. For each set, the
result states which lead would have been chosen by the mean hit@1 of all other sets.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from machine import provenance
from rich.console import Console

from app.domain.hits import Candidate, Trace
from app.main import Application
from app.requests import SearchRequest
from app.retrieval.fusion.coverage import lead, lead_factor
from app.retrieval.fusion.fuse import fuse
from app.retrieval.pipeline import SearchPipeline, make_pipeline
from app.retrieval.recall.registry import least_scores
from app.retrieval.recall.running import RecallResult
from app.retrieval.understanding.understand import as_query
from app.settings import Settings
from eval.commands.target import Questions, Target, evaluation_settings, prepare
from eval.metrics.hit_rate import hit_rate
from eval.metrics.reciprocal_rank import reciprocal_rank
from eval.statistics.holm import holm
from eval.statistics.significance import paired_test

LEADS = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)
QUESTIONS = 300
MEASURES = ("hit@1", "mrr@10")
ROUTES = ("bm25", "dense")


@dataclass(frozen=True, slots=True)
class Served:
    """Settings of a run of the whole pipeline."""

    lead: float
    match_weight: float

    def __str__(self) -> str:
        return f"served, lead {self.lead:g}, match weight {self.match_weight:g}"


SERVED = (Served(0.0, 1.0), Served(0.6, 1.0), Served(0.6, 0.5))
Scores = dict[str, dict[str, list[float]]]
"""Scores by variant and measure, one per question."""


def scores_of(app: Application, target: Target) -> Scores:
    found: Scores = {}
    collection, dataset = target.collection, target.dataset.first(QUESTIONS)
    with ThreadPoolExecutor(1) as executor:
        pipelines = {
            served: make_pipeline(
                collection,
                analyzer=app.analyzer,
                embedder=app.embedder,
                reranker=None,
                settings=app.settings.retrieval.model_copy(
                    update={"bm25_lead": served.lead, "match_weight": served.match_weight}
                ),
                executor=executor,
            )
            for served in SERVED
        }
        for id_, query in dataset.queries.items():
            traces = {served: _traced(pipelines[served], query.text) for served in SERVED}
            orders = {
                str(served): list(dict.fromkeys(c.document_id for c in trace.candidates))
                for served, trace in traces.items()
            }
            orders |= _fused(app, target, pipelines[SERVED[0]], traces[SERVED[0]])
            for way, order in orders.items():
                by_measure = found.setdefault(way, {measure: [] for measure in MEASURES})
                by_measure["hit@1"].append(hit_rate(order, dataset.qrels[id_], 1))
                by_measure["mrr@10"].append(reciprocal_rank(order, dataset.qrels[id_], 10))
    return found


def _traced(pipeline: SearchPipeline, query: str) -> Trace:
    trace = pipeline.search(SearchRequest(query, explain=True)).trace
    assert trace is not None  # it was asked for
    return trace


def _fused(
    app: Application, target: Target, pipeline: SearchPipeline, trace: Trace
) -> dict[str, list[str]]:
    """Ranked documents of each route, and fused with each lead.

    ``pipeline`` is one that lets BM25 count in full.
    """
    rankings = {
        route: sorted(
            (
                Candidate(c.chunk_id, c.routes[route].rank, c.routes[route].score)
                for c in trace.candidates
                if route in c.routes
            ),
            key=lambda candidate: candidate.rank,
        )
        for route in ROUTES
    }
    query = as_query(trace.query, app.analyzer)
    weights = pipeline.weights(RecallResult.of_routes(query, rankings))
    found = lead("bm25", rankings, query, collection=target.collection, analyzer=app.analyzer)
    ways = {route: [c.chunk_id for c in ranking] for route, ranking in rankings.items()}
    for share in LEADS:
        weighed = {**weights, "bm25": weights["bm25"] * lead_factor(found, full=share)}
        fused = fuse(
            rankings,
            weights=weighed if any(weighed.values()) else dict.fromkeys(weighed, 1.0),
            settings=app.settings.retrieval,
            minima=least_scores(),
        )
        ways[str(share)] = [c.chunk_id for c in fused]
    document = {c.chunk_id: c.document_id for c in trace.candidates}
    return {way: list(dict.fromkeys(document[id_] for id_ in ids)) for way, ids in ways.items()}


def main() -> None:
    out, wanted = Path(sys.argv[1]), sys.argv[2:]
    console, found = Console(), dict[str, Scores]()
    app = Application(evaluation_settings(Settings()))
    try:
        for entry in wanted:
            folder, _, documents = entry.partition("@")
            with_documents = Path(documents) if documents else None
            target = prepare(app, Questions(Path(folder), documents=with_documents), console)
            found[Path(folder).name] = scores_of(app, target)
            console.print(folder)
    finally:
        app.close()
    summaries = {name: _summary(found, name) for name in found}
    _correct(summaries)
    facts = {
        "questions": QUESTIONS,
        "sets": summaries,
        "provenance": provenance("faiss-cpu", "tantivy"),
    }
    out.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def left_out(found: Mapping[str, Scores], name: str) -> str:
    """The lead that is best on all sets but ``name``, before term matches."""
    others = [scores for other, scores in found.items() if other != name]
    means = {
        str(share): float(np.mean([np.mean(scores[str(share)]["hit@1"]) for scores in others]))
        for share in LEADS
    }
    return max(means, key=lambda share: means[share])


def _summary(found: Mapping[str, Scores], name: str) -> dict[str, object]:
    scores = found[name]
    means = {
        way: {measure: round(float(np.mean(values[measure])), 4) for measure in MEASURES}
        for way, values in scores.items()
    }
    tests: dict[str, dict[str, object]] = {}
    for measure in MEASURES:
        best = max(ROUTES, key=lambda route: means[route][measure])
        for way in (way for way in scores if way not in ROUTES):
            test = paired_test(scores[way][measure], scores[best][measure])
            tests[f"{way}, {measure}"] = {
                "best route": best,
                "difference": round(test.difference, 4),
                "p": test.p_randomisation,
            }
    return {
        "asked": len(scores["bm25"]["hit@1"]),
        "means": means,
        "tests": tests,
        "chosen without it": left_out(found, name),
    }


def _correct(summaries: Mapping[str, dict[str, object]]) -> None:
    """Adds p-values, corrected for the number of sets of each variant."""
    ways = next(iter(summaries.values()))["tests"]
    assert isinstance(ways, dict)
    for way in ways:
        tests = [of_set["tests"][way] for of_set in summaries.values()]  # type: ignore[index]  # a mapping, as made above
        for test, corrected in zip(tests, holm([t["p"] for t in tests]), strict=True):
            test["p, corrected"] = corrected


if __name__ == "__main__":
    main()
