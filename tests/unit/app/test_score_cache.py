from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.fakes import FakeReranker
from app.models.rerankers.cache import CachedReranker


class CountingReranker(FakeReranker):
    def __init__(self, id_: str = "counting") -> None:
        self.id = id_
        self.asked: list[str] = []

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        self.asked += passages
        return super().score(query, passages)


def test_a_pair_is_scored_once(tmp_path: Path) -> None:
    inner = CountingReranker()
    reranker = CachedReranker(inner, tmp_path / "scores.db")
    assert reranker.score("cats purr", ["cats", "cats purr"]) == [0.5, 1.0]
    assert reranker.score("cats purr", ["cats purr", "dogs", "cats"]) == [1.0, 0.0, 0.5]
    assert inner.asked == ["cats", "cats purr", "dogs"]


def test_another_query_or_another_model_is_another_pair(tmp_path: Path) -> None:
    first, second = CountingReranker("a"), CountingReranker("b")
    CachedReranker(first, tmp_path / "scores.db").score("cats", ["cats"])
    CachedReranker(first, tmp_path / "scores.db").score("dogs", ["cats"])
    CachedReranker(second, tmp_path / "scores.db").score("cats", ["cats"])
    assert (first.asked, second.asked) == (["cats", "cats"], ["cats"])


def test_the_same_passage_given_twice_has_the_same_score(tmp_path: Path) -> None:
    reranker = CachedReranker(CountingReranker(), tmp_path / "scores.db")
    assert reranker.score("cats", ["cats", "cats"]) == [1.0, 1.0]
