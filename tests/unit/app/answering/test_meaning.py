import numpy as np
import pytest

from app.answering.evidence.meaning import Meaning, read_meaning, unrelated_cosine
from app.fakes import FakeEmbedder


class TiltedEmbedder(FakeEmbedder):
    """Adds the same direction to every vector, as models with a narrow cone of vectors do."""

    def embed_passages(self, texts):
        vectors = super().embed_passages(texts)
        vectors = vectors + np.float32(2.0) / np.float32(np.sqrt(self.dimension))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_nearness_counts_from_what_unrelated_texts_have():
    meaning = Meaning(np.array([1.0, 0.0], dtype=np.float32), unrelated=0.75)
    vectors = np.array([[1.0, 0.0], [0.75, 0.6614], [0.875, 0.4841], [0.0, 1.0]], dtype=np.float32)
    assert meaning.nearness(vectors) == pytest.approx([1.0, 0.0, 0.5, 0.0])


def test_what_unrelated_texts_have_depends_on_the_embedder():
    plain, tilted = FakeEmbedder(256), TiltedEmbedder(256)
    assert abs(unrelated_cosine(plain)) < 0.2
    assert unrelated_cosine(tilted) > 0.6


def test_related_texts_are_near_whatever_the_embedder():
    for embedder in (FakeEmbedder(256), TiltedEmbedder(256)):
        meaning = read_meaning(["how long are snapshots kept"], embedder)
        near, far = meaning.nearness(
            embedder.embed_passages(["snapshots are kept long", "rain in bergen"])
        )
        assert near > 0.3 > far


def test_several_queries_mean_what_lies_between_them():
    embedder = FakeEmbedder(256)
    first, second = embedder.embed_queries(["snapshots", "bergen"])
    meaning = read_meaning(["snapshots", "bergen"], embedder)
    assert np.linalg.norm(meaning.vector) == pytest.approx(1.0)
    assert meaning.vector @ first == pytest.approx(meaning.vector @ second, abs=1e-5)
