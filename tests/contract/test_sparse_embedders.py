from __future__ import annotations

from pathlib import Path

import pytest

from app.conformance.sparse_embedders import SparseEmbedderContract
from app.fakes import FakeSparseEmbedder
from app.models.bundled.packages import installed
from app.models.sparse.cache import CachedSparseEmbedder
from app.models.sparse.registry import build_sparse_embedder
from app.ports.models import SparseEmbedder
from app.settings import ModelSettings
from tests.tiny_sparse import write_tiny_m3, write_tiny_splade


def _built(name: str) -> SparseEmbedder:
    built = build_sparse_embedder(ModelSettings(sparse=name, device="cpu"))
    assert built is not None
    return built


class TestFakeSparseEmbedder(SparseEmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def sparse_embedder(cls) -> SparseEmbedder:
        return FakeSparseEmbedder()


class TestAnySplade(SparseEmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def sparse_embedder(cls, tmp_path_factory: pytest.TempPathFactory) -> SparseEmbedder:
        return _built(str(write_tiny_splade(tmp_path_factory.mktemp("splade"))))


class TestTokenWeightsOfM3(SparseEmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def sparse_embedder(cls, tmp_path_factory: pytest.TempPathFactory) -> SparseEmbedder:
        return _built(str(write_tiny_m3(tmp_path_factory.mktemp("m3"))))


class TestCachedSparseEmbedder(SparseEmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def sparse_embedder(cls, tmp_path_factory: pytest.TempPathFactory) -> SparseEmbedder:
        file: Path = tmp_path_factory.mktemp("cache") / "embeddings.db"
        return CachedSparseEmbedder(FakeSparseEmbedder(), file)


@pytest.mark.models
class TestBundledSplade(SparseEmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def sparse_embedder(cls) -> SparseEmbedder:
        if "splade-tiny" not in {model.name for model in installed(ModelSettings().cache)}:
            pytest.skip("run `rag models install splade-tiny`")
        return _built("bundled:splade-tiny")
