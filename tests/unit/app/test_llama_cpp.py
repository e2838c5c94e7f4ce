"""What is said to llama.cpp and what it says, without it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.errors import InvalidRequest, ModelIncompatible
from app.models.generators.llama_cpp import gguf_file, pieces_of, without_control


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
