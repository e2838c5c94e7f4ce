from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from sentence_transformers import SparseEncoder
from sentence_transformers.base.modules import Router
from sentence_transformers.sparse_encoder.modules import SparseStaticEmbedding
from transformers import AutoModel, AutoTokenizer

from app.errors import ConfigurationError, ModelIncompatible
from app.fakes import FakeSparseEmbedder
from app.models.bundled.catalogue import SPLADE_TINY
from app.models.sparse.cache import CachedSparseEmbedder
from app.models.sparse.registry import build_sparse_embedder
from app.settings import ModelSettings
from tests.tiny_sparse import write_tiny_m3, write_tiny_splade

TEXTS = ["the river bank was muddy after the flood", "loan", "a passage . the bank", ""]


def _built(folder: Path, **settings: object):
    fields = {"sparse": str(folder), "device": "cpu", **settings}
    return build_sparse_embedder(ModelSettings.model_validate(fields))


def test_a_splade_weighs_as_the_library_that_made_it(tmp_path: Path) -> None:
    folder = write_tiny_splade(tmp_path)
    library = SparseEncoder(str(folder), device="cpu")
    expected = library.encode_document(TEXTS, convert_to_sparse_tensor=False)
    model = _built(folder)
    for row, vector in zip(expected, model.embed_passages(TEXTS), strict=True):
        weights = {token: w for token, w in enumerate(row.tolist()) if w > 0}
        assert vector == pytest.approx(weights, rel=1e-4, abs=1e-5)


def test_prompts_and_the_library_s_other_layers_are_followed(tmp_path: Path) -> None:
    folder = write_tiny_splade(tmp_path / "plain")
    library = SparseEncoder(str(folder), device="cpu", max_active_dims=3)
    library.prompts = {"query": "passage ", "document": ""}
    library.save_pretrained(str(tmp_path / "saved"))
    expected = library.encode_query(["river"], convert_to_sparse_tensor=False)[0].tolist()
    (vector,) = _built(tmp_path / "saved").embed_queries(["river"])
    assert vector == pytest.approx({t: w for t, w in enumerate(expected) if w > 0}, rel=1e-4)
    assert len(vector) == 3
    (passage,) = _built(tmp_path / "saved").embed_passages(["river"])
    assert passage != vector


def test_a_model_that_reads_queries_without_an_encoder_is_followed(tmp_path: Path) -> None:
    plain = SparseEncoder(str(write_tiny_splade(tmp_path / "plain")), device="cpu")
    static = SparseStaticEmbedding(tokenizer=plain.tokenizer, frozen=True)
    static.weight.data = torch.arange(len(plain.tokenizer), dtype=torch.float32)
    router = Router.for_query_document(query_modules=[static], document_modules=list(plain))
    library = SparseEncoder(modules=[router], device="cpu")
    library.save_pretrained(str(tmp_path / "saved"))
    model = _built(tmp_path / "saved")
    (query,) = model.embed_queries(["river bank"])
    assert query == {5: 5.0, 6: 6.0}
    expected = library.encode_document(["river bank"], convert_to_sparse_tensor=False)[0].tolist()
    (passage,) = model.embed_passages(["river bank"])
    assert passage == pytest.approx({t: w for t, w in enumerate(expected) if w > 0}, rel=1e-4)


def test_tokens_weigh_what_the_head_makes_of_their_states(tmp_path: Path) -> None:
    folder = write_tiny_m3(tmp_path)
    encoder, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    state = torch.load(folder / "sparse_linear.pt", weights_only=True)
    read = tokenizer(TEXTS[0], return_tensors="pt")
    with torch.inference_mode():
        states = encoder(**read).last_hidden_state[0]
    weights = torch.relu(states @ state["weight"][0] + state["bias"][0]).tolist()
    expected: dict[int, float] = {}
    for token, weight in list(zip(read["input_ids"][0].tolist(), weights, strict=True))[1:-1]:
        if weight > 0:  # "the" stands twice, and what frames the text counts nothing
            expected[token] = max(weight, expected.get(token, 0.0))
    (vector,) = _built(folder).embed_passages([TEXTS[0]])
    assert vector == pytest.approx(expected, rel=1e-4)
    assert vector


def test_a_model_that_was_not_trained_to_weigh_tokens_is_refused(tmp_path: Path) -> None:
    folder = write_tiny_splade(tmp_path)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"architectures": ["BertModel"]}))
    with pytest.raises(ModelIncompatible, match=r"no sparse encoder\. Check models\.sparse"):
        _built(folder)


def test_a_folder_that_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    folder = write_tiny_splade(tmp_path)
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelIncompatible, match="can't be loaded"):
        _built(folder)


def test_none_is_no_model_and_a_bundled_one_of_another_kind_is_refused() -> None:
    assert build_sparse_embedder(ModelSettings()) is None
    with pytest.raises(ConfigurationError, match="is no sparse, but of kind reader"):
        build_sparse_embedder(ModelSettings(sparse="bundled:attest-reader-small"))


def test_with_a_memory_a_text_is_weighed_once(tmp_path: Path) -> None:
    class Counting(FakeSparseEmbedder):
        weighed: list[str] = []  # noqa: RUF012 - of this test alone

        def embed_passages(self, texts):
            self.weighed += texts
            return super().embed_passages(texts)

    for _ in range(2):
        cached = CachedSparseEmbedder(Counting(), tmp_path / "weights.db")
        assert cached.embed_passages(["b b", "a", "b b"]) == FakeSparseEmbedder().embed_passages(
            ["b b", "a", "b b"]
        )
    assert Counting.weighed == ["b b", "a"]
    cached.embed_queries(["a"])
    assert Counting.weighed == ["b b", "a", "a"]


def test_the_settings_say_whether_there_is_a_memory(tmp_path: Path) -> None:
    folder = write_tiny_splade(tmp_path / "model")
    model = _built(folder, embedding_cache=True, cache=tmp_path)
    assert isinstance(model, CachedSparseEmbedder)
    model.embed_passages(["river"])
    assert (tmp_path / "sparse_weights.db").exists()


def test_of_the_package_of_splade_tiny_only_the_model_is_taken(tmp_path: Path) -> None:
    source, folder = write_tiny_splade(tmp_path / "package"), tmp_path / "model"
    (source / "heads.pt").write_bytes(b"a pickle")
    folder.mkdir()
    SPLADE_TINY.unpack(source, folder)
    assert sorted(file.name for file in folder.iterdir()) == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
    assert _built(folder).embed_passages(["river"]) == _built(source).embed_passages(["river"])
