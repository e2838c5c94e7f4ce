from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from rank_bm25 import BM25Okapi

from app.domain.documents import Document
from app.fakes import FakeAnalyzer, FakeEmbedder
from app.settings import Settings, StoreSettings
from app.stores.local.collection import LocalCollection
from app.stores.local.store import LocalStore
from eval.errors import EvaluationError
from eval.retrieval.baselines import WithBaselines, scoring
from eval.retrieval.evaluate import StageResults
from ingest.indexer import Indexer

TEXTS = [["cat", "cat", "dog"], ["dog", "bird"], ["fish"]]


def test_tf_idf_is_the_cosine_of_hand_computed_weights() -> None:
    cat, dog, bird = math.log(3), math.log(3 / 2), math.log(3)  # in 1, 2 and 1 of 3 texts
    first = [(1 + math.log(2)) * cat, dog]
    second = [dog, bird]
    query = [cat, dog]
    expected = [
        (first[0] * query[0] + first[1] * query[1]) / (math.hypot(*first) * math.hypot(*query)),
        second[0] * query[1] / (math.hypot(*second) * math.hypot(*query)),
        0.0,
    ]
    score = scoring("tfidf", TEXTS)
    assert score(["cat", "dog"]) == pytest.approx(expected)
    assert score(["cat", "dog", "unknown"]) == pytest.approx(expected)
    assert score(["unknown"]).tolist() == score([]).tolist() == [0.0, 0.0, 0.0]


def test_a_term_of_every_text_weighs_nothing() -> None:
    assert scoring("tfidf", [["a", "b"], ["a"]])(["a"]).tolist() == [0.0, 0.0]


def test_bm25_takes_the_parameters_that_are_asked_for() -> None:
    found = scoring("bm25:0.9,0.4", TEXTS)(["cat", "bird"])
    expected = BM25Okapi(TEXTS, k1=0.9, b=0.4).get_scores(["cat", "bird"])
    assert found == pytest.approx(expected)
    assert found != pytest.approx(scoring("bm25:2,1", TEXTS)(["cat", "bird"]))


@pytest.mark.parametrize("name", ["", "tf-idf", "bm25", "bm25:1", "bm25:-1,0.5", "bm25:1,1.5"])
def test_a_baseline_that_does_not_exist_is_told_with_those_that_do(name: str) -> None:
    with pytest.raises(EvaluationError, match=r"there are tfidf and bm25:K1,B"):
        scoring(name, TEXTS)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[LocalCollection]:
    settings = Settings(store=StoreSettings(directory=tmp_path))
    store = LocalStore(settings.store, FakeAnalyzer())
    indexer = Indexer(FakeEmbedder(), FakeAnalyzer(), settings)
    collection = store.create("animals", indexer.fingerprint)
    texts = {"cats": "cats purr at night", "dogs": "dogs bark at night", "fish": "a fish"}
    documents = [Document(id_, text) for id_, text in texts.items()]
    collection.put(indexer.embed([indexer.chunk(one, "hash") for one in documents]))
    yield collection
    store.close()


def test_baselines_are_stages_beside_the_routes_and_before_their_ensemble(
    collection: LocalCollection,
) -> None:
    class OneRoute:
        def routes(self) -> tuple[str, ...]:
            return ("bm25",)

        def search(self, query: str) -> StageResults:
            return StageResults({"bm25": [], "ensemble": []}, ("dense: away",))

    names = ["tfidf", "bm25:1.2,0.75"]
    searcher = WithBaselines(OneRoute(), names, collection, FakeAnalyzer())
    assert searcher.routes() == ("bm25", "tfidf", "bm25:1.2,0.75")
    found = searcher.search("night cats")
    assert list(found.stages) == ["bm25", "tfidf", "bm25:1.2,0.75", "ensemble"]
    for name in names:
        assert [document for document, _ in found.stages[name]] == ["cats", "dogs"]
    assert found.degraded == ("dense: away",)
