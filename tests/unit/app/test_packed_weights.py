from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer, models

from app.errors import ModelIncompatible
from app.models.bundled.packed_weights import pack, pair_template, unpack, unpack_embedder

WORDS = "bert.embeddings.word_embeddings.weight"
MATRIX = "bert.encoder.layer.0.output.dense.weight"
BIAS = "bert.encoder.layer.0.output.dense.bias"


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    folder = tmp_path / "trained"
    folder.mkdir()
    tensors = {
        WORDS: np.ones((5, 2), np.float32),
        MATRIX: np.array([[1.27, -0.5], [0.0, 0.0]], np.float32),
        BIAS: np.array([0.123456, -7.0], np.float32),
    }
    save_file(tensors, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"model_type": "bert", "num_labels": 1}))
    return folder


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    words = {"embeddings.word_embeddings.weight": np.full((5, 2), 0.5, np.float32)}
    save_file(words, folder / "model.safetensors")
    vocabulary = {"<s>": 0, "<pad>": 1, "</s>": 2, "cat": 3, "<unk>": 4}
    Tokenizer(models.WordLevel(vocabulary, "<unk>")).save(str(folder / "tokenizer.json"))
    described = {"cls_token": "<s>", "sep_token": "</s>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(described))
    return folder


def test_weights_come_back_to_the_precision_of_their_row(
    trained: Path, base: Path, tmp_path: Path
) -> None:
    """A step of the first row is 1.27 / 127 = 0.01; a row of zeros stays one; vectors are kept."""
    pack(trained, tmp_path / "packed.safetensors")
    (tmp_path / "out").mkdir()
    unpack(tmp_path / "packed.safetensors", base, tmp_path / "out")
    tensors = load_file(tmp_path / "out" / "model.safetensors")
    np.testing.assert_allclose(tensors[MATRIX], [[1.27, -0.5], [0.0, 0.0]], atol=1e-3)
    np.testing.assert_allclose(tensors[BIAS], [0.123456, -7.0], atol=1e-4)


def test_word_embeddings_are_those_of_the_base(trained: Path, base: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed.safetensors"
    pack(trained, packed)
    assert WORDS not in load_file(packed)
    (tmp_path / "out").mkdir()
    unpack(packed, base, tmp_path / "out")
    tensors = load_file(tmp_path / "out" / "model.safetensors")
    np.testing.assert_array_equal(tensors[WORDS], np.full((5, 2), 0.5, np.float16))


def test_a_tokenizer_that_frames_pairs_already_is_kept_to_the_byte(
    trained: Path, base: Path, tmp_path: Path
) -> None:
    """Models share one in memory where their files are the same; floats saved again are not."""
    file = base / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.post_processor = pair_template(("<s>", 0), ("</s>", 2))
    file.write_text(tokenizer.to_str(pretty=True))
    pack(trained, tmp_path / "packed.safetensors")
    for unpacked in (unpack, unpack_embedder):
        out = tmp_path / unpacked.__name__
        out.mkdir()
        unpacked(tmp_path / "packed.safetensors", base, out)
        assert (out / "tokenizer.json").read_bytes() == file.read_bytes()


def test_an_embedder_is_its_base_with_other_weights(
    trained: Path, base: Path, tmp_path: Path
) -> None:
    (base / "1_Pooling").mkdir()
    (base / "1_Pooling" / "config.json").write_text("{}")
    (base / "attest.json").write_text("the receipt of the base")
    pack(trained, tmp_path / "packed.safetensors")
    out = tmp_path / "out"
    out.mkdir()
    unpack_embedder(tmp_path / "packed.safetensors", base, out)
    assert (out / "1_Pooling" / "config.json").is_file()
    assert not (out / "attest.json").exists()
    assert MATRIX in load_file(out / "model.safetensors")
    described = (out / "tokenizer_config.json").read_text()
    assert described == (base / "tokenizer_config.json").read_text()


def test_query_and_passage_have_token_types_of_their_own(
    trained: Path, base: Path, tmp_path: Path
) -> None:
    pack(trained, tmp_path / "packed.safetensors")
    out = tmp_path / "out"
    out.mkdir()
    unpack(tmp_path / "packed.safetensors", base, out)
    encoded = Tokenizer.from_file(str(out / "tokenizer.json")).encode("cat", "cat")
    assert (encoded.ids, encoded.type_ids) == ([0, 3, 2, 3, 2], [0, 0, 0, 1, 1])


@pytest.mark.parametrize("content", [b"", b"not safetensors", b"\xff" * 64])
def test_a_damaged_file_is_refused(content: bytes, base: Path, tmp_path: Path) -> None:
    (tmp_path / "packed.safetensors").write_bytes(content)
    (tmp_path / "out").mkdir()
    with pytest.raises(ModelIncompatible, match=r"packed\.safetensors"):
        unpack(tmp_path / "packed.safetensors", base, tmp_path / "out")


def test_a_head_of_our_own_is_kept_as_it_is(trained: Path, base: Path, tmp_path: Path) -> None:
    head = {"scale": np.array(3.14159, np.float32), "special": np.array([0, 1, 2], np.int64)}
    save_file(head, trained / "interaction.safetensors")
    pack(trained, tmp_path / "packed.safetensors")
    out = tmp_path / "out"
    out.mkdir()
    unpack(tmp_path / "packed.safetensors", base, out)
    kept = load_file(out / "interaction.safetensors")
    assert {name: tensor.tolist() for name, tensor in kept.items()} == {
        "scale": pytest.approx(3.14159),
        "special": [0, 1, 2],
    }
