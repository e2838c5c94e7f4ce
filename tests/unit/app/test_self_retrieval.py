from __future__ import annotations

import hashlib
import logging
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.conformance.documents import document
from app.domain.collections import Fingerprint, SelfRecall, SelfRetrieval
from app.domain.documents import Vectors
from app.errors import RemoteUnavailable
from app.fakes import FakeAnalyzer, FakeEmbedder
from app.retrieval.health.self_retrieval import dense_factor, measure, refresh, remarks, weaknesses
from app.settings import RetrievalSettings, StoreSettings
from app.stores.local.collection import LocalCollection
from app.stores.local.store import LocalStore

DIMENSION = 128

SHIPPED = RetrievalSettings()


class EnglishEmbedder(FakeEmbedder):
    """Gives a text with a Chinese character a direction that no other text shares."""

    def __init__(self) -> None:
        super().__init__(DIMENSION)
        self.query_batches: list[int] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.query_batches.append(len(texts))
        return super().embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = super().embed_passages(texts)
        for row, text in enumerate(texts):
            if FakeAnalyzer().language(text) == "zh":
                seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
                noise = np.random.default_rng(seed).normal(size=DIMENSION)
                vectors[row] = noise / np.linalg.norm(noise)
        return vectors


class BrokenEmbedder(FakeEmbedder):
    def __init__(self, error: Exception) -> None:
        super().__init__(DIMENSION)
        self._error = error

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        raise self._error


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    store = LocalStore(StoreSettings(directory=tmp_path), FakeAnalyzer())
    yield store
    store.close()


def english(count: int) -> list[str]:
    draw = random.Random(1)
    return [
        " ".join(f"w{draw.randrange(500)}" for _ in range(24)) + f". Short {n}."
        for n in range(count)
    ]


def chinese(count: int) -> list[str]:
    draw = random.Random(2)
    return ["".join(chr(0x4E00 + draw.randrange(800)) for _ in range(24)) for _ in range(count)]


def filled(
    store: LocalStore, embedder: FakeEmbedder, *, name: str = "a", **texts: Sequence[str]
) -> LocalCollection:
    """A collection with a document of one chunk for every text, by its language."""
    collection = store.create(name, Fingerprint(embedder.id, DIMENSION, "fake-1", "none"))
    add(collection, embedder, **texts)
    return collection


def add(collection: LocalCollection, embedder: FakeEmbedder, **texts: Sequence[str]) -> None:
    collection.put(
        [
            document(f"{lang}{n}", [text], list(embedder.embed_passages([text])), {"lang": lang})
            for lang, passages in texts.items()
            for n, text in enumerate(passages)
        ]
    )


def measured(collection: LocalCollection, embedder: FakeEmbedder) -> SelfRetrieval:
    return measure(collection, analyzer=FakeAnalyzer(), embedder=embedder)


def kept(collection: LocalCollection, embedder: FakeEmbedder) -> SelfRetrieval | None:
    refresh(collection, analyzer=FakeAnalyzer(), embedder=embedder, settings=SHIPPED)
    return collection.self_retrieval()


# --- the factor ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dense", "bm25", "factor"),
    [
        (0, 64, 0.0),
        (27, 60, 0.0),  # 0.45
        (28, 60, 1 / 3),  # 0.467
        (29, 60, 2 / 3),  # 0.483
        (30, 60, 1.0),  # 0.5
        (64, 64, 1.0),
        (60, 30, 1.0),  # more than bm25 finds
        (0, 8, 0.0),
        (0, 7, 1.0),  # nothing to compare with
        (0, 0, 1.0),
    ],
)
def test_the_dense_route_counts_by_what_it_finds_of_what_bm25_finds(
    dense: int, bm25: int, factor: float
) -> None:
    self_retrieval = SelfRetrieval({"zh": SelfRecall(64, dense, bm25)}, chunks=1_000)
    assert dense_factor(self_retrieval, "zh", SHIPPED) == pytest.approx(factor)


@pytest.mark.parametrize(
    ("useless", "sound", "factor"),
    [(0.2, 0.8, 0.5), (0.5, 0.5, 1.0), (0.6, 0.6, 0.0), (0.0, 0.0, 1.0), (0.0, 1.0, 0.5)],
)
def test_from_where_on_the_dense_route_counts_is_a_setting(
    useless: float, sound: float, factor: float
) -> None:
    settings = RetrievalSettings(dense_useless=useless, dense_sound=sound)
    found = SelfRetrieval({"zh": SelfRecall(64, 30, 60)}, chunks=1_000)
    assert dense_factor(found, "zh", settings) == pytest.approx(factor)


def test_a_language_that_was_not_measured_counts_as_all_together_do() -> None:
    self_retrieval = SelfRetrieval(
        {"en": SelfRecall(64, 51, 60), "zh": SelfRecall(60, 6, 60)}, chunks=1_000
    )
    assert dense_factor(self_retrieval, "en", SHIPPED) == 1
    assert dense_factor(self_retrieval, "zh", SHIPPED) == 0
    assert dense_factor(self_retrieval, "fr", SHIPPED) == pytest.approx((57 / 120 - 0.45) / 0.05)


def test_where_nothing_is_known_the_dense_route_counts_in_full() -> None:
    assert dense_factor(None, "zh", SHIPPED) == 1
    assert dense_factor(SelfRetrieval({}, chunks=3), "zh", SHIPPED) == 1


# --- measuring -----------------------------------------------------------------------------------


def test_a_language_that_the_embedder_does_not_know_is_told_from_one_that_it_knows(
    store: LocalStore,
) -> None:
    embedder = EnglishEmbedder()
    collection = filled(store, embedder, en=english(80), zh=chinese(30))
    self_retrieval = measured(collection, embedder)
    assert self_retrieval.chunks == 110
    assert {code: found.asked for code, found in self_retrieval.languages.items()} == {
        "en": 64,
        "zh": 30,
    }
    assert self_retrieval.languages["zh"].bm25 >= 28
    assert dense_factor(self_retrieval, "en", SHIPPED) == 1
    assert dense_factor(self_retrieval, "zh", SHIPPED) == 0
    assert embedder.query_batches == [94]  # all at once
    assert measured(collection, embedder) == self_retrieval


def test_an_embedder_that_knows_a_language_is_sound(store: LocalStore) -> None:
    embedder = FakeEmbedder(DIMENSION)
    collection = filled(store, embedder, zh=chinese(30))
    assert dense_factor(measured(collection, embedder), "zh", SHIPPED) == 1


def test_a_twin_that_has_almost_all_of_the_words_is_as_good_as_the_passage(
    store: LocalStore,
) -> None:
    class Sibling(FakeEmbedder):
        """Takes each passage for the one about the next product."""

        def embed_queries(self, texts: Sequence[str]) -> Vectors:
            return super().embed_passages([_next(text) for text in texts])

    def _next(text: str) -> str:
        return re.sub(r"model (\d+)", lambda m: f"model {(int(m[1]) + 1) % 25}", text)

    middle = "with model {} the red lamp is lit until the left lid is shut"
    texts = [f"{'x' * 30} {middle.format(n)} {'y' * 30}" for n in range(25)]
    found = measured(filled(store, Sibling(DIMENSION), en=texts), Sibling(DIMENSION))
    assert found.languages["en"].dense == 25


def test_the_middle_of_the_longest_sentence_is_asked(store: LocalStore) -> None:
    asked: list[str] = []

    class Listening(FakeEmbedder):
        def embed_queries(self, texts: Sequence[str]) -> Vectors:
            asked.extend(texts)
            return super().embed_queries(texts)

    embedder = Listening(DIMENSION)
    texts = ["短句。一二三四五六七八九十甲乙丙丁戊己庚。", "  \n ", "句。", *["x" * 999] * 17]
    measured(filled(store, embedder, zh=texts), embedder)
    # 18 characters with the full stop: the 9 behind the first 4; blank passages ask nothing.
    assert asked == ["五六七八九十甲乙丙", "句。", *["x" * 100] * 17]


def test_languages_with_few_passages_are_left_out(store: LocalStore) -> None:
    embedder = EnglishEmbedder()
    collection = filled(store, embedder, en=english(20), zh=chinese(19))
    assert set(measured(collection, embedder).languages) == {"en"}


# --- keeping it up -------------------------------------------------------------------------------


def test_a_small_collection_is_not_measured(store: LocalStore) -> None:
    embedder = EnglishEmbedder()
    collection = filled(store, embedder, en=english(19))
    assert kept(collection, embedder) is None
    assert embedder.query_batches == []
    assert remarks(collection, SHIPPED) == ["dense route: not checked; too few passages"]


def test_it_is_measured_anew_once_the_collection_has_doubled_or_halved(store: LocalStore) -> None:
    embedder = EnglishEmbedder()
    collection = filled(store, embedder, en=english(40))
    assert kept(collection, embedder) == measured(collection, embedder)

    add(collection, embedder, more=english(19), en=english(60))
    assert kept(collection, embedder).chunks == 40  # type: ignore[union-attr]  # it was kept
    add(collection, embedder, en=english(61))
    assert kept(collection, embedder).chunks == 80  # type: ignore[union-attr]  # as above

    collection.delete([f"en{n}" for n in range(39)])
    assert kept(collection, embedder).chunks == 80  # type: ignore[union-attr]  # as above
    collection.delete(["en39"])
    assert kept(collection, embedder).chunks == 40  # type: ignore[union-attr]  # as above


def test_it_is_measured_anew_for_a_language_that_came_later(store: LocalStore) -> None:
    embedder = EnglishEmbedder()
    collection = filled(store, embedder, en=english(60))
    kept(collection, embedder)
    add(collection, embedder, zh=chinese(20))
    self_retrieval = kept(collection, embedder)
    assert self_retrieval is not None
    assert set(self_retrieval.languages) == {"en", "zh"}


def test_new_vectors_forget_what_was_measured_on_the_old_ones(store: LocalStore) -> None:
    embedder = EnglishEmbedder()
    collection = filled(store, embedder, zh=chinese(20))
    assert kept(collection, embedder) is not None
    collection.reindex(lambda _: [], replace(collection.fingerprint, embedder="another"))
    assert collection.self_retrieval() is None


def test_what_is_weak_is_told_with_what_to_do(
    store: LocalStore, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = EnglishEmbedder()
    collection = filled(store, embedder, en=english(20), zh=chinese(20))
    assert remarks(collection, SHIPPED) == ["dense route: not checked; the next ingestion does"]
    self_retrieval = kept(collection, embedder)
    assert self_retrieval is not None
    weakness = (
        "the embedder fake-embedder does not know zh: the dense route counts 0 there; "
        "set models.embedder to a multilingual one and run `rag rebuild a`"
    )
    assert weaknesses(self_retrieval, collection, SHIPPED) == [weakness]
    assert [record.getMessage() for record in caplog.records] == [f"collection a: {weakness}"]
    en, zh = self_retrieval.languages["en"], self_retrieval.languages["zh"]
    assert remarks(collection, SHIPPED) == [
        f"dense route: finds {en.dense} of 20 sampled en passages (bm25: {en.bm25})",
        f"dense route: finds {zh.dense} of 20 sampled zh passages (bm25: {zh.bm25})",
        f"warning: {weakness}",
    ]
    weak = SelfRetrieval({"zh": SelfRecall(64, 29, 60)}, chunks=20)
    assert (
        "is weak in zh: the dense route counts 0.67 there"
        in weaknesses(weak, collection, SHIPPED)[0]
    )


@pytest.mark.parametrize("error", [RemoteUnavailable("no answer"), ValueError("a defect")])
def test_an_embedder_that_fails_is_logged_and_asked_again_later(
    store: LocalStore, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    collection = filled(store, FakeEmbedder(DIMENSION), zh=chinese(20))
    with caplog.at_level(logging.WARNING):
        assert kept(collection, BrokenEmbedder(error)) is None
    assert "collection a: its self-retrieval is not measured" in caplog.text
    assert str(error) in caplog.text
    assert kept(collection, FakeEmbedder(DIMENSION)) is not None
