"""What is said to llama.cpp and what it says, without it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.domain.devices import CPU
from app.errors import ConfigurationError, InvalidRequest, ModelIncompatible
from app.models.generators.llama_cpp import (
    cards_of,
    gguf_file,
    pieces_of,
    placement_of,
    without_control,
)


@pytest.mark.parametrize(
    "content",
    ["a<|im_end|>b", "a<｜User｜>b", "a</s>b", "a<start_of_turn>b", "a[INST]b", "a[/INST]b"],
)
def test_what_marks_turns_in_a_template_marks_none(content: str) -> None:
    plain = without_control(content)
    assert len(plain) == len(content)
    assert plain[1] == " "


@pytest.mark.parametrize("content", ["<passage 1>", "a < b", "a[1]", "x [see Annex]", "1<2"])
def test_what_marks_nothing_stays(content: str) -> None:
    assert without_control(content) == content


def test_what_is_added_to_the_answer_is_read() -> None:
    events = [
        {"choices": [{"delta": {"role": "assistant", "content": None}}]},
        {"choices": [{"delta": {"content": "Par"}}]},
        {"choices": [{"delta": {"content": "is"}}], "prompt_progress": {"total": 3}},
        {"choices": [], "usage": {}},
    ]
    assert [p for event in events for p in pieces_of(json.dumps(event))] == ["Par", "is"]
    assert list(pieces_of(json.dumps(events))) == ["Par", "is"]


def test_a_conversation_that_is_too_long_is_told_from_a_failure() -> None:
    long = {"error": {"type": "exceed_context_size_error", "message": "5030 tokens"}}
    with pytest.raises(InvalidRequest, match="5030 tokens"):
        list(pieces_of(json.dumps(long)))
    with pytest.raises(ModelIncompatible, match="no template"):
        list(pieces_of(json.dumps({"code": 500, "message": "no template"})))


def test_a_folder_holds_one_model(tmp_path: Path) -> None:
    with pytest.raises(ModelIncompatible, match="holds 0 GGUF files"):
        gguf_file(tmp_path)
    (tmp_path / "a.gguf").touch()
    assert gguf_file(tmp_path) == tmp_path / "a.gguf"
    (tmp_path / "b.gguf").touch()
    with pytest.raises(ModelIncompatible, match="holds 2 GGUF files"):
        gguf_file(tmp_path)


def _llama(*names: str, kind: str = "GPU") -> list[dict[str, object]]:
    cpu = {"name": "CPU", "type": SimpleNamespace(name="GGML_BACKEND_DEVICE_TYPE_CPU")}
    card = SimpleNamespace(name=f"GGML_BACKEND_DEVICE_TYPE_{kind}")
    return [cpu, *({"name": name, "type": card} for name in names)]


@pytest.mark.parametrize(
    ("names", "device", "placement"),
    [
        ((), "auto", CPU),
        ((), "cuda", CPU),
        (("CUDA0", "CUDA1"), "auto", "CUDA0, CUDA1"),
        (("CUDA0", "CUDA1"), "cuda", "CUDA0"),
        (("CUDA0", "CUDA1"), "cuda:1", "CUDA1"),
        (("CUDA0", "CUDA1"), "cpu", CPU),
        (("MTL0",), "mps", "MTL0"),
    ],
)
def test_llama_cpp_takes_the_cards_that_its_build_drives(
    names: tuple[str, ...], device: str, placement: str
) -> None:
    assert placement_of(cards_of(_llama(*names), device)) == placement


@pytest.mark.parametrize("device", ["mps", "cuda:1"])
def test_llama_cpp_names_the_cards_it_has(device: str) -> None:
    with pytest.raises(ConfigurationError, match=f"is {device}, and llama.cpp has cpu, CUDA0 here"):
        cards_of(_llama("CUDA0"), device)
    assert cards_of(_llama("Vulkan0", kind="IGPU"), "auto") == {0: "Vulkan0"}
