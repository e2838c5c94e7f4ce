"""Times trying hundreds of settings on 1,000 recalled questions.

    python benchmarks/tuning_speed.py [benchmarks/results/tuning_speed.json]

Rankings are drawn at random: two routes of 100 chunks each, half of them in common, several chunks
a document, scores distributed like BM25 scores and cosines. The service's own fusion does a sample
of the same work and finds the same ranks, except where rounding separates equal scores, which rrf
often has. The ratio is per question and setting.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from machine import provenance

from app.domain.hits import Candidate
from app.retrieval.fusion.fuse import fuse
from app.retrieval.recall.registry import least_scores
from app.settings import RetrievalSettings
from eval.retrieval.runs import collapse
from eval.statistics.ranks import first_relevant
from eval.tuning.batch_fusion import Family, Setting, ranks_of_settings
from eval.tuning.candidate_arrays import Question, to_arrays
from eval.tuning.grid import settings_to_try

ROUTES = ("bm25", "dense")
QUESTIONS = 1_000
SETTINGS = 500
CANDIDATES = 100
IN_COMMON = 50
CHUNKS_PER_DOCUMENT = 3
SAMPLE_SETTINGS = 25
SAMPLE_QUESTIONS = 40
SEED = 20_091_119


def document_of(chunk_id: str) -> str:
    return chunk_id.partition("#")[0]


def rankings(rng: np.random.Generator) -> dict[str, list[Candidate]]:
    pool = rng.permutation(2 * CANDIDATES - IN_COMMON)
    bm25 = np.sort(rng.gamma(4.0, 3.0, CANDIDATES))[::-1]
    dense = np.sort(0.75 + 0.2 * rng.beta(1.5, 6.0, CANDIDATES))[::-1]
    found = {
        "bm25": zip(pool[:CANDIDATES], bm25, strict=True),
        "dense": zip(rng.permutation(pool[-CANDIDATES:]), dense, strict=True),
    }
    return {
        route: [
            Candidate(f"d{n // CHUNKS_PER_DOCUMENT}#{n % CHUNKS_PER_DOCUMENT}", rank, float(score))
            for rank, (n, score) in enumerate(scored, start=1)
        ]
        for route, scored in found.items()
    }


def settings_tried() -> list[Setting]:
    """The grid of `rag eval tune`, and further constants of rrf until there are enough."""
    default = Setting(Family("zscore", CANDIDATES, 60.0), (0.5, 0.5))
    tried = settings_to_try(len(ROUTES), recalled_depth=CANDIDATES, default=default)
    weights = [setting.weights for setting in tried if setting.family == default.family]
    constants = (Family("rrf", CANDIDATES, 5.0 + n) for n in range(SETTINGS))
    further = (Setting(family, row) for family in constants for row in weights)
    while len(tried) < SETTINGS:
        tried.append(next(further))
    return tried[:SETTINGS]


def served_rank(question: Question, setting: Setting, judged: dict[str, int]) -> int:
    """The rank of the first relevant document by the service's own fusion; 0 for none."""
    family = setting.family
    configured = RetrievalSettings(fusion=family.fusion, depth=family.depth, rrf_k=family.rrf_k)
    cut = {route: found[: family.depth] for route, found in question.rankings.items()}
    weights = dict(zip(ROUTES, setting.weights, strict=True))
    fused = fuse(cut, weights=weights, settings=configured, minima=least_scores())
    ranked = collapse([(document_of(f.chunk_id), f.score) for f in fused])
    return first_relevant([document for document, _ in ranked], judged) or 0


def measure() -> dict[str, object]:
    rng = np.random.default_rng(SEED)
    questions = [Question(str(n), "en", "question", rankings(rng), {}) for n in range(QUESTIONS)]
    documents = (2 * CANDIDATES - IN_COMMON) // CHUNKS_PER_DOCUMENT
    qrels = {q.id: {f"d{rng.integers(documents)}": 1} for q in questions}
    tried = settings_tried()

    started = time.perf_counter()
    recalled = to_arrays(questions, routes=ROUTES, qrels=qrels, document_of=document_of)
    laid_out_s = time.perf_counter() - started
    started = time.perf_counter()
    ranks = np.stack(list(ranks_of_settings(recalled, tried)))
    fused_s = time.perf_counter() - started

    rows = range(0, SETTINGS, SETTINGS // SAMPLE_SETTINGS)
    columns = range(0, QUESTIONS, QUESTIONS // SAMPLE_QUESTIONS)
    started = time.perf_counter()
    served = [
        [served_rank(questions[column], tried[row], qrels[str(column)]) for column in columns]
        for row in rows
    ]
    sample_s = time.perf_counter() - started
    alike = int((np.array(served) == ranks[np.ix_(rows, columns)]).sum())
    sampled = len(rows) * len(columns)
    return {
        "settings": len(tried),
        "questions": QUESTIONS,
        "candidates_per_route": CANDIDATES,
        "seconds": round(laid_out_s + fused_s, 2),
        "laying_out_s": round(laid_out_s, 2),
        "fusing_s": round(fused_s, 2),
        "sample": sampled,
        "sample_ranked_alike": alike,
        "sample_by_fuse_s": round(sample_s, 2),
        "fuse_over_arrays": round(sample_s / sampled / (fused_s / ranks.size), 1),
    }


def main() -> None:
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "benchmarks/results/tuning_speed.json")
    facts = measure() | {"seed": SEED, "provenance": provenance("numpy")}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(facts, indent=2))


if __name__ == "__main__":
    main()
