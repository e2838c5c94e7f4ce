"""Ingests a folder of hostile files and accounts for each of them.

python benchmarks/hostile_files.py ../shared/data/docs docs/results/hostile_files.json
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from machine import provenance

from app.main import Application
from app.settings import Settings, StoreSettings
from ingest.report import IngestReport
from ingest.sources.found_files import find_files


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    files = find_files([folder], max_bytes=64 * 2**20)
    with tempfile.TemporaryDirectory() as directory:
        app = Application(Settings(store=StoreSettings(directory=Path(directory))))
        app.embedder.embed_passages(["loaded before the clock starts"])
        seconds: list[float] = []
        clock = time.perf_counter()

        def progress(_: IngestReport) -> None:
            nonlocal clock
            seconds.append(time.perf_counter() - clock)
            clock = time.perf_counter()

        report = app.ingest("hostile", files.files, progress)
        collection = app.store.open("hostile")
        languages = Counter(str(r.metadata["lang"]) for r in collection.records())
        result = {
            "received": report.received,
            "indexed": report.indexed,
            "skipped": report.skipped,
            "failed": {f.name: {"code": f.code, "reason": f.reason} for f in report.failures},
            "chunks": collection.stats().chunks,
            "languages": dict(languages.most_common()),
            "seconds": round(sum(seconds), 1),
            "longest_step_s": round(max(seconds), 1),
            "verify": collection.verify(),
            "provenance": provenance("lxml", "pypdfium2", "torch"),
        }
        app.close()
    assert report.received == len(files.files), "every file is accounted for"
    out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
