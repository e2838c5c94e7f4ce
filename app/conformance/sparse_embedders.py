"""What every sparse embedder must do: a pytest class that an adapter's own tests inherit.

An adapter's tests give the fixture `sparse_embedder`, which should have the scope of the class.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.conformance.embedders import TEXTS
from app.domain.documents import SparseVector
from app.ports.models import SparseEmbedder


class SparseEmbedderContract:
    """The contract of `app.ports.models.SparseEmbedder`."""

    rounding = 1e-3
    """How far a weight may be off where it should be equal."""

    def test_its_id_is_stable_and_says_something(self, sparse_embedder: SparseEmbedder) -> None:
        assert sparse_embedder.id.strip()
        assert sparse_embedder.id == sparse_embedder.id

    @pytest.mark.parametrize("kind", ["queries", "passages"])
    def test_weights_are_finite_and_above_0(
        self, sparse_embedder: SparseEmbedder, kind: str
    ) -> None:
        vectors = getattr(sparse_embedder, f"embed_{kind}")(TEXTS)
        assert len(vectors) == len(TEXTS)
        assert vectors[0]
        assert all(token >= 0 for vector in vectors for token in vector)
        weights = [weight for vector in vectors for weight in vector.values()]
        assert all(math.isfinite(weight) and weight > 0 for weight in weights)
        assert getattr(sparse_embedder, f"embed_{kind}")([]) == []

    def test_weights_do_not_depend_on_the_batch(self, sparse_embedder: SparseEmbedder) -> None:
        together = sparse_embedder.embed_passages(TEXTS)
        backwards = sparse_embedder.embed_passages(TEXTS[::-1])[::-1]
        alone = [sparse_embedder.embed_passages([text])[0] for text in TEXTS]
        for other in (backwards, alone):
            assert all(map(self._alike, together, other))

    def test_texts_that_differ_have_weights_that_differ(
        self, sparse_embedder: SparseEmbedder
    ) -> None:
        first, second = sparse_embedder.embed_passages([TEXTS[0], TEXTS[5]])
        assert not self._alike(first, second)

    def test_weights_may_be_asked_for_from_several_threads(
        self, sparse_embedder: SparseEmbedder
    ) -> None:
        expected = sparse_embedder.embed_passages(TEXTS)
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda _: sparse_embedder.embed_passages(TEXTS), range(8)))
        for result in results:
            assert all(map(self._alike, expected, result))

    def test_a_long_passage_is_cut_and_not_refused(self, sparse_embedder: SparseEmbedder) -> None:
        (vector,) = sparse_embedder.embed_passages(["river bank " * 20_000])
        assert all(map(math.isfinite, vector.values()))

    def _alike(self, one: SparseVector, other: SparseVector) -> bool:
        tokens = one.keys() | other.keys()
        return all(abs(one.get(t, 0.0) - other.get(t, 0.0)) <= self.rounding for t in tokens)
