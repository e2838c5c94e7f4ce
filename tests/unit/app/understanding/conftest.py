"""A small collection, and queries that are understood in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from app.conformance.documents import FINGERPRINT, X, document
from app.ports.store import Collection
from app.requests import SearchRequest
from app.retrieval.understanding.steps import Means
from app.retrieval.understanding.understand import Understood, understand
from app.settings import RetrievalSettings, StoreSettings
from app.stores.memory.store import MemoryStore
from app.text.analyzer import StandardAnalyzer

Ask: TypeAlias = Callable[..., Understood]
Find: TypeAlias = Callable[..., list[str]]

DOCUMENTS = {
    "errors": ("Error handling in Python. Handle every error.", {"lang": "en", "year": 2023}),
    "draft": ("A draft on handling of errors in Python.", {"lang": "en", "draft": True}),
    "cats": ("Cats and dogs. T-40 purrs at -18 ℃.", {"lang": "en", "date": "2024-03-05"}),
    "solar": ("Solar panels of the HTTP_PROXY team", {"author": "Ada Lovelace", "date": "2024-04"}),
    "leave": ("年假制度：员工每年有五天年假。草稿", {"lang": "zh", "date": "2023-12-31"}),
    "trip": ("差旅报销制度。出差的员工。", {"lang": "zh", "year": 2024, "部门": "人事"}),
}


@pytest.fixture(scope="session")
def collection(analyzer: StandardAnalyzer) -> Iterator[Collection]:
    store = MemoryStore(StoreSettings(kind="memory"), analyzer)
    made = store.create("a", FINGERPRINT)
    made.put([document(name, [text], [X], fields) for name, (text, fields) in DOCUMENTS.items()])
    yield made
    store.close()


@pytest.fixture
def ask(collection: Collection, analyzer: StandardAnalyzer) -> Ask:
    """What is understood of a text."""

    def asked(text: str, **fields: object) -> Understood:
        request = SearchRequest(text, **fields)  # type: ignore[arg-type] - a test's own
        return understand(Means(request, collection, analyzer, RetrievalSettings()))

    return asked


@pytest.fixture
def find(ask: Ask, collection: Collection) -> Find:
    """The documents that a text lets through, in the order of `DOCUMENTS`."""

    def found(text: str, **fields: object) -> list[str]:
        where = ask(text, **fields).where
        return [chunk.document_id for chunk in collection.sample_chunks(99, seed=0, where=where)]

    return found
