"""Measures BM25 with and without the function words of questions, on the same index.

python benchmarks/query_terms.py ../shared/data/eval docs/results/query_terms.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from machine import provenance
from rich.console import Console

from app.main import Application
from app.ports.store import Collection
from app.settings import Settings
from eval.commands.target import Questions, evaluation_settings, prepare
from eval.datasets.dataset import Dataset
from eval.metrics.hit_rate import hit_rate
from eval.metrics.reciprocal_rank import reciprocal_rank
from eval.retrieval.runs import collapse
from eval.statistics.holm import holm
from eval.statistics.significance import PairedTest, paired_test

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
DEPTH = 100


def scores(
    collection: Collection, dataset: Dataset, terms: Callable[[str], list[str]]
) -> tuple[list[float], list[float]]:
    hits, ranks = [], []
    for query in dataset.queries.values():
        found = collection.search_lexical(terms(query.text), limit=DEPTH)
        chunks = {c.id: c.document_id for c in collection.chunks([c.chunk_id for c in found])}
        order = [d for d, _ in collapse([(chunks[c.chunk_id], c.score) for c in found])]
        hits.append(hit_rate(order, dataset.qrels[query.id], 1))
        ranks.append(reciprocal_rank(order, dataset.qrels[query.id], 10))
    return hits, ranks


def mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 4)


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    console = Console()
    app = Application(evaluation_settings(Settings()))
    results: dict[str, dict[str, object]] = {}
    tests: list[PairedTest] = []
    for label, (folder, *others) in SETS.items():
        questions = Questions(data / folder, tuple(data / other for other in others))
        target = prepare(app, questions, console)
        every = scores(target.collection, target.dataset, app.analyzer.terms)
        content = scores(target.collection, target.dataset, app.analyzer.query_terms)
        test = paired_test(content[1], every[1])
        tests.append(test)
        results[label] = {
            "questions": len(every[0]),
            "every term": {"hit@1": mean(every[0]), "mrr@10": mean(every[1])},
            "no function words": {"hit@1": mean(content[0]), "mrr@10": mean(content[1])},
            "mrr@10 gained": round(test.difference, 4),
            "interval": [round(test.interval.low, 4), round(test.interval.high, 4)],
        }
        console.print(label, results[label])
    app.close()
    for result, p in zip(results.values(), holm([t.p_randomisation for t in tests]), strict=True):
        result["p, corrected"] = round(p, 5)
    facts = {"results": results, "provenance": provenance("tantivy", "jieba")}
    out.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
