"""Writes sparse models small enough to make in a test, with random weights of a fixed seed."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertModel,
    PreTrainedTokenizerFast,
)

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = [*SPECIAL, "river", "bank", "loan", "flood", "passage", "muddy", "the", "was", "after", "."]


def write_tiny_splade(folder: Path) -> Path:
    """A masked language model of one layer, and its tokenizer."""
    return _write(folder, BertForMaskedLM)


def write_tiny_m3(folder: Path) -> Path:
    """An encoder of one layer with a head that weighs tokens, as BGE-M3 has one."""
    _write(folder, BertModel)
    torch.manual_seed(3)
    torch.save(torch.nn.Linear(16, 1).state_dict(), folder / "sparse_linear.pt")
    return folder


def _write(folder: Path, kind: type[BertForMaskedLM | BertModel]) -> Path:
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
        initializer_range=0.5,
    )
    kind(config).save_pretrained(folder)
    bare = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, "[UNK]"))
    bare.pre_tokenizer = pre_tokenizers.Whitespace()
    bare.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    PreTrainedTokenizerFast(
        tokenizer_object=bare, model_max_length=32, **dict(zip(names, SPECIAL, strict=True))
    ).save_pretrained(folder)
    return folder
