from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from app.domain.collections import NO_MODEL
from app.domain.documents import Document
from app.domain.hits import SearchResult
from app.errors import RepresentationMissing
from app.fakes import FakeAnalyzer, FakeEmbedder, FakeSparseEmbedder
from app.ports.models import SparseEmbedder
from app.ports.store import Collection
from app.requests import SearchRequest
from app.retrieval.pipeline import SearchPipeline, make_pipeline
from app.settings import ModelSettings, RetrievalSettings, Settings, StoreSettings
from app.stores.local.store import LocalStore
from ingest.indexer import Indexer

TEXTS = {
    "cats": "cats cats purr at night",
    "dogs": "dogs bark at night",
    "birds": "birds sing in the morning",
}
ALL = ("bm25", "dense", "sparse")


class Refusing(FakeEmbedder):
    def embed_passages(self, texts):
        raise AssertionError("the vectors are there")


class OtherSparseEmbedder(FakeSparseEmbedder):
    id = "other-sparse"


@pytest.fixture
def built(tmp_path: Path) -> Iterator[Callable[[SparseEmbedder | None], Collection]]:
    settings = Settings(store=StoreSettings(directory=tmp_path))
    store = LocalStore(settings.store, FakeAnalyzer())

    def build(sparse_embedder: SparseEmbedder | None) -> Collection:
        indexer = Indexer(FakeEmbedder(), FakeAnalyzer(), settings, sparse_embedder)
        collection = store.create("animals", indexer.fingerprint)
        documents = [Document(id_, text) for id_, text in TEXTS.items()]
        collection.put(indexer.embed([indexer.chunk(one, "hash") for one in documents]))
        return collection

    yield build
    store.close()


@pytest.fixture
def search() -> Iterator[Callable[..., SearchResult]]:
    executor = ThreadPoolExecutor(3)

    def asked(
        collection: Collection, sparse_embedder: SparseEmbedder | None, query: str, *routes: str
    ) -> SearchResult:
        pipeline: SearchPipeline = make_pipeline(
            collection,
            analyzer=FakeAnalyzer(),
            embedder=FakeEmbedder(),
            sparse_embedder=sparse_embedder,
            reranker=None,
            settings=RetrievalSettings(routes=routes),
            executor=executor,
        )
        return pipeline.search(SearchRequest(query, explain=True))

    yield asked
    executor.shutdown()


def test_weights_are_made_at_ingestion_and_searched(built, search) -> None:
    collection = built(FakeSparseEmbedder())
    assert collection.fingerprint.sparse == "fake-sparse"
    alone = search(collection, FakeSparseEmbedder(), "cats at night", "sparse")
    assert [hit.chunk.document_id for hit in alone.hits] == ["cats", "dogs"]
    assert [hit.routes["sparse"].score for hit in alone.hits] == [4.0, 2.0]
    fused = search(collection, FakeSparseEmbedder(), "cats at night", *ALL)
    assert fused.degraded == ()
    assert fused.hits[0].routes.keys() == set(ALL)


def test_the_route_is_off_and_no_weights_are_made_unless_a_model_is_named(built) -> None:
    assert ModelSettings().sparse == "none"
    assert RetrievalSettings().routes == ("bm25", "dense")
    collection = built(None)
    assert collection.fingerprint.sparse == NO_MODEL
    assert collection.verify() == []


@pytest.mark.parametrize(
    ("kept", "configured", "told"),
    [
        pytest.param(None, None, r"no model\. Set models\.sparse", id="neither"),
        pytest.param(None, FakeSparseEmbedder(), r"of none, and fake-sparse", id="no weights"),
        pytest.param(
            OtherSparseEmbedder(), FakeSparseEmbedder(), "of other-sparse, and fake", id="others"
        ),
    ],
)
def test_a_route_that_lacks_its_weights_is_left_out_and_the_answer_says_how_to_have_them(
    built, search, kept, configured, told, caplog
) -> None:
    collection = built(kept)
    found = search(collection, configured, "cats", *ALL)
    assert found.degraded == (f"sparse: {RepresentationMissing.public_message}",)
    assert "`rag rebuild`" in found.degraded[0]
    assert found.hits[0].chunk.document_id == "cats"
    with pytest.raises(RepresentationMissing, match=rf"{told}.*rag rebuild animals"):
        search(collection, configured, "cats", "sparse")


def test_a_rebuild_makes_the_weights_that_were_missing_and_keeps_the_vectors(
    built, search, tmp_path
) -> None:
    collection = built(None)
    settings = Settings(store=StoreSettings(directory=tmp_path))
    indexer = Indexer(Refusing(), FakeAnalyzer(), settings, FakeSparseEmbedder())
    collection.reindex(partial(indexer.reindexed, collection), indexer.fingerprint)
    found = search(collection, FakeSparseEmbedder(), "cats", *ALL)
    assert found.degraded == ()
    assert "sparse" in found.hits[0].routes
    assert collection.verify() == []


def test_a_sparse_embedder_that_fails_for_any_text_is_told_apart_from_a_document_that_breaks_it(
    tmp_path,
) -> None:
    class Broken(FakeSparseEmbedder):
        def embed_passages(self, texts):
            raise OSError("no weights")

    settings = Settings(store=StoreSettings(directory=tmp_path))
    Indexer(FakeEmbedder(), FakeAnalyzer(), settings, FakeSparseEmbedder()).require_working()
    with pytest.raises(OSError, match="no weights"):
        Indexer(FakeEmbedder(), FakeAnalyzer(), settings, Broken()).require_working()


def test_the_route_counts_nothing_in_a_language_that_its_model_does_not_know(built, search) -> None:
    class EnglishAlone(FakeSparseEmbedder):
        def supports(self, language: str) -> bool:
            return language == "en"

    collection = built(EnglishAlone())
    for query, weight in (("cats", 0.5), ("猫", 0.0)):
        found = search(collection, EnglishAlone(), query, *ALL)
        assert found.trace is not None
        assert found.trace.settings["weights_of_query"]["sparse"] == weight
