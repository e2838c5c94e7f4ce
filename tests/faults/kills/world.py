"""The whole application over fakes, and what a collection of it must hold.

Document ``doc7`` of version 12 says ``doc7 version12 word …``: a search for ``version12`` finds it
alone, one for ``word`` finds every chunk there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.domain.documents import Document, IndexedDocument
from app.fakes import FakeAnalyzer, FakeEmbedder
from app.main import Application
from app.ports.store import Collection
from app.settings import (
    ChunkingSettings,
    IngestSettings,
    ModelSettings,
    RetrievalSettings,
    ServerSettings,
    Settings,
    StoreSettings,
)
from ingest.expansion.model import Part
from ingest.loaders.model import LoadedDocument
from ingest.loaders.registry import load
from tests.unit.ingest.expanding import expand

NAME = "faults"
CHUNK_TOKENS = (16, 32)
"""A rebuild goes from one of them to the other."""
EVERYTHING = 100_000

State = Mapping[str, int]
"""Version of each document that is there."""


class DirectLoader:
    """Reads files in this process: what is killed here is the store, not a parser."""

    def load(self, name: str, data: bytes) -> LoadedDocument:
        return load(name, data)

    def expand(self, name: str, file: IO[bytes]) -> Iterator[Part]:
        return expand(name, file)

    def close(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Place:
    """Where one world lies and how it is set."""

    root: Path
    graph: bool
    """Whether dense search is by HNSW."""
    port: int = 0

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def snapshot(self) -> Path:
        return self.root / "copy.snapshot"


def application(place: Place, *, chunk_tokens: int = CHUNK_TOKENS[0]) -> Application:
    """As `rag` composes it, with fakes for the models."""
    app = Application(
        Settings(
            store=StoreSettings(directory=place.store, hnsw_threshold=40 if place.graph else 10**6),
            models=ModelSettings(cache=place.root / "cache"),
            chunking=ChunkingSettings(chunk_tokens=chunk_tokens),
            ingest=IngestSettings(batch_chunks=12),
            retrieval=RetrievalSettings(match_weight=0.0),
            server=ServerSettings(port=place.port, shutdown_grace_s=5.0),
        )
    )
    vars(app).update(
        analyzer=FakeAnalyzer(),
        embedder=FakeEmbedder(),
        reranker=None,
        reader=None,
        generator=None,
        loader=DirectLoader(),
    )
    return app


@contextmanager
def opened(place: Place, *, chunk_tokens: int = CHUNK_TOKENS[0]) -> Iterator[Application]:
    app = application(place, chunk_tokens=chunk_tokens)
    try:
        yield app
    finally:
        app.close()


def text_of(id_: str, version: int) -> str:
    """Longer for some documents than for others, so that they have one chunk to five."""
    length = 3 + 7 * (int(id_.removeprefix("doc")) % 10)
    return " ".join(f"{id_} version{version} word." for _ in range(1 + length // 4))


def cut(app: Application, versions: State) -> list[IndexedDocument]:
    indexer = app.indexer
    documents = [Document(id_, text_of(id_, version)) for id_, version in versions.items()]
    return indexer.embed([indexer.chunk(d, f"{d.id}-{versions[d.id]}") for d in documents])


def held(collection: Collection) -> dict[str, int]:
    """The documents as they are stored, each whole. Raises `AssertionError` for half of one."""
    found: dict[str, int] = {}
    for record in collection.records():
        document = collection.document(record.id)
        assert document is not None, f"{record.id} has no text"
        version = int(document.text.split(" ")[1].removeprefix("version"))
        assert document.text == text_of(record.id, version), f"{record.id} is not whole"
        chunks = collection.document_chunks(record.id)
        assert chunks, f"{record.id} has no chunk"
        assert all(f"version{version} " in chunk.text for chunk in chunks), record.id
        assert _words(chunk.text for chunk in chunks) == document.text.split(), record.id
        found[record.id] = version
    return found


def require_agreement(collection: Collection, state: State, gone: Iterable[int]) -> None:
    """Catalog, both indexes and the self-retrieval check say the same; ``gone`` don't answer.

    Raises:
        AssertionError: they do not.
    """
    every = {chunk.id for id_ in state for chunk in collection.document_chunks(id_)}
    by_words = {hit.chunk_id for hit in collection.search_lexical(["word"], limit=EVERYTHING)}
    assert by_words == every, f"by words: {by_words ^ every}"
    vector = FakeEmbedder().embed_queries(["word"])[0]
    by_vectors = {hit.chunk_id for hit in collection.search_dense(vector, limit=EVERYTHING)}
    # A graph is walked along its links and may miss some of those it holds; `verify` counts them.
    assert by_vectors <= every, f"by vectors: {by_vectors - every}"
    assert by_vectors or not every, "by vectors: nothing"
    for id_, version in list(state.items())[:8]:
        hits = collection.search_lexical([f"version{version}", id_], limit=3)
        assert hits, f"{id_} is not found"
        assert collection.chunks([hits[0].chunk_id])[0].document_id == id_
    for version in gone:
        assert not collection.search_lexical([f"version{version}"], limit=3), f"ghost of {version}"
    problems = collection.verify()
    assert problems == [], f"doctor: {problems}"


def _words(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in text.split()]
