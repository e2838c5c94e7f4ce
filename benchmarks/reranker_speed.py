"""Times the bundled reranker alone against `CrossEncoder.predict`, and within searches.

    python benchmarks/reranker_speed.py FILE [--rounds 7] [--questions 100]

By itself: 20 candidates of 256 tokens, the first passages of scifact and of cmrc2018_dev. The peer
is the same model in sentence-transformers, in float32, on the whole passages, as its users call it.
Both alternate within each round, so that other load on the machine affects both.

Within searches: the stage ``rerank`` of the first questions of the same sets, as served, which
stops early, and with all 20 read; both alternate with every question.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from machine import provenance
from rich.console import Console

from app.main import Application
from app.models.bundled.catalogue import RERANKER_MINI
from app.models.registry import model_folder
from app.models.rerankers.cross_encoder import CrossEncoderReranker
from app.models.rerankers.registry import build_reranker
from app.requests import SearchRequest
from app.retrieval.pipeline import make_pipeline
from app.settings import ModelSettings, Settings
from eval.commands.target import evaluation_settings, index_dataset
from train.cross_encoder.base import load_cross_encoder

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "eval"
SETS = ("scifact", "cmrc2018_dev")
CANDIDATES, TOKENS, LONGEST = 20, 256, 512


def candidates(name: str, reranker: CrossEncoderReranker) -> tuple[str, list[str]]:
    folder = DATA / name
    with (folder / "corpus.jsonl").open(encoding="utf-8") as lines:
        texts = [json.loads(next(lines))["text"] * 4 for _ in range(CANDIDATES)]
    with (folder / "queries.jsonl").open(encoding="utf-8") as lines:
        query = json.loads(next(lines))["text"]
    tokenizer = reranker.tokenizer
    cut = []
    for text in texts:
        encoded = tokenizer.encode(text, add_special_tokens=False)
        cut.append(text[: encoded.offsets[min(TOKENS, len(encoded.ids)) - 1][1]])
    return query, cut


def within_searches(
    name: str, reranker: CrossEncoderReranker, *, questions: int
) -> dict[str, float]:
    """Medians of the stage ``rerank``, and how many candidates were read on average."""
    app = Application(evaluation_settings(Settings()))
    collection_name, dataset = index_dataset(app, DATA / name, (), Console())
    as_served = app.settings.retrieval
    pipelines = {
        label: make_pipeline(
            app.store.open(collection_name),
            analyzer=app.analyzer,
            embedder=app.embedder,
            reranker=reranker,  # that of `app` would remember scores
            settings=as_served.model_copy(update={"rerank_stop": stop}),
            executor=ThreadPoolExecutor(),
        )
        for label, stop in (("served", as_served.rerank_stop), ("all", 0.0))
    }
    took: dict[str, list[float]] = {label: [] for label in pipelines}
    read: list[int] = []
    for query in dataset.first(questions).queries.values():
        for label, pipeline in pipelines.items():
            found = pipeline.search(SearchRequest(query.text, explain=True))
            took[label].append(found.timings_ms["rerank"])
            if label == "served" and found.trace:
                read.append(sum(c.rerank_score is not None for c in found.trace.candidates))
    app.close()
    return {
        "served_p50_ms": round(statistics.median(took["served"]), 1),
        "all_p50_ms": round(statistics.median(took["all"]), 1),
        "served_read": round(statistics.mean(read), 1),
    }


def milliseconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--questions", type=int, default=100)
    arguments = parser.parse_args()
    settings = ModelSettings(reranker="bundled:attest-reranker-mini")
    reranker = build_reranker(settings, None)
    assert isinstance(reranker, CrossEncoderReranker)
    folder = model_folder(settings.reranker, settings.cache, kind="reranker")
    peer = load_cross_encoder(folder.path, max_length=LONGEST).float()
    result: dict[str, object] = {
        "what": f"{CANDIDATES} candidates of {TOKENS} tokens",
        "reranker": reranker.id,
        "precision": reranker.choice.precision,
        "passage_tokens_read": RERANKER_MINI.passage_tokens,
        "machine": provenance("torch", "sentence-transformers", "openvino"),
    }
    for name in SETS:
        query, passages = candidates(name, reranker)
        pairs = [(query, passage) for passage in passages]
        own, theirs = [], []
        for _ in range(arguments.rounds + 1):
            own.append(milliseconds(partial(reranker.score, query, passages)))
            theirs.append(milliseconds(partial(peer.predict, pairs, show_progress_bar=False)))
        own, theirs = own[1:], theirs[1:]  # the first round warms up
        result[name] = {
            "p50_ms": round(statistics.median(own), 1),
            "pairs_per_s": round(CANDIDATES * 1_000 / statistics.median(own), 1),
            "cross_encoder_predict_p50_ms": round(statistics.median(theirs), 1),
            "times_as_fast": round(float(np.median(np.array(theirs) / np.array(own))), 2),
            "searches": within_searches(name, reranker, questions=arguments.questions),
        }
    arguments.file.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
