"""What every embedder must do: a pytest class that an adapter's own tests inherit.

An adapter's tests give the fixture `embedder`, which should have the scope of the class: loading a
model takes longer than these tests.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from app.ports.models import Embedder

TEXTS = (
    "The river bank was muddy after the flood.",
    "中文分词对检索质量有很大影响。",
    "",
    "x",
    "Numbers 3.14, names like HTTP_PROXY, and 全角ＡＢＣ — all in one.",
    "A passage that is much longer than its neighbours. " * 6,
)


class EmbedderContract:
    """The contract of `app.ports.models.Embedder`."""

    rounding = 1e-4
    """How far a cosine may be from 1 where vectors should be equal: bfloat16 has 8 bits."""

    def test_its_id_is_stable_and_says_something(self, embedder: Embedder) -> None:
        assert embedder.id.strip()
        assert embedder.id == embedder.id

    @pytest.mark.parametrize("kind", ["queries", "passages"])
    def test_vectors_are_unit_length_float32_of_the_dimension(
        self, embedder: Embedder, kind: str
    ) -> None:
        vectors = getattr(embedder, f"embed_{kind}")(TEXTS)
        assert vectors.shape == (len(TEXTS), embedder.dimension)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)

    @pytest.mark.parametrize("kind", ["queries", "passages"])
    def test_no_texts_give_no_vectors(self, embedder: Embedder, kind: str) -> None:
        vectors = getattr(embedder, f"embed_{kind}")([])
        assert vectors.shape == (0, embedder.dimension)
        assert vectors.dtype == np.float32

    def test_a_vector_does_not_depend_on_its_batch(self, embedder: Embedder) -> None:
        together = embedder.embed_passages(TEXTS)
        backwards = embedder.embed_passages(TEXTS[::-1])[::-1]
        alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
        for other in (backwards, alone):
            assert (together * other).sum(axis=1).min() >= 1.0 - self.rounding

    def test_texts_that_differ_have_vectors_that_differ(self, embedder: Embedder) -> None:
        first, second = embedder.embed_passages(TEXTS[:2])
        assert float(first @ second) < 1.0 - self.rounding

    def test_vectors_may_be_asked_for_from_several_threads(self, embedder: Embedder) -> None:
        expected = embedder.embed_passages(TEXTS)
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda _: embedder.embed_passages(TEXTS), range(8)))
        for result in results:
            assert (result * expected).sum(axis=1).min() >= 1.0 - self.rounding

    @pytest.mark.parametrize("text", TEXTS)
    def test_token_spans_ascend_within_the_text_and_are_as_many_as_counted(
        self, embedder: Embedder, text: str
    ) -> None:
        spans = embedder.token_spans(text)
        assert len(spans) == embedder.count_tokens(text)
        assert all(0 <= start <= end <= len(text) for start, end in spans)
        assert all(a <= b and c <= d for (a, c), (b, d) in pairwise(spans))

    @pytest.mark.parametrize("text", TEXTS)
    def test_token_spans_leave_out_nothing_but_white_space(
        self, embedder: Embedder, text: str
    ) -> None:
        covered = {i for start, end in embedder.token_spans(text) for i in range(start, end)}
        assert "".join(c for i, c in enumerate(text) if i not in covered).strip() == ""

    def test_a_passage_of_max_tokens_is_read_to_its_end(self, embedder: Embedder) -> None:
        words = "word " * (embedder.max_tokens * 2)
        ends = (end for _, end in embedder.token_spans(words)[embedder.max_tokens - 1 :: -1])
        kept = next(
            words[:end]
            for end in ends
            if embedder.count_tokens(f"{words[:end]} river") <= embedder.max_tokens
        )
        assert embedder.count_tokens(f"{kept} river") >= embedder.max_tokens - 2
        one, other = embedder.embed_passages([f"{kept} river", f"{kept} bank"])
        assert not np.array_equal(one, other)

    def test_a_passage_beyond_max_tokens_is_cut_and_not_refused(self, embedder: Embedder) -> None:
        vectors = embedder.embed_passages(["word " * (embedder.max_tokens * 3)])
        assert np.isfinite(vectors).all()
