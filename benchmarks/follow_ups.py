"""Searches for follow-up questions in four ways, and counts what is found.

Alone, after all questions before them, as the step of understanding reads them, and as a person
rewrote them.

    python benchmarks/follow_ups.py OUT.json [FOLDER ...]

hit@3 and reciprocal rank are counted by documents, for each half, language and kind of question.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from machine import provenance
from rich.console import Console

from app.main import Application
from app.requests import SearchRequest
from app.retrieval.pipeline import make_pipeline
from app.settings import Settings
from eval.commands.target import Questions, Target, evaluation_settings, prepare
from eval.datasets.dataset import EvalQuery
from eval.metrics.hit_rate import hit_rate
from eval.metrics.reciprocal_rank import reciprocal_rank

OURS = Path(__file__).parents[1] / "eval" / "questions" / "follow_ups"
WAYS = ("alone", "concatenated", "step", "rewritten")
FIRST = 3


def asked(query: EvalQuery, way: str) -> SearchRequest:
    """The request of a conversation that ends with ``query``, asked in one of the `WAYS`."""
    before = [turn.content for turn in query.history if turn.role == "user"]
    text = {
        "concatenated": " ".join([*before, query.text]),
        "rewritten": str(query.metadata["standalone"]),
    }.get(way, query.text)
    history = query.history if way == "step" else ()
    return SearchRequest(text, limit=FIRST * 4, history=tuple(history))


def measured(app: Application, target: Target, console: Console) -> dict[str, object]:
    dataset, scores = target.dataset, dict[tuple[str, str], dict[str, list[float]]]()
    with ThreadPoolExecutor(2) as executor:
        pipeline = make_pipeline(
            target.collection,
            analyzer=app.analyzer,
            embedder=app.embedder,
            reranker=None,
            settings=app.settings.retrieval,
            executor=executor,
        )
        for id_, query in dataset.queries.items():
            if not query.history or "standalone" not in query.metadata:
                continue
            for way in WAYS:
                result = pipeline.search(asked(query, way))
                documents = list(dict.fromkeys(hit.chunk.document_id for hit in result.hits))
                hit = hit_rate(documents, dataset.qrels[id_], FIRST)
                rank = reciprocal_rank(documents, dataset.qrels[id_], 10)
                for group in ("all", query.half, query.lang, f"{query.lang} {query.kind}"):
                    of_group = scores.setdefault((str(group), way), {"hit@3": [], "mrr@10": []})
                    of_group["hit@3"].append(hit)
                    of_group["mrr@10"].append(rank)
                if way == "step" and rank < 1.0 and query.half == "seen":
                    read = [r.meaning for r in result.readings if r.kind == "history"]
                    console.print(f"{rank:.2f} {query.text!r}: {read}")
    groups = dict.fromkeys(group for group, _ in scores)
    return {
        group: {
            "asked": len(scores[group, "step"]["hit@3"]),
            **{
                way: {name: round(sum(v) / len(v), 4) for name, v in scores[group, way].items()}
                for way in WAYS
            },
        }
        for group in groups
    }


def main() -> None:
    out, folders = Path(sys.argv[1]), [Path(folder) for folder in sys.argv[2:]] or [OURS]
    console, sets = Console(), dict[str, object]()
    app = Application(evaluation_settings(Settings()))
    try:
        for folder in folders:
            target = prepare(app, Questions(folder), console)
            sets[folder.name] = measured(app, target, console)
            console.print(sets[folder.name])
    finally:
        app.close()
    facts = {"sets": sets, "provenance": provenance("tantivy", "faiss-cpu")}
    out.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
