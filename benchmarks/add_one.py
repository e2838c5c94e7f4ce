"""Times the whole run of adding one document, to a large and to a small collection.

    python benchmarks/add_one.py OUT.json [--data ../shared/data/eval] [--chunks 100000]

A run is the command ``rag ingest`` from start to end, or an upload that waits until the document is
indexed. Texts are those of `recall_speed`; their vectors are random, because the timed run embeds
only the new document. Runs on the two collections alternate.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

import numpy as np
from machine import provenance
from recall_speed import documents, passages
from server import post, serving

from app.main import Application
from app.settings import Settings, StoreSettings

SMALL = 1_000
"""Chunks of the collection that the large one is compared with."""
RUNS = 8
"""Number of runs of each kind on each collection."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/eval"))
    parser.add_argument("--chunks", type=int, default=100_000)
    arguments = parser.parse_args()
    texts = list(islice(passages(arguments.data), arguments.chunks))
    with tempfile.TemporaryDirectory() as directory:
        store = Path(directory) / "store"
        fill(store, {"large": texts, "small": texts[:SMALL]})
        environment = os.environ | {"ATTEST_STORE__DIRECTORY": str(store)}
        by_command = in_turns(lambda name, n: command(environment, Path(directory), name, n))
        with serving(Path(directory), environment) as (url, _):
            by_http = in_turns(lambda name, n: upload(url, name, n))
    result = {
        "chunks": len(texts),
        "small": SMALL,
        "runs": RUNS,
        "command": by_command,
        "http": by_http,
        "load_average": round(os.getloadavg()[0], 1),
        "provenance": provenance("tantivy", "faiss-cpu", "fastapi"),
    }
    arguments.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


def fill(store: Path, collections: Mapping[str, list[str]]) -> None:
    """Makes collections as the application does, with random vectors."""
    application = Application(Settings(store=StoreSettings(directory=store)))
    rng = np.random.default_rng(3)
    for name, texts in collections.items():
        collection = application.store.create(name, application.indexer.fingerprint)
        dimension = application.indexer.fingerprint.dimension
        vectors = rng.normal(size=(len(texts), dimension)).astype(np.float32)
        prepared = documents(texts, vectors, "d")
        with collection.bulk():
            while batch := list(islice(prepared, 100)):
                collection.put(batch)
    application.close()


def in_turns(run: Callable[[str, int], None]) -> dict[str, float]:
    """Median seconds on each collection after one warm-up run, and their ratio."""
    taken: dict[str, list[float]] = {"small": [], "large": []}
    for number in range(RUNS + 1):
        for name, seconds in taken.items():
            started = time.perf_counter()
            run(name, number)
            seconds.append(time.perf_counter() - started)
    medians = {f"{name}_s": statistics.median(seconds[1:]) for name, seconds in taken.items()}
    rounded = {name: round(value, 3) for name, value in medians.items()}
    return rounded | {"ratio": round(medians["large_s"] / medians["small_s"], 2)}


def command(environment: Mapping[str, str], folder: Path, name: str, number: int) -> None:
    """Runs ``rag ingest`` on a new file."""
    file = folder / f"new-{number}.md"
    file.write_text(_text(number), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "app", "ingest", str(file), "--collection", name],
        env=environment,
        check=True,
        capture_output=True,
    )


def upload(url: str, name: str, number: int) -> None:
    """Uploads a new document and waits until it is indexed."""
    body = json.dumps({"documents": [{"id": f"posted-{number}", "text": _text(number)}]}).encode()
    post(f"{url}/v1/collections/{name}/documents?wait=true", body)


def _text(number: int) -> str:
    return f"# Note {number}\n\nThe kiln of hall {number} is fired at {900 + number} °C.\n"


if __name__ == "__main__":
    main()
