"""The route of entities in the pipeline: what it adds, where it keeps silent, what it tells."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.documents import Document
from app.errors import InvalidRequest
from app.fakes import FakeAnalyzer, FakeEmbedder
from app.filters import parse_filter
from app.requests import SearchRequest
from app.retrieval.pipeline import SearchPipeline, make_pipeline
from app.settings import RetrievalSettings, Settings, StoreSettings
from app.stores.memory.store import MemoryStore
from ingest.indexer import Indexer

ROUTES = ("bm25", "dense", "graph")
TEXTS = {
    "billing": "the billing service makes invoices and is owned by the team Otter",
    "otter": "Kim Aldous leads Otter",
    "lynx": "Bo Ek leads Lynx",
    "puffin": "Jo Ray leads Puffin",
}
TWO_HOPS = "leads team owned billing service invoices"


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as made:
        yield made


def pipeline(
    executor: ThreadPoolExecutor, *, kept: bool = True, **retrieval: object
) -> SearchPipeline:
    settings = Settings(store=StoreSettings(kind="memory", entity_graph=kept))
    indexer = Indexer(FakeEmbedder(), FakeAnalyzer(), settings)
    collection = MemoryStore(settings.store, FakeAnalyzer()).create("a", indexer.fingerprint)
    documents = [Document(id_, text, metadata={"of": id_}) for id_, text in TEXTS.items()]
    collection.put(indexer.embed([indexer.chunk(one, "hash") for one in documents]))
    return make_pipeline(
        collection,
        analyzer=FakeAnalyzer(),
        embedder=FakeEmbedder(),
        reranker=None,
        settings=RetrievalSettings.model_validate({"match_weight": 0.0, **retrieval}),
        executor=executor,
    )


def found(pipeline: SearchPipeline, query: str, **request: object) -> list[str]:
    hits = pipeline.search(SearchRequest(query, **request)).hits
    return [hit.chunk.document_id for hit in hits]


def test_a_second_hop_is_found_and_its_path_is_told(executor: ThreadPoolExecutor) -> None:
    result = pipeline(executor, routes=ROUTES).search(SearchRequest(TWO_HOPS, explain=True))
    assert [hit.chunk.document_id for hit in result.hits[:2]] == ["billing", "otter"]
    path = result.hits[1].routes["graph"].path
    assert path == ("billing service", "billing#0", "otter", "otter#0")
    assert result.trace is not None
    assert result.trace.candidates[1].routes["graph"].path == path
    assert result.hits[1].routes["bm25"].path == ()


def test_where_one_passage_is_enough_the_graph_is_silent(executor: ThreadPoolExecutor) -> None:
    searched = pipeline(executor, routes=ROUTES)
    assert found(searched, "who leads Otter", routes=("graph",)) == []
    assert found(searched, "nothing that anybody wrote", routes=("graph",)) == []


def test_the_graph_alone_returns_both_passages(executor: ThreadPoolExecutor) -> None:
    searched = pipeline(executor, routes=ROUTES)
    assert found(searched, TWO_HOPS, routes=("graph",)) == ["billing", "otter"]


def test_a_filter_holds_for_both_passages(executor: ThreadPoolExecutor) -> None:
    searched = pipeline(executor, routes=ROUTES)
    for allowed in ("billing", "otter"):
        where = parse_filter({"of": allowed})
        assert found(searched, TWO_HOPS, routes=("graph",), where=where) == []


def test_the_graph_counts_only_beside_the_first_hit_of_the_others(
    executor: ThreadPoolExecutor,
) -> None:
    searched = pipeline(executor, routes=ROUTES)
    recalled = searched.recall(SearchRequest(TWO_HOPS))
    assert searched.factors(recalled)["graph"] == 1.0
    others = pipeline(executor, routes=ROUTES, weights={"dense": 1.0, "graph": 0.2})
    first = found(others, TWO_HOPS, routes=("dense",))[0]
    expected = 1.0 if first == "billing" else 0.0
    assert others.factors(others.recall(SearchRequest(TWO_HOPS)))["graph"] == expected


def test_what_the_graph_finds_changes_no_weight_of_the_others(
    executor: ThreadPoolExecutor,
) -> None:
    searched = pipeline(executor, routes=ROUTES)
    with_it = searched.factors(searched.recall(SearchRequest(TWO_HOPS)))
    without = searched.factors(searched.recall(SearchRequest(TWO_HOPS, routes=ROUTES[:2])))
    assert {name: with_it[name] for name in without} == without


def test_a_store_without_a_graph_says_what_to_set(executor: ThreadPoolExecutor) -> None:
    searched = pipeline(executor, kept=False)
    assert found(searched, TWO_HOPS)[0] == "billing"
    with pytest.raises(InvalidRequest, match=r"store\.entity_graph"):
        searched.search(SearchRequest(TWO_HOPS, routes=("graph",)))


def test_settings_search_no_graph_that_is_not_kept() -> None:
    retrieval = RetrievalSettings(routes=ROUTES)
    with pytest.raises(ValueError, match=r"store\.entity_graph = true"):
        Settings(retrieval=retrieval)
    Settings(retrieval=retrieval, store=StoreSettings(entity_graph=True))
