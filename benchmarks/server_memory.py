"""Measures the memory of a real server at start, after ingestion and after questions.

python benchmarks/server_memory.py benchmarks/results/server_memory.json [DOCUMENTS]

Bytes are those of ``/proc``: resident, proportional share, and of the resident ones those in files
(libraries, mapped weights) and anonymous ones. The peer is a process that only imports PyTorch and
transformers; ``weights`` are the file sizes of the installed models. Malloc settings of the
environment apply to the server too.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import provenance
from server import ROOT, post, serving

from app.cli.terminal import load_settings

DOCUMENTS, WORDS, QUESTIONS, A_BATCH = 1_400, 200, 20, 70
SEED = 11
PEER = "import torch, transformers, time; print('ready', flush=True); time.sleep(60)"


def main() -> None:
    out = Path(sys.argv[1])
    documents = int(sys.argv[2]) if len(sys.argv) > 2 else DOCUMENTS
    with tempfile.TemporaryDirectory() as directory:
        result = measured(Path(directory), documents)
    result |= {
        "documents": documents,
        "words_of_each": WORDS,
        "questions": QUESTIONS,
        "peer_importing_torch_and_transformers": peer(),
        "weights": weights(),
        "malloc": {name: value for name, value in os.environ.items() if "MALLOC" in name},
        "provenance": provenance("torch", "transformers", "openvino", "faiss-cpu", "tantivy"),
    }
    out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


def measured(directory: Path, documents: int) -> dict[str, object]:
    """Memory of server and loader after each step, and the time of ingestion."""
    environment = os.environ | {"ATTEST_STORE__DIRECTORY": str(directory)}
    with serving(directory, environment) as (url, server):
        held = {"at_start": _held_by(server.pid)}
        started = time.perf_counter()
        texts = _texts(documents)
        for first in range(0, documents, A_BATCH):
            _upload(url, first, texts[first : first + A_BATCH])
        ingest_s = time.perf_counter() - started
        held["after_ingestion"] = _held_by(server.pid)
        for question in _questions():
            post(f"{url}/v1/collections/memory/answer", json.dumps({"query": question}).encode())
        held["after_questions"] = _held_by(server.pid)
    return {"bytes": held, "ingest_s": round(ingest_s, 1)}


def peer() -> dict[str, int]:
    """Memory of a process that has only imported the libraries."""
    with subprocess.Popen([sys.executable, "-c", PEER], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        held = _held(process.pid)
        process.kill()
    return held


def weights() -> dict[str, int]:
    """Bytes of each file of weights in the cache, exported forms included, by its path there."""
    cache = load_settings().models.cache
    return {
        str(file.relative_to(cache)): file.stat().st_size
        for file in sorted(cache.rglob("*"))
        if file.suffix in (".safetensors", ".bin", ".npz", ".npy") and file.is_file()
    }


def _held_by(server: int) -> dict[str, dict[str, int]]:
    children = [
        int(pid)
        for file in Path(f"/proc/{server}/task").glob("*/children")
        for pid in file.read_text().split()
    ]
    return {"server": _held(server)} | {f"loader{n}": _held(c) for n, c in enumerate(children)}


def _held(pid: int) -> dict[str, int]:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    kib = {name: int(value) for name, value in re.findall(r"(\w+):\s+(\d+) kB", told)}
    status = Path(f"/proc/{pid}/status").read_text()
    peak = re.search(r"VmHWM:\s+(\d+)", status)
    return {
        "resident": kib["Rss"] * 1_024,
        "proportional": kib["Pss"] * 1_024,
        "anonymous": kib["Anonymous"] * 1_024,
        "in_files": (kib["Rss"] - kib["Anonymous"]) * 1_024,
        "peak": int(peak[1]) * 1_024 if peak else 0,
    }


def _texts(count: int) -> list[str]:
    """Parts of the English handbook, each with a number, so that all are different."""
    pages = sorted((ROOT / "docs/handbook/en").glob("*.md"))
    words = " ".join(page.read_text(encoding="utf-8") for page in pages).split()
    choose = random.Random(SEED)
    starts = [choose.randrange(len(words) - WORDS) for _ in range(count)]
    return [f"Note {n}. {' '.join(words[s : s + WORDS])}" for n, s in enumerate(starts)]


def _questions() -> list[str]:
    lines = (ROOT / "eval/questions/handbook/queries.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines[:QUESTIONS]]


def _upload(url: str, first: int, texts: list[str]) -> None:
    head = '--x\r\nContent-Disposition: form-data; name="f"; filename="n{}.txt"\r\n\r\n'
    parts = [f"{head.format(first + n)}{text}\r\n" for n, text in enumerate(texts)]
    body = ("".join(parts) + "--x--\r\n").encode()
    told = post(
        f"{url}/v1/collections/memory/documents?wait=true", body, "multipart/form-data; boundary=x"
    )
    if told["indexed"] != len(texts):
        raise SystemExit(f"not all were indexed: {told}")


if __name__ == "__main__":
    main()
