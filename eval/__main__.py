"""``python -m eval DATASET_DIR``: the same as ``rag eval``."""

import sys

from app.cli.main import main

if __name__ == "__main__":
    main(["eval", *sys.argv[1:]])
