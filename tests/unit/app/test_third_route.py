"""A third route, with a representation of its own, takes a file and a line of the registry.

This test is the measure of the design: nothing else is changed for the route below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.domain.documents import Document
from app.domain.hits import Candidate
from app.domain.queries import Query
from app.errors import ConfigurationError
from app.fakes import FakeAnalyzer, FakeEmbedder
from app.filters import Filter
from app.requests import SearchRequest
from app.retrieval.pipeline import SearchPipeline, make_pipeline
from app.retrieval.recall import registry
from app.retrieval.recall.route import Parts, RouteKind
from app.settings import RetrievalSettings, Settings, StoreSettings
from app.stores.local.collection import LocalCollection
from app.stores.local.store import LocalStore
from eval.retrieval.pipeline_searcher import PipelineSearcher
from ingest.indexer import Indexer

TEXTS = {
    "cats": "cats purr at night",
    "dogs": "dogs bark at night",
    "birds": "birds sing in the morning",
}
ALL = ("bm25", "dense", "trigrams")


def _trigrams(text: str) -> Counter[str]:
    return Counter(text[at : at + 3] for at in range(len(text) - 2))


@dataclass(frozen=True, slots=True)
class TrigramRoute:
    """Passages that share runs of three characters with the query, misspelt as it may be."""

    parts: Parts
    _known: dict[str, Counter[str]] = field(default_factory=dict)

    def recall(self, query: Query, *, limit: int, where: Filter | None) -> list[Candidate]:
        chunks = self.parts.collection.sample_chunks(1_000, seed=0, where=where)
        for chunk in chunks:
            self._known.setdefault(chunk.id, _trigrams(chunk.text))
        asked = _trigrams(query.text)
        scores = {c.id: sum((self._known[c.id] & asked).values()) for c in chunks}
        best = sorted((id_ for id_ in scores if scores[id_]), key=lambda id_: (-scores[id_], id_))
        return [Candidate(id_, n, scores[id_]) for n, id_ in enumerate(best[:limit], 1)]

    def trust(self, language: str) -> float:
        return 0.0 if language == "zh" else 1.0


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[LocalCollection]:
    settings = Settings(store=StoreSettings(directory=tmp_path))
    store = LocalStore(settings.store, FakeAnalyzer())
    indexer = Indexer(FakeEmbedder(), FakeAnalyzer(), settings)
    collection = store.create("animals", indexer.fingerprint)
    documents = [Document(id_, text) for id_, text in TEXTS.items()]
    collection.put(indexer.embed([indexer.chunk(one, "hash") for one in documents]))
    yield collection
    store.close()


def _pipeline(collection: LocalCollection, executor: ThreadPoolExecutor) -> SearchPipeline:
    return make_pipeline(
        collection,
        analyzer=FakeAnalyzer(),
        embedder=FakeEmbedder(),
        reranker=None,
        settings=RetrievalSettings(routes=ALL, weights=dict.fromkeys(ALL, 1.0)),
        executor=executor,
    )


def test_a_registered_route_is_searched_fused_traced_and_evaluated(
    collection: LocalCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = RouteKind("trigrams", "character trigrams", TrigramRoute, least=0.0)
    monkeypatch.setattr(registry, "ROUTES", (*registry.ROUTES, kind))
    with ThreadPoolExecutor(2) as executor:
        pipeline = _pipeline(collection, executor)
        found = pipeline.search(SearchRequest("katspurring", explain=True))
        assert found.degraded == ()
        assert found.hits[0].chunk.document_id == "cats"
        assert found.hits[0].routes["trigrams"].rank == 1
        assert "bm25" not in found.hits[0].routes  # no word is shared
        assert "trigrams" in found.timings_ms
        assert found.trace is not None
        assert found.trace.settings["weights_of_query"].keys() == set(ALL)
        alone = pipeline.search(SearchRequest("katspurring", routes=("trigrams",)))
        assert [hit.chunk.document_id for hit in alone.hits] == ["cats", "birds"]
        searcher = PipelineSearcher(pipeline, routes=ALL)
        assert searcher.routes() == ("bm25", "embedding", "trigrams")
        stages = searcher.search("katspurring").stages
        assert [document for document, _ in stages["trigrams"]] == ["cats", "birds"]
        assert pipeline.factors(pipeline.recall(SearchRequest("猫")))["trigrams"] == 0.0


def test_a_route_that_is_not_registered_is_told_with_those_that_are(
    collection: LocalCollection,
) -> None:
    with (
        ThreadPoolExecutor(2) as executor,
        pytest.raises(ConfigurationError, match=r"no route \"trigrams\"; there are bm25, dense"),
    ):
        _pipeline(collection, executor)
