from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.conformance.graphs import GraphContract
from app.conformance.stores import StoreContract
from app.ports.store import Store
from app.settings import StoreSettings
from app.stores.local.store import LocalStore
from app.stores.memory.store import MemoryStore


class WhitespaceAnalyzer:
    version = "whitespace"

    def terms(self, text: str) -> list[str]:
        return text.split()

    def sequence(self, text: str) -> list[str]:
        return text.split()

    def language(self, text: str) -> str:
        return "und"


class TestLocalStoreWithTantivy(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = LocalStore(StoreSettings(directory=tmp_path), WhitespaceAnalyzer())
        yield store
        store.close()


class TestLocalStoreWithRankBM25(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        settings = StoreSettings(directory=tmp_path, lexical_engine="rank_bm25")
        store = LocalStore(settings, WhitespaceAnalyzer())
        yield store
        store.close()


class TestLocalStoreWithHnsw(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        settings = StoreSettings(directory=tmp_path, hnsw_threshold=1)
        store = LocalStore(settings, WhitespaceAnalyzer())
        yield store
        store.close()


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[Store]:
        store = MemoryStore(StoreSettings(kind="memory"), WhitespaceAnalyzer())
        yield store
        store.close()


class TestLocalStoreWithGraph(GraphContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = LocalStore(
            StoreSettings(directory=tmp_path, entity_graph=True), WhitespaceAnalyzer()
        )
        yield store
        store.close()


class TestMemoryStoreWithGraph(GraphContract):
    @pytest.fixture
    def store(self) -> Iterator[Store]:
        store = MemoryStore(StoreSettings(kind="memory", entity_graph=True), WhitespaceAnalyzer())
        yield store
        store.close()
