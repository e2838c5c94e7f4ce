"""Measures each choice in the analyzer: BM25 with and without it, on real questions.

    python benchmarks/analyzer_choices.py ../shared/data/eval docs/results/analyzer_choices.json

Scores are from bm25s (Lucene's formula, k1 = 1.2, b = 0.75), so only the terms differ.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import bm25s
import jieba
import numpy as np

from app.text.analyzer import ANALYZER_VERSION, StandardAnalyzer
from app.text.normalise import normalise

# Lucene's EnglishAnalyzer set.
ENGLISH_STOP_WORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then "
    "there these they this to was will with".split()
)
CHINESE_STOP_WORDS = frozenset(
    "的 了 是 在 和 与 有 为 也 就 都 而 及 或 一个 什么 哪 吗 呢".split()
)

HAN_OR_OTHER = re.compile(r"([\u3400-\u9fff]+)|([^\u3400-\u9fff]+)")

Terms = Callable[[str], list[str]]


def is_han(term: str) -> bool:
    return "\u3400" <= term[0] <= "\u9fff"


def variants(analyzer: StandardAnalyzer) -> dict[str, Terms]:
    def without(stop: frozenset[str]) -> Terms:
        return lambda text: [term for term in analyzer.terms(text) if term not in stop]

    def words_alone(text: str) -> list[str]:
        return [
            t for run in _runs(text) for t in (jieba.lcut_for_search(run) if is_han(run) else [run])
        ]

    def coarse_words_alone(text: str) -> list[str]:
        return [t for run in _runs(text) for t in (jieba.lcut(run) if is_han(run) else [run])]

    def pairs_alone(text: str) -> list[str]:
        return [t for run in _runs(text) for t in (_pairs(run) if is_han(run) else [run])]

    def _runs(text: str) -> Iterator[str]:
        """Yields runs of Chinese characters, and the shipped terms of the text between them."""
        for han, other in HAN_OR_OTHER.findall(normalise(text)):
            yield from [han] if han else analyzer.terms(other)

    return {
        "as shipped": analyzer.terms,
        "without English stop words": without(ENGLISH_STOP_WORDS),
        "without Chinese stop words": without(CHINESE_STOP_WORDS),
        "Chinese: jieba's search words alone": words_alone,
        "Chinese: jieba's coarse words alone": coarse_words_alone,
        "Chinese: pairs of characters alone": pairs_alone,
    }


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def judged(folder: Path) -> dict[str, set[str]]:
    relevant: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        if int(grade) > 0:
            relevant.setdefault(query, set()).add(document)
    return relevant


def score(terms: Terms, folder: Path, distractors: Iterable[dict[str, str]]) -> dict[str, float]:
    corpus = [*read(folder, "corpus.jsonl"), *distractors]
    ids = [document["_id"] for document in corpus]
    relevant = judged(folder)
    queries = [q for q in read(folder, "queries.jsonl") if q["_id"] in relevant]
    engine = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    texts = [f"{document['title']}\n{document['text']}" for document in corpus]
    engine.index([terms(text) for text in texts], show_progress=False)
    found, _ = engine.retrieve(
        [terms(query["text"]) for query in queries], k=10, show_progress=False
    )
    first, ndcg = [], []
    for query, row in zip(queries, found, strict=True):
        gains = np.array([float(ids[i] in relevant[query["_id"]]) for i in row])
        ideal = (1 / np.log2(np.arange(2, 2 + min(10, len(relevant[query["_id"]]))))).sum()
        first.append(gains[0])
        ndcg.append((gains / np.log2(np.arange(2, 12))).sum() / ideal)
    return {"hit@1": round(float(np.mean(first)), 4), "ndcg@10": round(float(np.mean(ndcg)), 4)}


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    news = read(data / "zh_news_distractors", "corpus.jsonl")
    results: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as cache:
        for name, terms in variants(StandardAnalyzer(Path(cache))).items():
            results[name] = {
                "scifact": score(terms, data / "scifact", []),
                "cmrc2018_dev + zh_news_distractors": score(terms, data / "cmrc2018_dev", news),
            }
            print(name, results[name], flush=True)
    out.write_text(
        json.dumps({"analyzer": ANALYZER_VERSION, "results": results}, indent=2, ensure_ascii=False)
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
