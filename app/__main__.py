"""``python -m app``: the same as ``rag``."""

from app.cli.main import main

if __name__ == "__main__":
    main()
