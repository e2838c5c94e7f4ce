from pathlib import Path

import numpy as np
import pytest

from app.fakes import FakeEmbedder
from app.models.embedders.cache import CachedEmbedder


class Counting(FakeEmbedder):
    """Remembers what it was asked to embed."""

    def __init__(self, id_: str = "fake") -> None:
        super().__init__()
        self.embedded: list[str] = []
        self._id = id_

    @property
    def id(self) -> str:
        return self._id

    def embed_queries(self, texts):
        self.embedded += [f"query {text}" for text in texts]
        return FakeEmbedder().embed_queries(texts)

    def embed_passages(self, texts):
        self.embedded += texts
        return super().embed_passages(texts)


@pytest.fixture
def model() -> Counting:
    return Counting()


@pytest.fixture
def cached(model: Counting, tmp_path: Path) -> CachedEmbedder:
    return CachedEmbedder(model, tmp_path / "embeddings.db")


def test_a_text_is_embedded_once_and_its_vector_is_the_same_bits(cached, model) -> None:
    plain = FakeEmbedder().embed_passages(["b", "a", "b"])
    assert np.array_equal(cached.embed_passages(["a", "b"])[1], plain[0])
    assert np.array_equal(cached.embed_passages(["b", "a", "b"]), plain)
    assert model.embedded == ["a", "b"]


def test_a_text_that_comes_twice_is_embedded_once(cached, model) -> None:
    assert cached.embed_passages(["a", "a"]).shape == (2, model.dimension)
    assert model.embedded == ["a"]


def test_queries_and_passages_are_kept_apart(cached, model) -> None:
    cached.embed_queries(["a"])
    cached.embed_passages(["a"])
    assert model.embedded == ["query a", "a"]


def test_queries_with_another_prefix_are_other_texts(model, tmp_path) -> None:
    for prefix in (None, "ask: ", "query: "):
        file = tmp_path / "embeddings.db"
        CachedEmbedder(model, file, query_prefix=prefix).embed_queries(["a"])
    assert model.embedded == ["query a"] * 3


def test_the_file_may_be_deleted_at_any_time(cached, model, tmp_path) -> None:
    cached.embed_passages(["a"])
    for file in tmp_path.glob("embeddings.db*"):
        file.unlink()
    cached.embed_passages(["a"])
    assert model.embedded == ["a", "a"]


def test_another_process_finds_what_the_first_left(cached, tmp_path) -> None:
    cached.embed_passages(["a", "\ud800"])
    later = Counting()
    CachedEmbedder(later, tmp_path / "embeddings.db").embed_passages(["\ud800", "a"])
    assert later.embedded == []


def test_vectors_of_another_model_are_not_taken(cached, tmp_path) -> None:
    cached.embed_passages(["a"])
    other = Counting("other")
    CachedEmbedder(other, tmp_path / "embeddings.db").embed_passages(["a"])
    assert other.embedded == ["a"]


def test_more_texts_than_one_statement_takes(cached, model) -> None:
    texts = [str(n) for n in range(1_201)]
    cached.embed_passages(texts)
    assert np.array_equal(cached.embed_passages(texts), FakeEmbedder().embed_passages(texts))
    assert len(model.embedded) == 1_201


def test_nothing_to_embed_gives_no_rows(cached, model) -> None:
    assert cached.embed_passages([]).shape == (0, model.dimension)
