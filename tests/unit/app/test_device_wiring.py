"""What the settings say of the device reaches the models, and theirs reaches their batches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from app.models.devices import Device
from app.models.embedders.sentence_transformer import SentenceTransformerEmbedder
from app.models.folder import ModelFolder, local_folder
from app.models.generators.causal_lm import TransformersGenerator
from app.models.generators.llama_cpp import LlamaCppGenerator
from app.models.readers.statement_reader import SCALE_KEY, StatementReader
from app.models.registry import build_embedder, build_generator, build_reader
from app.models.rerankers.cross_encoder import CrossEncoderReranker
from app.models.rerankers.excerpt import Budget
from app.models.rerankers.registry import build_reranker
from app.settings import ModelSettings
from tests.tiny_e5 import tiny_e5_folder
from train.cross_encoder.base import write_cross_encoder

GIB = 1 << 30
META = Device("meta", "A card that computes shapes alone")
SECOND = Device("cuda:1", "Model 1", demanded=True)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    return tiny_e5_folder(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def pairs(tiny: ModelFolder, tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    """A cross-encoder that is a reader, too."""
    folder = tmp_path_factory.mktemp("pairs") / "base"
    write_cross_encoder(tiny, folder, layers=1, head="interaction", dropout=0.0, seed=0)
    config = json.loads((folder / "config.json").read_text())
    config[SCALE_KEY] = {"slope": 1.0, "intercept": 0.0}
    (folder / "config.json").write_text(json.dumps(config))
    return local_folder(folder)


def test_a_model_on_a_card_has_the_batches_of_the_card(
    tiny: ModelFolder, pairs: ModelFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (4 * GIB, 80 * GIB))
    how: dict[str, Any] = {"cache": tmp_path, "device": META, "precision": "float32"}
    for model in (
        SentenceTransformerEmbedder.load(tiny, **how),
        CrossEncoderReranker.load(pairs, budget=Budget(passage=64, lead=16), **how),
        StatementReader.load(pairs, **how),
    ):
        assert model.placement == "meta, float32"
        assert model._batch_tokens == 8_192  # 2 GiB at 256 KiB a token


def test_the_device_of_the_settings_reaches_every_model(
    tiny: ModelFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda number: f"Model {number}")
    for kind in (SentenceTransformerEmbedder, CrossEncoderReranker, StatementReader):
        monkeypatch.setattr(kind, "load", lambda *_, kind=kind, **how: given.update({kind: how}))
    for kind in (TransformersGenerator, LlamaCppGenerator):
        monkeypatch.setattr(
            kind, "__init__", lambda *_, kind=kind, **how: given.update({kind: how})
        )
    name, gguf = str(tiny.path), tmp_path / "gguf"
    gguf.mkdir()
    (gguf / "model.gguf").touch()
    models = ModelSettings(
        embedder=name, reranker=name, reader=name, generator=name, device="cuda:1"
    )
    build_embedder(models)
    build_reranker(models, None)
    build_reader(models)
    build_generator(models)
    build_generator(models.model_copy(update={"generator": str(gguf)}))
    assert {kind.__name__: how["device"] for kind, how in given.items()} == {
        "SentenceTransformerEmbedder": SECOND,
        "CrossEncoderReranker": SECOND,
        "StatementReader": SECOND,
        "TransformersGenerator": "cuda:1",
        "LlamaCppGenerator": "cuda:1",
    }
