"""Where models compute, on a machine that has no card: PyTorch is told that there are two."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
import platform
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from app.domain.devices import CPU
from app.errors import ConfigurationError, TransientError
from app.main import Application
from app.models.devices import (
    MOST_BATCH_TOKENS,
    THE_CPU,
    Device,
    batch_tokens,
    cards,
    free_bytes,
    may_have_card,
    pick,
    weights_bytes,
)
from app.models.folder import ModelFolder
from app.models.generators.causal_lm import TransformersGenerator, computes_in_bfloat16
from app.models.placement import placements
from app.models.registry import build_embedder, build_reader, local_model
from app.models.runtimes.forms import loaders_of_forms
from app.models.runtimes.pair_scorer import PairBatch
from app.models.runtimes.pair_torch import TorchPairScorer
from app.models.runtimes.precision import load_runtime
from app.models.runtimes.torch_runtime import TorchRuntime
from app.settings import ModelSettings, Settings
from tests.tiny_e5 import tiny_e5_folder
from train.cross_encoder.base import write_cross_encoder

GIB = 1 << 30
needs_openvino = pytest.mark.skipif(
    importlib.util.find_spec("openvino") is None, reason="OpenVINO is not installed"
)


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Free bytes of two cards, which may be changed."""
    memory = {"cuda:0": 8 * GIB, "cuda:1": 40 * GIB}
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: len(memory))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda number: f"Model {number}")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda card: (memory[card], 80 * GIB))
    return memory


@pytest.fixture
def no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture
def meta(monkeypatch: pytest.MonkeyPatch) -> str:
    """A device that stands for a card: it computes shapes alone, and refuses others' tensors."""
    monkeypatch.setattr(
        "transformers.masking_utils._ignore_bidirectional_mask_sdpa", lambda *_, **__: False
    )
    return "meta"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    return tiny_e5_folder(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def pairs(tiny: ModelFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs") / "base"
    write_cross_encoder(tiny, folder, layers=1, head="interaction", dropout=0.0, seed=0)
    return folder


@pytest.mark.parametrize(
    ("weights", "name"),
    [(GIB, "cuda:0"), (10 * GIB, "cuda:1"), (30 * GIB, CPU)],
    ids=["first", "second", "none"],
)
def test_auto_takes_a_card_that_has_memory_for_the_model(
    free: dict[str, int], weights: int, name: str
) -> None:
    assert set(free) == {"cuda:0", "cuda:1"}
    assert pick("auto", weights_bytes=weights).name == name


@pytest.mark.usefixtures("no_card")
def test_auto_takes_apples_card_where_there_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pick("auto") == THE_CPU
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: 12 * GIB)
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: 4 * GIB)
    assert pick("auto", weights_bytes=3 * GIB).name == "mps"
    assert pick("auto", weights_bytes=4 * GIB) == THE_CPU


def test_a_card_that_cant_be_opened_is_not_taken(
    free: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(card: str) -> tuple[int, int]:
        if card == "cuda:0":
            raise RuntimeError("CUDA error: all CUDA-capable devices are busy or unavailable")
        return free[card], 80 * GIB

    monkeypatch.setattr(torch.cuda, "mem_get_info", busy)
    assert pick("auto").name == "cuda:1"
    assert free_bytes("cuda:0") == 0


def test_pytorch_is_not_imported_to_find_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch")
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert not may_have_card()
    monkeypatch.setattr(Path, "exists", lambda path: path == Path("/dev/nvidiactl"))
    assert may_have_card()


@pytest.mark.usefixtures("free")
@pytest.mark.parametrize(("wanted", "name"), [("cuda", "cuda:0"), ("cuda:1", "cuda:1")])
def test_a_card_that_is_named_is_taken_and_no_other(wanted: str, name: str) -> None:
    number = int(name[-1])
    assert pick(wanted) == Device(name, f"Model {number}", demanded=True)


@pytest.mark.usefixtures("free")
def test_a_device_that_is_not_here_is_an_error_that_names_what_is() -> None:
    version = importlib.metadata.version("torch")
    with pytest.raises(ConfigurationError) as told:
        pick("cuda:2")
    assert told.value.message == (
        f"models.device is cuda:2, and PyTorch {version} has cpu, cuda:0 (Model 0), "
        "cuda:1 (Model 1) here; set it to one of these or to auto"
    )


@pytest.mark.usefixtures("no_card")
@pytest.mark.parametrize("device", ["cuda", "cuda:0", "mps"])
def test_an_absent_device_is_told_before_models_are_looked_for(tmp_path: Path, device: str) -> None:
    settings = ModelSettings(cache=tmp_path, device=device)
    for build in (build_embedder, build_reader):
        with pytest.raises(ConfigurationError, match=f"models.device is {device}, .* has cpu here"):
            build(settings)


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cuda:x", "CUDA", ""])
def test_other_names_are_no_devices(device: str) -> None:
    with pytest.raises(ValueError, match="device"):
        ModelSettings(device=device)


@pytest.mark.usefixtures("free")
def test_openvino_runs_on_the_cpu(tiny: ModelFolder) -> None:
    settings = ModelSettings(embedder=str(tiny.path), precision="openvino")
    assert local_model(settings, "embedder")[1] == THE_CPU
    named = settings.model_copy(update={"device": "cuda"})
    with pytest.raises(ConfigurationError, match="openvino, and cuda:0 does not run that"):
        build_embedder(named)


def test_forms_of_the_cpu_are_for_the_cpu(tiny: ModelFolder, tmp_path: Path) -> None:
    def forms(device: Device) -> set[str]:
        return set(
            loaders_of_forms(
                tiny,
                cache=tmp_path,
                device=device,
                threads=0,
                in_torch=lambda *_: None,
                in_openvino=lambda *_: None,
                inputs=lambda _: (),
            )
        )

    assert forms(Device("cuda:0")) == {"float32", "bfloat16"}
    assert forms(Device("mps")) == {"float32"}
    assert forms(THE_CPU) >= {"float32", "bfloat16"}


@needs_openvino
@pytest.mark.usefixtures("free")
def test_an_export_is_made_of_a_copy_on_the_cpu(tiny: ModelFolder, tmp_path: Path) -> None:
    """PyTorch says that there are cards, and whoever would put weights on one fails here."""
    exported, _ = load_runtime(tiny, cache=tmp_path, precision="openvino")
    plain = TorchRuntime(tiny.path, "float32")
    assert plain.model.device == torch.device(CPU)
    ids, mask = np.array([[0, 8, 2]]), np.ones((1, 3), np.int64)
    assert exported.encode(ids, mask).texts == pytest.approx(
        plain.encode(ids, mask).texts, abs=0.05
    )


def test_weights_and_inputs_go_to_the_device(
    tiny: ModelFolder, pairs: Path, meta: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.Tensor, "cpu", lambda tensor: torch.zeros(tensor.shape))
    ids = np.array([[0, 8, 2], [0, 9, 2]])
    mask, types = np.ones_like(ids), np.array([[0, 0, 1], [0, 0, 1]])
    encoder = TorchRuntime(tiny.path, "float32", meta)
    scorer = TorchPairScorer(pairs, "float32", meta)
    for model in (encoder.model, scorer.model):
        assert {weights.device.type for weights in model.parameters()} == {meta}
    encoded = encoder.encode(ids, mask)
    assert (encoded.tokens.shape, encoded.texts.shape) == ((2, 3, 32), (2, 32))
    assert scorer.score(PairBatch(ids, mask, types)).shape == (2,)


def test_a_text_that_a_card_has_no_memory_for_is_read_on_the_cpu(
    tiny: ModelFolder, pairs: Path, meta: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: torch.Tensor) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    ids = np.array([[0, 8, 2], [0, 9, 2]])
    mask, types = np.ones_like(ids), np.array([[0, 0, 1], [0, 0, 1]])
    on_cpu = TorchRuntime(tiny.path, "float32").encode(ids, mask)
    scored = TorchPairScorer(pairs, "float32").score(PairBatch(ids, mask, types))
    encoder = TorchRuntime(tiny.path, "bfloat16", meta)
    scorer = TorchPairScorer(pairs, "bfloat16", meta)
    cpu = torch.Tensor.cpu
    monkeypatch.setattr(torch.Tensor, "cpu", lambda t: full(t) if t.is_meta else cpu(t))
    found = encoder.encode(ids, mask)
    assert found.texts == pytest.approx(on_cpu.texts, abs=1e-5)
    assert found.tokens == pytest.approx(on_cpu.tokens, abs=1e-5)
    assert scorer.score(PairBatch(ids, mask, types)) == pytest.approx(scored, abs=1e-5)


def test_a_batch_is_as_large_as_half_of_what_is_free(free: dict[str, int]) -> None:
    assert batch_tokens(CPU, on_cpu=4_096) == 4_096
    free["cuda:0"] = 4 * GIB
    assert batch_tokens("cuda:0", on_cpu=4_096) == 8_192  # 2 GiB at 256 KiB a token
    free["cuda:0"] = GIB
    assert batch_tokens("cuda:0", on_cpu=4_096) == 4_096
    free["cuda:0"] = 70 * GIB
    assert batch_tokens("cuda:0", on_cpu=4_096) == MOST_BATCH_TOKENS


def test_weights_are_counted_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "model.safetensors").write_bytes(b"1234")
    (tmp_path / "tokenizer.json").write_bytes(b"12")
    assert weights_bytes(tmp_path) == 4


def test_a_generator_without_memory_left_is_asked_again_later() -> None:
    def full(**_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    generator = TransformersGenerator.__new__(TransformersGenerator)
    generator._device, generator._model = "meta", full
    with pytest.raises(TransientError, match="no memory left to generate"):
        generator._next_token(torch.tensor([[1]]), None)  # type: ignore[arg-type]  # not looked at


def test_a_card_generates_in_bfloat16_where_it_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for native in (True, False):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda native=native, **_: native)
        assert computes_in_bfloat16("cuda:0") is native
    assert not computes_in_bfloat16("mps")


@pytest.mark.usefixtures("free")
def test_cards_are_told_in_their_order() -> None:
    assert [card.name for card in cards()] == ["cuda:0", "cuda:1"]


def test_where_each_model_runs_is_told_without_loading_it(
    free: dict[str, int], tiny: ModelFolder, tmp_path: Path
) -> None:
    settings = ModelSettings(
        cache=tmp_path, embedder=str(tiny.path), generator=str(tiny.path), reranker="tei:http://x"
    )
    assert list(placements(settings)) == [
        f"embedder {tiny.path}: runs on cuda:0 (Model 0)",
        f"generator {tiny.path}: runs on cuda:0 (Model 0)",
    ]
    free["cuda:0"] = free["cuda:1"] = GIB
    assert next(iter(placements(settings))) == f"embedder {tiny.path}: runs on cpu"


def test_the_log_says_where_a_model_runs(
    tiny: ModelFolder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    models = ModelSettings(
        cache=tmp_path, embedder=str(tiny.path), device="cpu", precision="float32"
    )
    app = Application(Settings(models=models))
    with caplog.at_level(logging.INFO, logger="app.main"):
        assert app.embedder.dimension == 32
    assert caplog.messages == [f"{tiny.id} runs on cpu, float32"]
