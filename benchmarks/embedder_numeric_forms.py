"""Times every numeric form of the bundled embedder on English and Chinese passages, in one run.

    python benchmarks/embedder_numeric_forms.py [--passages 100] [--rounds 3] [--output FILE]

Forms alternate within each round and the fastest round of each counts, so that other load on the
machine affects all of them. Passages are the first of scifact and of cmrc2018_dev, cut at 256
tokens; queries are run one at a time. Besides the forms of ``models.precision``, OpenVINO with int8
is measured, which the service does not offer.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import openvino
from openvino_int8 import quantise_weights

from app.models.bundled.catalogue import E5_SMALL
from app.models.bundled.packages import require
from app.models.embedders.sentence_transformer import SentenceTransformerEmbedder
from app.models.folder import ModelFolder
from app.models.runtimes.openvino_runtime import (
    FACTS_FILE,
    LAYOUT,
    MODEL_FILE,
    TOKENIZER_FILE,
    OpenVinoRuntime,
)
from app.models.runtimes.precision import MIN_COSINE, Choice, cpu_model, library_versions
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "eval"
SETS = ("scifact", "cmrc2018_dev")
FORMS = ("float32", "bfloat16", "openvino", "int8")
CHUNK_TOKENS = 256
MIN_BATCH_COSINE = 0.9999


def loader(
    form: str, model: ModelFolder, cache: Path, work: Path, threads: int
) -> Callable[[], SentenceTransformerEmbedder]:
    if form != "int8":
        return lambda: SentenceTransformerEmbedder.load(
            model, cache=cache, precision=form, threads=threads
        )
    (exported,) = (cache / "openvino").glob(f"*{E5_SMALL.name}*-v{LAYOUT}")
    for file in (TOKENIZER_FILE, FACTS_FILE):
        shutil.copy(exported / file, work)
    quantised = quantise_weights(openvino.Core().read_model(exported / MODEL_FILE))
    openvino.save_model(quantised, work / MODEL_FILE)
    return lambda: SentenceTransformerEmbedder(
        model.id, OpenVinoRuntime(work, threads), Choice("openvino")
    )


def texts(name: str, file: str) -> Iterator[str]:
    with (DATA / name / file).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def cut(embedder: SentenceTransformerEmbedder, text: str) -> str:
    spans = embedder.token_spans(text)[:CHUNK_TOKENS]
    return text[: spans[-1][1]] if spans else text


def commit() -> str:
    run = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return run.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100)
    parser.add_argument("--queries", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument(
        "--output", type=Path, default=ROOT / "docs" / "results" / "embedder_numeric_forms.json"
    )
    arguments = parser.parse_args()

    cache = Settings().models.cache
    model = ModelFolder(E5_SMALL.id, require(cache, E5_SMALL.name))
    embedders, start_s = {}, {}
    with tempfile.TemporaryDirectory() as temporary:
        for form in FORMS:
            load = loader(form, model, cache, Path(temporary), arguments.threads)
            load()  # exports what has to be, and warms the disk's cache
            start = time.perf_counter()
            embedders[form] = load()
            start_s[form] = time.perf_counter() - start

    each = arguments.passages // len(SETS)
    passages = [
        cut(embedders["float32"], text)
        for name in SETS
        for text in islice(texts(name, "corpus.jsonl"), each)
    ]
    queries = [
        text
        for name in SETS
        for text in islice(texts(name, "queries.jsonl"), arguments.queries // len(SETS))
    ]
    tokens = sum(embedders["float32"].count_tokens(passage) for passage in passages)

    passages_s = dict.fromkeys(FORMS, math.inf)
    query_s: dict[str, list[float]] = {form: [] for form in FORMS}
    vectors: dict[str, np.ndarray] = {}
    for _ in range(arguments.rounds):
        for form, embedder in embedders.items():
            start = time.perf_counter()
            embedded = embedder.embed_passages(passages)
            passages_s[form] = min(passages_s[form], time.perf_counter() - start)
            asked = []
            for query in queries:
                start = time.perf_counter()
                asked.append(embedder.embed_queries([query]))
                query_s[form].append(time.perf_counter() - start)
            vectors[form] = np.concatenate([embedded, *asked])

    results = {}
    for form in FORMS:
        cosines = (vectors[form] * vectors["float32"]).sum(axis=1)
        mixed = [*queries, *passages[::10]]  # padding is longest for the shortest
        alone = np.concatenate([embedders[form].embed_passages([text]) for text in mixed])
        in_batch = (alone * embedders[form].embed_passages(mixed)).sum(axis=1)
        results[form] = {
            "passages_per_s": round(len(passages) / passages_s[form], 2),
            "speed_to_float32": round(passages_s["float32"] / passages_s[form], 2),
            "query_p50_ms": round(float(np.median(query_s[form])) * 1_000, 2),
            "query_fastest_ms": round(min(query_s[form]) * 1_000, 2),
            "min_cosine_to_float32": round(float(cosines.min()), 6),
            "min_cosine_alone_to_batch": round(float(in_batch.min()), 6),
            "faithful": bool(cosines.min() >= MIN_COSINE and in_batch.min() >= MIN_BATCH_COSINE),
            "load_s": round(start_s[form], 2),
        }
    report = {
        "what": "numeric forms of bundled:multilingual-e5-small",
        "command": f"python benchmarks/embedder_numeric_forms.py {' '.join(sys.argv[1:])}".strip(),
        "commit": commit(),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "cpu": cpu_model(),
            "cpus": os.cpu_count(),
            "threads": arguments.threads,
            "python": platform.python_version(),
            "libraries": library_versions(),
            "load_average": round(os.getloadavg()[0], 1),
        },
        "passages": len(passages),
        "mean_passage_tokens": round(tokens / len(passages), 1),
        "queries": len(queries),
        "rounds": arguments.rounds,
        "results": results,
    }
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
