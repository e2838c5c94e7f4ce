"""The server as `rag serve` composes it, but for its models: ``python -m … DIRECTORY``.

Loader, analyzer, chunker, store and answers are the real ones. An embedder that costs nothing keeps
what a model would take out of what is measured, which is the same for every text of a length.
"""

from __future__ import annotations

import hashlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.domain.documents import Vectors
from app.fakes import FakeEmbedder
from app.http.edge.server import serve
from app.main import Application
from app.settings import IngestSettings, ModelSettings, ServerSettings, Settings, StoreSettings


class HashEmbedder(FakeEmbedder):
    """One random direction a text."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            seed = hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8]
            vectors[row] = np.random.default_rng(list(seed)).normal(size=self.dimension)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def main() -> int:
    directory = Path(sys.argv[1])
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    logging.getLogger("app.http.edge.server").setLevel(logging.INFO)  # says where it listens
    app = Application(
        Settings(
            store=StoreSettings(directory=directory / "store"),
            models=ModelSettings(cache=directory / "cache"),
            ingest=IngestSettings(load_timeout_s=30.0),
            server=ServerSettings(port=0, body_timeout_s=5.0, header_timeout_s=5.0),
        )
    )
    vars(app).update(embedder=HashEmbedder(), reranker=None, reader=None, generator=None)
    return serve(app.start_service, app.settings, on_close=app.stop_jobs)


if __name__ == "__main__":
    sys.exit(main())
