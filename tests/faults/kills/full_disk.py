"""Writes until no file may grow any more: ``python -m tests.faults.kills.full_disk ROOT BYTES``.

Says each version that was acknowledged, then what the one that was not was told.
"""

from __future__ import annotations

import json
import resource
import signal
import sqlite3
import sys
from pathlib import Path

from app.errors import AttestError
from tests.faults.kills.world import NAME, Place, cut, opened

MOST = 200
"""Versions, after which the disk was not full."""


def main(root: str, most_bytes: str) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write that would go further fails instead
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), int(most_bytes)))
    try:
        with opened(Place(Path(root), graph=True)) as app:
            collection = app.store.create(NAME, app.indexer.fingerprint)
            for version in range(1, MOST):
                collection.put(cut(app, {f"doc{version % 40}": version}))
                print(json.dumps({"put": version}), flush=True)
    except AttestError as error:
        print(json.dumps({"told": error.message, "is": type(error).__name__}))
    except (sqlite3.Error, OSError) as error:
        print(json.dumps({"told": str(error), "is": type(error).__name__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
