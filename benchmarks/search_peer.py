"""Times a search over HTTP beside LangChain's hybrid retriever in process, with one embedder.

    pip install --target PEERS langchain-classic langchain-community
    PYTHONPATH=PEERS python benchmarks/search_peer.py OUT.json [--data ../shared/data/eval]

The peer is ``EnsembleRetriever`` over ``BM25Retriever`` and a FAISS vector store, with equal
weights and ten hits of each; it embeds with the bundled embedder, loaded as the server loads it.
Documents have one chunk each; the questions are those of the same sets. Both systems are searched
alternately, once per question, after the first questions as warm-up.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.embeddings import Embeddings
from machine import provenance
from recall_speed import QUESTIONS, passages, rows
from server import post, serving

from app.main import Application
from app.settings import Settings

if TYPE_CHECKING:
    from app.ports.models import Embedder

DOCUMENTS = 1_400
WARMING = 10
ASKED = 100
HITS = 10


class Bundled(Embeddings):
    """The bundled embedder as LangChain's `Embeddings`."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._embedder.embed_passages(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self._embedder.embed_queries([text])[0].tolist()
        return vector


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/eval"))
    arguments = parser.parse_args()
    texts = list(islice(passages(arguments.data), DOCUMENTS))
    of_sets = [
        [row["text"] for row in islice(rows(arguments.data, name, "queries.jsonl"), ASKED)]
        for name in QUESTIONS
    ]
    questions = [text for several in zip(*of_sets, strict=False) for text in several]
    embedder = Application(Settings()).embedder
    peer = retriever(texts, Bundled(embedder))
    taken: dict[str, list[float]] = {"http": [], "langchain": [], "embedding": []}
    with tempfile.TemporaryDirectory() as directory:
        environment = os.environ | {"ATTEST_STORE__DIRECTORY": f"{directory}/store"}
        with serving(Path(directory), environment) as (url, _):
            documents = [{"id": f"d{n}", "text": text} for n, text in enumerate(texts)]
            for first in range(0, len(documents), 100):
                body = json.dumps({"documents": documents[first : first + 100]}).encode()
                post(f"{url}/v1/collections/peer/documents?wait=true", body)
            for question in questions[: WARMING + ASKED]:
                body = json.dumps({"query": question, "limit": HITS}).encode()
                started = time.perf_counter()
                post(f"{url}/v1/collections/peer/search", body)
                searched = time.perf_counter()
                peer.invoke(question)
                retrieved = time.perf_counter()
                embedder.embed_queries([question])
                taken["http"].append(searched - started)
                taken["langchain"].append(retrieved - searched)
                taken["embedding"].append(time.perf_counter() - retrieved)
    medians = {name: 1_000 * statistics.median(t[WARMING:]) for name, t in taken.items()}
    result = {
        "documents": len(texts),
        "questions": ASKED,
        "p50_ms": {name: round(value, 1) for name, value in medians.items()},
        "times_as_fast": round(medians["langchain"] / medians["http"], 2),
        "load_average": round(os.getloadavg()[0], 1),
        "provenance": provenance(
            "langchain-classic", "langchain-community", "rank-bm25", "faiss-cpu", "tantivy"
        ),
    }
    arguments.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


def retriever(texts: list[str], embeddings: Embeddings) -> EnsembleRetriever:
    """The peer, composed as in its documentation."""
    lexical = BM25Retriever.from_texts(texts)
    lexical.k = HITS
    dense = FAISS.from_texts(texts, embeddings).as_retriever(search_kwargs={"k": HITS})
    return EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5])


if __name__ == "__main__":
    main()
