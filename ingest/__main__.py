"""``python -m ingest PATH…``: the same as ``rag ingest``."""

import sys

from app.cli.main import main

if __name__ == "__main__":
    main(["ingest", *sys.argv[1:]])
