"""Measures fairness among writers, and the cost of searches during a bulk write.

    python benchmarks/turns.py OUT.json [--chunks 5000] [--seconds 10]

Writers and searches are separate processes on one collection. No model runs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from machine import provenance
from recall_speed import DIMENSION, documents, milliseconds

from app.domain.collections import Fingerprint
from app.domain.documents import IndexedDocument
from app.settings import StoreSettings
from app.stores.local.collection import LocalCollection
from app.stores.local.store import LocalStore
from app.text.analyzer import StandardAnalyzer

WRITERS = 8
BATCH = 20
"""Number of documents in a batch of a bulk write."""


def opened(directory: Path) -> LocalCollection:
    analyzer = StandardAnalyzer(directory / "analyzer")
    store = LocalStore(StoreSettings(directory=directory), analyzer)
    return store.create("turns", Fingerprint("given", DIMENSION, analyzer.version, "given"))


def prepared(prefix: str) -> Iterator[IndexedDocument]:
    """Documents without end, of ten passages each."""
    rng = np.random.default_rng(len(prefix))
    number = 0
    while True:
        words = rng.integers(5_000, size=(10, 40))
        texts = [" ".join(f"w{word}" for word in row) for row in words]
        vectors = rng.normal(size=(10, DIMENSION)).astype(np.float32)
        yield next(documents(texts, vectors, f"{prefix}{number}-"))
        number += 1


def write(directory: Path, name: str, seconds: float, *, bulk: bool) -> None:
    """Writes for a while and prints the number of commits."""
    collection, source, commits = opened(directory), prepared(name), 0
    end = time.monotonic() + seconds
    if bulk:
        with collection.bulk():
            while time.monotonic() < end:
                collection.put([next(source) for _ in range(BATCH)])
                commits += 1
    else:
        while time.monotonic() < end:
            collection.put([next(source)])
            commits += 1
    print(commits)


def started(directory: Path, name: str, seconds: float, kind: str) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "unused", "--worker", str(directory), name, kind]
    command += ["--seconds", str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def searches(collection: LocalCollection, seconds: float) -> dict[str, float]:
    """Milliseconds of lexical and dense searches together."""
    rng = np.random.default_rng(1)
    end, times = time.monotonic() + seconds, []

    def search() -> None:
        collection.search_lexical([f"w{rng.integers(5_000)}" for _ in range(4)], limit=100)
        collection.search_dense(rng.normal(size=DIMENSION).astype(np.float32), limit=100)

    while time.monotonic() < end:
        times.append(milliseconds(search))
    p50, p99 = np.percentile(times, (50, 99))
    return {"searches": len(times), "p50_ms": round(float(p50), 2), "p99_ms": round(float(p99), 2)}


def measure(directory: Path, chunks: int, seconds: float) -> dict[str, object]:
    collection, source = opened(directory), prepared("first")
    with collection.bulk():
        for _ in range(chunks // 200):
            collection.put([next(source) for _ in range(20)])
    searches(collection, 2.0)
    alone = searches(collection, seconds)
    writer = started(directory, "bulk", seconds + 3.0, "bulk")
    time.sleep(2.0)  # until it writes
    beside = searches(collection, seconds)
    writer.communicate()
    running = [started(directory, f"writer{n}", seconds, "single") for n in range(WRITERS)]
    commits = [int(process.communicate()[0]) for process in running]
    return {
        "chunks": chunks,
        "load_average": round(os.getloadavg()[0], 1),
        "searches_alone": alone,
        "searches_beside_a_bulk_write": beside,
        "p99_ratio": round(beside["p99_ms"] / alone["p99_ms"], 2),
        "commits_of_writers": sorted(commits),
        "least_over_mean": round(min(commits) / (sum(commits) / len(commits)), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--chunks", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--worker", nargs=3, metavar=("DIRECTORY", "NAME", "KIND"))
    arguments = parser.parse_args()
    if arguments.worker:
        directory, name, kind = arguments.worker
        write(Path(directory), name, arguments.seconds, bulk=kind == "bulk")
        return
    with tempfile.TemporaryDirectory() as directory:
        result = measure(Path(directory), arguments.chunks, arguments.seconds)
    result["provenance"] = provenance("tantivy", "faiss-cpu", "numpy", "filelock")
    arguments.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
