from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from app.domain.collections import SelfRecall, SelfRetrieval, Tuning
from app.domain.documents import Document, Metadata, Vectors
from app.domain.hits import Candidate, SearchResult, Trace
from app.domain.queries import Reading, Variant
from app.errors import (
    CollectionBusy,
    InvalidFilter,
    InvalidRequest,
    NotFound,
    OperatorError,
    RemoteUnavailable,
    StoreCorrupted,
)
from app.fakes import FakeAnalyzer, FakeEmbedder, FakeReranker
from app.filters import parse_filter
from app.ports.models import Embedder, Reranker
from app.requests import SearchRequest
from app.retrieval import pipeline as pipeline_module
from app.retrieval.pipeline import SearchPipeline, make_pipeline
from app.retrieval.ranking.learned import Combination, Learned, shipped
from app.retrieval.ranking.term_match import MOST_TERMS
from app.retrieval.recall.running import RecallResult
from app.retrieval.understanding.steps import Draft, Means, Step
from app.retrieval.understanding.understand import as_query, understand
from app.settings import RetrievalSettings, Settings, StoreSettings
from app.stores.local.collection import LocalCollection
from app.stores.local.store import LocalStore
from ingest.indexer import Indexer

DOCUMENTS: dict[str, tuple[str, Metadata]] = {
    "cats": ("cats purr at night", {"lang": "en", "year": 2020}),
    "dogs": ("dogs bark at night", {"lang": "en", "year": 2022}),
    "birds": ("birds sing in the morning", {"lang": "en", "year": 2024}),
    "mao": ("猫 在 夜里 叫", {"lang": "zh", "year": 2024}),
}


BM25_ONLY = frozenset({"bm25"})


class BrokenEmbedder(FakeEmbedder):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        raise self._error


class BrokenReranker(FakeReranker):
    def __init__(self, error: Exception) -> None:
        self._error = error

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        raise self._error


class ShortReranker(FakeReranker):
    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        return [1.0]


Make = Callable[..., SearchPipeline]


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[LocalCollection]:
    settings = Settings(store=StoreSettings(directory=tmp_path))
    store = LocalStore(settings.store, FakeAnalyzer())
    indexer = Indexer(FakeEmbedder(), FakeAnalyzer(), settings)
    collection = store.create("animals", indexer.fingerprint)
    documents = [Document(id_, text, metadata=m) for id_, (text, m) in DOCUMENTS.items()]
    collection.put(indexer.embed([indexer.chunk(d, "hash") for d in documents]))
    yield collection
    store.close()


@pytest.fixture
def make(collection: LocalCollection) -> Iterator[Make]:
    executor = ThreadPoolExecutor(4)

    def made(
        *,
        embedder: Embedder | None = None,
        reranker: Reranker | None = None,
        learned: Learned | None = None,
        **settings: object,
    ) -> SearchPipeline:
        return make_pipeline(
            collection,
            analyzer=FakeAnalyzer(),
            embedder=embedder or FakeEmbedder(),
            reranker=reranker,
            learned=learned,
            settings=RetrievalSettings.model_validate(settings),
            executor=executor,
        )

    yield made
    executor.shutdown()


def ids(result: SearchResult) -> list[str]:
    return [hit.chunk.document_id for hit in result.hits]


# --- recall and fusion ---------------------------------------------------------------------------


def test_hits_are_ranked_from_one_with_each_routes_part(make: Make) -> None:
    pipeline = make(fusion="rrf", weights={"bm25": 0.75, "dense": 0.25}, rrf_k=60)
    result = pipeline.search(SearchRequest("cats purr"))
    first = result.hits[0]
    assert (first.rank, first.chunk.document_id) == (1, "cats")
    assert first.score == pytest.approx(0.75 / 61 + 0.25 / 61)
    assert first.routes["bm25"].contribution == pytest.approx(0.75 / 61)
    assert first.routes["dense"].rank == 1
    assert first.routes["dense"].score == pytest.approx(1 / math.sqrt(2), abs=0.2)
    assert [hit.rank for hit in result.hits] == [1, 2, 3, 4]
    assert result.degraded == ()
    assert result.trace is None


@pytest.mark.parametrize("fusion", ["rrf", "convex", "zscore"])
def test_each_way_of_fusing_puts_what_both_routes_agree_on_first(make: Make, fusion: str) -> None:
    assert ids(make(fusion=fusion).search(SearchRequest("dogs bark")))[0] == "dogs"


def test_one_route_can_be_asked_for(make: Make) -> None:
    result = make().search(SearchRequest("cats", routes=("bm25",)))
    assert ids(result) == ["cats"]
    assert set(result.hits[0].routes) == {"bm25"}
    assert "dense" not in result.timings_ms


def test_a_route_asked_for_twice_runs_once(make: Make) -> None:
    twice = make().search(SearchRequest("cats", routes=("bm25", "bm25")))
    assert ids(twice) == ["cats"]


def test_an_unknown_route_is_refused_with_those_that_exist(make: Make) -> None:
    with pytest.raises(InvalidRequest, match='no route "splade"; there are bm25, dense'):
        make().search(SearchRequest("cats", routes=("bm25", "splade")))


@pytest.mark.parametrize("query", ["", "  \n", "\u3000"])
def test_a_blank_query_is_refused(make: Make, query: str) -> None:
    with pytest.raises(InvalidRequest, match="empty"):
        make().search(SearchRequest(query))


def test_a_query_without_terms_is_answered_by_the_other_route(make: Make) -> None:
    result = make().search(SearchRequest("!?"))
    assert len(result.hits) == 4
    assert all(set(hit.routes) == {"dense"} for hit in result.hits)


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_the_limit_is_kept(make: Make, limit: int) -> None:
    result = make(depth=2).search(SearchRequest("night", limit=limit))
    assert len(result.hits) == min(limit, 4)


def test_a_limit_above_the_depth_deepens_the_recall(make: Make) -> None:
    assert len(make(depth=1).search(SearchRequest("night", limit=4)).hits) == 4


@pytest.mark.parametrize("routes", [("bm25",), ("dense",), ("bm25", "dense")])
def test_filters_reach_every_route(make: Make, routes: tuple[str, ...]) -> None:
    where = parse_filter({"year": {"gte": 2022}, "lang": "en"})
    result = make().search(SearchRequest("night morning", where=where, routes=routes))
    assert set(ids(result)) == {"dogs", "birds"}


@pytest.mark.parametrize("fusion", ["rrf", "convex", "zscore"])
def test_a_route_that_weighs_nothing_still_answers_when_it_is_alone(
    make: Make, fusion: str
) -> None:
    pipeline = make(
        fusion=fusion,
        weights={"bm25": 0.0, "dense": 1.0},
        embedder=None,
    )
    result = pipeline.search(SearchRequest("cats", routes=("bm25",)))
    assert ids(result) == ["cats"]
    assert result.hits[0].score > 0


def test_weights_of_zero_everywhere_count_as_equal_ones(make: Make) -> None:
    result = make(fusion="rrf", weights={"bm25": 0.0, "dense": 0.0}).search(SearchRequest("cats"))
    assert result.hits[0].score == pytest.approx(1 / 61)


# --- what the weights of a query rest on ---------------------------------------------------------


def tuning_of(collection: LocalCollection, *, reranker: str = "none", **settings: object) -> Tuning:
    return Tuning(
        settings=settings,
        evidence={"questions": 200, "dataset": "animals"},
        fingerprint=collection.fingerprint,
        reranker=reranker,
        learned=asdict(shipped().combination),
        created_at="2026-01-01T00:00:00+00:00",
    )


def explained(pipeline: SearchPipeline, query: str) -> Trace:
    trace = pipeline.search(SearchRequest(query, explain=True)).trace
    assert trace is not None
    return trace


def test_a_tuned_collection_is_searched_with_what_was_tuned(
    make: Make, collection: LocalCollection
) -> None:
    collection.tune(
        tuning_of(collection, fusion="rrf", rrf_k=9, weights={"bm25": 0.75, "dense": 0.25})
    )
    pipeline = make(depth=50)
    first = pipeline.search(SearchRequest("cats purr")).hits[0]
    assert first.score == pytest.approx(1 / 10)
    assert first.routes["bm25"].contribution == pytest.approx(0.75 / 10)
    settings = explained(pipeline, "cats purr").settings
    assert (settings["fusion"], settings["rrf_k"], settings["depth"]) == ("rrf", 9.0, 50)
    assert settings["weights_of_query"] == {"bm25": 0.75, "dense": 0.25}
    assert settings["tuning"] == {"questions": 200, "dataset": "animals"}
    assert settings["tuning_ignored"] is None


def test_a_tuning_that_does_not_hold_is_ignored_and_the_trace_and_the_log_say_why(
    make: Make, collection: LocalCollection, caplog: pytest.LogCaptureFixture
) -> None:
    collection.tune(tuning_of(collection, reranker="another", weights={"bm25": 1.0}))
    settings = explained(make(reranker=FakeReranker()), "cats purr").settings
    why = "it is for the reranker another, and fake-reranker is configured"
    assert settings["weights_of_query"] == {"bm25": 0.5, "dense": 0.5}
    assert (settings["tuning"], settings["tuning_ignored"]) == (None, why)
    assert f"the tuning of animals is not used: {why}" in caplog.text


def test_a_collection_that_was_never_tuned_says_nothing_of_tuning(make: Make) -> None:
    settings = explained(make(), "cats purr").settings
    assert (settings["tuning"], settings["tuning_ignored"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "kind", "bm25"),
    [
        ("what zebra", "question", 0.5),
        ("cats_at_night", "identifier", 0.9),
        ("猫叫", "keywords", 0.2),
    ],
)
def test_rules_weigh_the_routes_by_the_query_and_the_trace_says_what_it_was_taken_for(
    make: Make, query: str, kind: str, bm25: float
) -> None:
    pipeline = make(
        weight_rules=[
            {"kind": "identifier", "weights": {"bm25": 0.9, "dense": 0.1}},
            {"language": "zh", "weights": {"bm25": 0.2, "dense": 0.8}},
        ]
    )
    settings = explained(pipeline, query).settings
    assert settings["query_kind"] == kind
    assert settings["weights_of_query"] == {"bm25": bm25, "dense": pytest.approx(1 - bm25)}


def test_the_dense_route_counts_nothing_where_the_embedder_does_not_know_the_language(
    make: Make, collection: LocalCollection
) -> None:
    pipeline = make(weights={"bm25": 0.25, "dense": 0.75})
    known = explained(pipeline, "cats purr").settings["weights_of_query"]
    assert known == {"bm25": 0.25, "dense": 0.75}

    # Vectors find 10 of the 64 passages that BM25 finds, less than `dense_useless`.
    collection.keep_self_retrieval(SelfRetrieval({"en": SelfRecall(64, 10, 64)}, 100))

    trace = explained(pipeline, "cats purr")
    assert trace.settings["weights_of_query"] == {"bm25": 0.25, "dense": 0.0}
    for candidate in trace.candidates:
        bm25 = candidate.routes.get("bm25")
        assert candidate.routes["dense"].contribution == 0.0
        assert candidate.fused_score == (bm25.contribution if bm25 else 0.0)
    assert trace.candidates[0].document_id == "cats"


def test_each_language_has_its_own_trust_in_the_dense_route(
    make: Make, collection: LocalCollection
) -> None:
    collection.keep_self_retrieval(
        SelfRetrieval({"en": SelfRecall(9, 9, 9), "zh": SelfRecall(100, 60, 100)}, 2_000)
    )
    pipeline = make(dense_useless=0.4, dense_sound=0.8)
    rankings: dict[str, list[Candidate]] = {"bm25": [], "dense": []}
    english, chinese = (
        RecallResult.of_routes(as_query(text, FakeAnalyzer()), rankings)
        for text in ("cats purr", "猫叫")
    )
    assert pipeline.factors(english)["dense"] == 1.0
    assert pipeline.factors(chinese)["dense"] == pytest.approx(0.5)
    assert pipeline.weights(chinese) == {"bm25": 0.5, "dense": pytest.approx(0.25)}


def test_bm25_counts_by_how_much_more_of_the_question_it_finds(make: Make) -> None:
    """Of two terms the only one that a passage holds weighs less than the one that none holds.

    All four passages are dense hits, one of them is BM25's: "purr" weighs ln(1 + 3.5 / 1.5), and
    what no passage holds ln(1 + 4.5 / 0.5). The four cover a quarter of what the one does.
    """
    held, missing = math.log1p(3.5 / 1.5), math.log1p(4.5 / 0.5)
    weights = explained(make(bm25_lead=0.8), "purr zebra").settings["weights_of_query"]
    found = 0.75 * held / (held + missing)
    assert weights == {"bm25": pytest.approx(0.5 * found / 0.8), "dense": 0.5}
    whole = explained(make(bm25_lead=0.7), "purr").settings["weights_of_query"]
    assert whole == {"bm25": 0.5, "dense": 0.5}


def test_what_bm25_finds_is_not_compared_where_it_is_to_count_in_full(make: Make) -> None:
    weights = explained(make(bm25_lead=0.0), "purr zebra").settings["weights_of_query"]
    assert weights == {"bm25": 0.5, "dense": 0.5}


def test_bm25_is_not_compared_with_vectors_that_are_noise(
    make: Make, collection: LocalCollection
) -> None:
    collection.keep_self_retrieval(SelfRetrieval({"en": SelfRecall(64, 10, 64)}, 100))
    weights = explained(make(), "purr zebra").settings["weights_of_query"]
    assert weights == {"bm25": 0.5, "dense": 0.0}


def test_a_dense_route_asked_for_alone_answers_in_any_language(
    make: Make, collection: LocalCollection
) -> None:
    collection.keep_self_retrieval(SelfRetrieval({"en": SelfRecall(64, 10, 64)}, 100))
    result = make().search(SearchRequest("cats purr at night", routes=("dense",)))
    assert ids(result)[0] == "cats"
    assert result.hits[0].score > 0


def test_the_weight_of_the_reranker_is_kept(make: Make) -> None:
    class Backwards(FakeReranker):
        def score(self, query: str, passages: Sequence[str]) -> list[float]:
            return [float(n) for n in range(len(passages))]

    plain = ids(make().search(SearchRequest("night")))
    assert (
        ids(make(reranker=Backwards(), rerank_weight=0.0).search(SearchRequest("night"))) == plain
    )


# --- recall alone --------------------------------------------------------------------------------


def test_recall_gives_each_routes_own_ranking(make: Make) -> None:
    rankings = make().recall(SearchRequest("cats purr")).rankings
    assert list(rankings) == ["bm25", "dense"]
    assert [candidate.rank for candidate in rankings["dense"]] == [1, 2, 3, 4]
    assert len(rankings["bm25"]) == 1
    assert rankings["bm25"][0].chunk_id == rankings["dense"][0].chunk_id


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RemoteUnavailable("x"), "dense: A remote model did not answer"),
        (ValueError("x"), "dense: The service could not complete"),
    ],
    ids=["remote", "unexpected"],
)
def test_recall_raises_where_one_route_fails(make: Make, error: Exception, told: str) -> None:
    with pytest.raises(OperatorError, match=f"recall failed: {told}"):
        make(embedder=BrokenEmbedder(error)).recall(SearchRequest("cats"))


# --- what fails and goes on ----------------------------------------------------------------------


def test_a_route_that_fails_is_named_and_the_other_answers(make: Make) -> None:
    broken = BrokenEmbedder(RemoteUnavailable("http://10.0.0.1 refused"))
    result = make(embedder=broken, weights={"bm25": 0.0, "dense": 1.0}).search(
        SearchRequest("cats")
    )
    assert ids(result) == ["cats"]
    assert result.degraded == ("dense: A remote model did not answer; try again.",)


def test_an_unexpected_failure_of_a_route_tells_no_internals(make: Make) -> None:
    result = make(embedder=BrokenEmbedder(ValueError("/srv/secret"))).search(SearchRequest("cats"))
    assert ids(result) == ["cats"]
    assert result.degraded == ("dense: The service could not complete the request.",)


@pytest.mark.parametrize("error", [RemoteUnavailable("x"), StoreCorrupted("x"), CollectionBusy("")])
def test_when_every_route_fails_the_first_error_is_raised(make: Make, error: Exception) -> None:
    pipeline = make(embedder=BrokenEmbedder(error))
    with pytest.raises(type(error)):
        pipeline.search(SearchRequest("cats", routes=("dense",)))


@pytest.mark.parametrize("error", [InvalidFilter("bad"), NotFound("dropped")])
def test_what_is_wrong_with_the_request_is_not_a_degraded_route(
    make: Make, error: Exception
) -> None:
    with pytest.raises(type(error)):
        make(embedder=BrokenEmbedder(error)).search(SearchRequest("cats"))


# --- term matches --------------------------------------------------------------------------------


@pytest.fixture
def two_orders(collection: LocalCollection) -> LocalCollection:
    """One document holds the terms scattered and often, the other once and together."""
    settings = Settings(store=StoreSettings(directory=Path("unused")))
    indexer = Indexer(FakeEmbedder(), FakeAnalyzer(), settings)
    filler = " ".join(["filler"] * 40)
    documents = [
        Document("scattered", f"solar solar solar {filler} panel panel panel"),
        Document("together", f"{filler} solar panel {filler} other"),
    ]
    collection.put(indexer.embed([indexer.chunk(d, "hash") for d in documents]))
    return collection


@pytest.mark.usefixtures("two_orders")
def test_terms_that_stand_together_bring_a_passage_forward(make: Make) -> None:
    bm25 = SearchRequest("solar panel", routes=("bm25",), limit=2)
    result = make(match_weight=10.0).search(bm25)
    assert ids(result) == ["together", "scattered"]
    first, second = (hit.term_match for hit in result.hits)
    assert first is not None
    assert second is not None
    assert first > second
    unmatched = make(match_weight=0.0).search(bm25)
    assert ids(unmatched) == ["scattered", "together"]


@pytest.mark.usefixtures("two_orders")
def test_matching_can_be_declined_and_goes_no_deeper_than_the_settings_say(make: Make) -> None:
    request = SearchRequest("solar panel", routes=("bm25",), limit=2)
    declined = make(match_weight=10.0).search(replace(request, rerank=False))
    assert ids(declined) == ["scattered", "together"]
    assert [hit.term_match for hit in declined.hits] == [None, None]
    shallow = make(match_weight=10.0, match_depth=1).search(request)
    assert ids(shallow) == ["scattered", "together"]
    assert [hit.term_match is None for hit in shallow.hits] == [False, True]


@pytest.mark.usefixtures("two_orders")
def test_a_pasted_page_is_matched_by_its_first_terms(make: Make) -> None:
    page = "solar panel " + " ".join(f"word{n}" for n in range(2 * MOST_TERMS))
    backwards = " ".join(reversed(page.split()))
    for query, matched in ((page, True), (backwards, False)):
        hits = make().search(SearchRequest(query)).hits
        assert any(hit.term_match for hit in hits) is matched


def test_relevance_is_told_without_a_reranker_and_falls_with_the_rank(make: Make) -> None:
    hits = make().search(SearchRequest("cats purr", limit=4)).hits
    told = [hit.relevance for hit in hits if hit.relevance is not None]
    assert len(told) == len(hits)
    assert told == sorted(told, reverse=True)
    assert all(0.0 <= probability <= 1.0 for probability in told)


# --- reranking -----------------------------------------------------------------------------------


BELIEVING = Learned(Combination(match=0.0, trust=5.0), shipped().calibrations)
"""The reranker counts five times as much as the fused order, whatever it says."""


def test_the_reranker_reorders_the_best(make: Make) -> None:
    class Backwards(FakeReranker):
        def score(self, query: str, passages: Sequence[str]) -> list[float]:
            return [float(n) for n in range(len(passages))]

    plain = ids(make().search(SearchRequest("night", limit=4)))
    result = make(learned=BELIEVING, reranker=Backwards(), rerank_depth=4).search(
        SearchRequest("night", limit=4)
    )
    assert ids(result) == plain[::-1]
    assert [hit.rerank_score for hit in result.hits] == [3.0, 2.0, 1.0, 0.0]


def test_what_is_not_read_keeps_its_order(make: Make) -> None:
    class Worst(FakeReranker):
        def score(self, query: str, passages: Sequence[str]) -> list[float]:
            return [-1.0 * n for n in range(len(passages), 0, -1)]

    plain = make().search(SearchRequest("night", limit=4, explain=True)).trace
    pipeline = make(learned=BELIEVING, reranker=Worst(), rerank_depth=2)
    trace = pipeline.search(SearchRequest("night", limit=1, explain=True)).trace
    assert plain is not None
    assert trace is not None
    before = [c.document_id for c in plain.candidates]
    after = [c.document_id for c in trace.candidates]
    assert after[0] == before[1]
    unread = [c.document_id for c in trace.candidates if c.rerank_score is None]
    assert unread == before[2:]


class Counting(FakeReranker):
    """Says of every passage that it is as good as its place, and counts what it read."""

    def __init__(self) -> None:
        self.read = 0

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        scores = [-float(n) for n in range(self.read, self.read + len(passages))]
        self.read += len(passages)
        return scores


@pytest.mark.parametrize(("stop", "all_read"), [(0.0, True), (0.05, False)])
def test_reading_ends_where_it_can_hardly_change_the_first(
    make: Make, collection: LocalCollection, *, stop: float, all_read: bool
) -> None:
    settings = Settings(store=StoreSettings(directory=Path("unused")))
    indexer = Indexer(FakeEmbedder(), FakeAnalyzer(), settings)
    more = [
        Document(f"more{n}", " ".join(["night"] * (24 - n) + ["filler"] * n)) for n in range(24)
    ]
    collection.put(indexer.embed([indexer.chunk(d, "hash") for d in more]))
    reranker = Counting()
    pipeline = make(reranker=reranker, rerank_stop=stop, rerank_budget_ms=60_000)
    result = pipeline.search(SearchRequest("night", routes=("bm25",)))
    assert (reranker.read == 20) is all_read
    assert sum(hit.rerank_score is not None for hit in result.hits) >= 5
    assert result.degraded == ()


def test_reranking_can_be_declined(make: Make) -> None:
    result = make(reranker=FakeReranker()).search(SearchRequest("night", rerank=False))
    assert all(hit.rerank_score is None for hit in result.hits)
    assert "rerank" not in result.timings_ms


@pytest.mark.parametrize(
    ("reranker", "told"),
    [
        (BrokenReranker(RemoteUnavailable("x")), "rerank: A remote model did not answer"),
        (BrokenReranker(ValueError("/srv/secret")), "rerank: The service could not complete"),
        (ShortReranker(), "rerank: The service could not complete"),
    ],
    ids=["remote", "unexpected", "wrong number of scores"],
)
def test_a_reranker_that_fails_leaves_the_fused_order(
    make: Make, reranker: Reranker, told: str
) -> None:
    result = make(reranker=reranker).search(SearchRequest("night"))
    assert ids(result) == ids(make().search(SearchRequest("night")))
    assert all(hit.rerank_score is None for hit in result.hits)
    (degraded,) = result.degraded
    assert degraded.startswith(told)


def test_a_spent_budget_is_told_and_the_fused_order_stands(
    make: Make, collection: LocalCollection
) -> None:
    settings = Settings(store=StoreSettings(directory=Path("unused")))
    indexer = Indexer(FakeEmbedder(), FakeAnalyzer(), settings)
    more = [Document(f"more{n}", f"night number{n}") for n in range(8)]
    collection.put(indexer.embed([indexer.chunk(d, "hash") for d in more]))
    result = make(reranker=FakeReranker(), rerank_budget_ms=0).search(SearchRequest("night"))
    assert result.degraded == ("rerank: time for 0 of 12 candidates only",)
    assert len(result.hits) == 10
    assert ids(result) == ids(make().search(SearchRequest("night")))


# --- the trace -----------------------------------------------------------------------------------


def test_the_trace_accounts_for_every_candidate(make: Make) -> None:
    pipeline = make(reranker=FakeReranker())
    result = pipeline.search(SearchRequest("cats at night", limit=2, explain=True))
    trace = result.trace
    assert trace is not None
    assert (trace.query, trace.language) == ("cats at night", "en")
    assert trace.terms == ("cats", "at", "night")
    assert trace.settings["reranker"] == "fake-reranker"
    assert trace.settings["depth"] == 100
    assert {c.document_id for c in trace.candidates} == set(DOCUMENTS)
    assert sorted(c.fused_rank for c in trace.candidates) == [1, 2, 3, 4]
    for candidate in trace.candidates:
        assert candidate.fused_score == pytest.approx(
            sum(part.contribution for part in candidate.routes.values())
        )
        returned = [hit for hit in result.hits if hit.chunk.id == candidate.chunk_id]
        assert candidate.final_rank == (returned[0].rank if returned else None)
        assert candidate.dropped == (None if returned else "ranked below the limit of 2")


def test_a_candidate_deleted_meanwhile_is_said_to_be(
    make: Make, collection: LocalCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    recalled = collection.search_lexical(["night"], limit=10)
    ghost = Candidate("gone#0", 1, recalled[0].score + 1)
    monkeypatch.setattr(collection, "search_lexical", lambda *_, **__: [ghost])
    result = make().search(SearchRequest("night", routes=("bm25",), explain=True))
    assert result.hits == ()
    assert result.trace is not None
    assert result.trace.candidates[0].dropped == "deleted while the search ran"


def test_every_stage_is_timed(make: Make) -> None:
    result = make(reranker=FakeReranker()).search(SearchRequest("cats"))
    assert set(result.timings_ms) == {
        "read",
        "bm25",
        "dense",
        "fuse",
        "match",
        "rerank",
        "fetch",
        "total",
    }
    assert all(ms >= 0 for ms in result.timings_ms.values())


# --- variants ------------------------------------------------------------------------------------


@pytest.fixture
def asks_for_dogs_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every query has "dogs bark" for a variant, of half the weight, meant for the words alone."""

    def add(draft: Draft, _: Means) -> Draft:
        other = Variant("other words 1", "rewording", "dogs bark", ("dogs", "bark"), 0.5, BM25_ONLY)
        return replace(draft, variants=(other,), readings=(Reading("rewording", "", "dogs bark"),))

    steps = (Step("rewording", add),)
    monkeypatch.setattr(pipeline_module, "understand", lambda means: understand(means, steps=steps))


@pytest.mark.usefixtures("asks_for_dogs_too")
def test_a_variant_is_searched_for_beside_its_query_and_has_its_part_in_the_score(
    make: Make,
) -> None:
    result = make(fusion="rrf", bm25_lead=0.0).search(SearchRequest("cats purr", explain=True))
    assert set(ids(result)[:2]) == {"cats", "dogs"}
    dogs = next(hit for hit in result.hits if hit.chunk.document_id == "dogs")
    assert dogs.routes["bm25: other words 1"].contribution == pytest.approx(0.25 / 1.25 / 61)
    assert "dense: other words 1" not in dogs.routes
    assert result.readings == (Reading("rewording", "", "dogs bark"),)
    assert result.trace
    assert [variant.text for variant in result.trace.variants] == ["dogs bark"]


@pytest.mark.usefixtures("asks_for_dogs_too")
def test_what_a_request_ignores_is_not_read_into_its_query(make: Make) -> None:
    asked = SearchRequest("cats purr", ignore=frozenset({"rewording"}))
    result = make().search(asked)
    assert not result.readings
    assert all(not name.endswith("1") for hit in result.hits for name in hit.routes)


@pytest.mark.parametrize("routes", [("bm25",), ("dense",), None], ids=["bm25", "dense", "both"])
def test_operators_bind_on_every_route(make: Make, routes: tuple[str, ...] | None) -> None:
    found = make().search(SearchRequest("cats night morning -dogs", routes=routes))
    assert set(ids(found)) - {"mao"} == {"cats", "birds"}
    assert [reading.meaning for reading in found.readings] == ["not “dogs”"]
    phrase = make().search(SearchRequest('cats "at night" year:2022', routes=routes))
    assert ids(phrase) == ["dogs"]
