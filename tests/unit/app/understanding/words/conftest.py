from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from app.conformance.documents import FINGERPRINT, X, document
from app.domain.questions import Turn
from app.requests import SearchRequest
from app.retrieval.understanding.steps import Means
from app.retrieval.understanding.understand import Understood, understand
from app.settings import RetrievalSettings, StoreSettings
from app.stores.memory.store import MemoryStore
from app.text.analyzer import StandardAnalyzer


@pytest.fixture
def read(analyzer: StandardAnalyzer) -> Iterator[Callable[..., Understood]]:
    """Reads a query to a collection of these documents, after these turns of user and service."""
    store = MemoryStore(StoreSettings(kind="memory"), analyzer)

    def understood(
        query: str, documents: Sequence[str] = (), history: Sequence[str] = (), **settings: object
    ) -> Understood:
        name = f"c{len(store.names())}"
        collection = store.create(name, FINGERPRINT)
        collection.put([document(f"d{n}", [text], [X]) for n, text in enumerate(documents)])
        turns = tuple(
            Turn("assistant" if at % 2 else "user", text) for at, text in enumerate(history)
        )
        ignore = settings.pop("ignore", frozenset())
        generator = settings.pop("generator", None)
        request = SearchRequest(query, history=turns, ignore=ignore)
        chosen = RetrievalSettings().model_copy(update=settings)
        return understand(Means(request, collection, analyzer, chosen, generator))

    yield understood
    store.close()
