"""Cross-encoders as folders, before and after training."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import torch
from sentence_transformers import CrossEncoder
from sentence_transformers.base.modules import Transformer
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoTokenizer,
)

from app.errors import ModelIncompatible
from app.models.bundled.packed_weights import pair_template
from app.models.folder import ModelFolder
from app.models.rerankers.interaction import FILE, InteractionScore
from app.models.third_party import quiet

Head = Literal["keep", "interaction", "first"]


def write_cross_encoder(
    base: ModelFolder,
    folder: Path,
    *,
    layers: int | None,
    head: Head,
    dropout: float,
    seed: int,
) -> None:
    """Writes ``base`` to ``folder`` as a cross-encoder with one output score.

    Args:
        base: A cross-encoder, or an encoder that becomes one.
        folder: Where it goes.
        layers: How many of the first are kept; ``None`` for all.
        head: ``keep`` keeps what the base has, or gives one over the first token where it has none.
        dropout: Of states and of attention.
        seed: Of a new head's weights.

    Raises:
        ModelIncompatible: ``base`` is no encoder, has fewer layers, or tokens of one type only
            where the head tells the sides apart by it.
    """
    try:
        with quiet():
            _write(base, folder, layers, head, dropout, seed)
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise ModelIncompatible(f"{base.id} can't become a cross-encoder: {error}") from error


def load_cross_encoder(folder: Path, *, max_length: int) -> CrossEncoder:
    """Loads a folder of `write_cross_encoder` or of a run; scores are raw logits.

    A pair is cut to ``max_length`` tokens, or to the number of positions of the encoder.
    """
    identity = torch.nn.Identity()
    with quiet():
        max_length = min(max_length, _positions(folder))
        if not (folder / FILE).is_file():
            model: CrossEncoder = CrossEncoder(
                str(folder), local_files_only=True, max_length=max_length, activation_fn=identity
            )
            return model
        encoder = Transformer(
            str(folder),
            max_seq_length=max_length,
            model_kwargs={"local_files_only": True, "add_pooling_layer": False},
            processor_kwargs={"local_files_only": True},
            config_kwargs={"local_files_only": True},
        )
        made: CrossEncoder = CrossEncoder(
            modules=[encoder, InteractionScore.of(folder)], activation_fn=identity
        )
        return made


def _positions(folder: Path) -> int:
    config = AutoConfig.from_pretrained(folder, local_files_only=True)
    taken = 2 if "roberta" in config.model_type else 0  # its positions begin behind the padding id
    return int(getattr(config, "max_position_embeddings", 1 << 20)) - taken


def save_cross_encoder(model: CrossEncoder, folder: Path) -> None:
    """Writes a Hugging Face folder, with our own head beside it if the model has one."""
    folder.mkdir(parents=True)
    transformer: Any = model[0]
    transformer.model.save_pretrained(folder)
    transformer.tokenizer.save_pretrained(folder)
    heads: list[Any] = list(model)[1:]
    for head in heads:
        head.save(str(folder))


def _write(
    base: ModelFolder, folder: Path, layers: int | None, head: Head, dropout: float, seed: int
) -> None:
    config = AutoConfig.from_pretrained(base.path, local_files_only=True)
    if layers is not None and layers > config.num_hidden_layers:
        raise ModelIncompatible(f"{base.id} has {config.num_hidden_layers} layers, not {layers}")
    config.num_hidden_layers = layers or config.num_hidden_layers
    config.num_labels = 1
    for name in ("hidden_dropout_prob", "attention_probs_dropout_prob"):
        if hasattr(config, name):
            setattr(config, name, dropout)
    tokenizer = AutoTokenizer.from_pretrained(base.path, local_files_only=True)
    torch.manual_seed(seed)
    options: dict[str, Any] = {"config": config, "local_files_only": True, "dtype": torch.float32}
    own = base.path / FILE
    model: Any
    score: InteractionScore | None = None
    if head == "interaction" or (head == "keep" and own.is_file()):
        model = AutoModel.from_pretrained(base.path, add_pooling_layer=False, **options)
        special = tuple(sorted(set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}))
        new = InteractionScore(config.hidden_size, special)
        score = InteractionScore.of(base.path) if own.is_file() else new
    else:
        model = AutoModelForSequenceClassification.from_pretrained(base.path, **options)
    if (getattr(config, "type_vocab_size", 0) or 0) > 1:
        _tell_sides_apart(model, tokenizer)
    elif score is not None:
        raise ModelIncompatible(f"{base.id} has tokens of one type only; use another head")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    if score is not None:
        score.save(str(folder))


def _tell_sides_apart(model: Any, tokenizer: Any) -> None:
    """Gives the passage its own token type where the tokenizer knows only one.

    The embedding of the type is initialised from that of the query, because it was never trained.
    """
    if "token_type_ids" in tokenizer.model_input_names:
        return
    tokenizer.backend_tokenizer.post_processor = pair_template(
        (tokenizer.cls_token, tokenizer.cls_token_id), (tokenizer.sep_token, tokenizer.sep_token_id)
    )
    tokenizer.model_input_names = ["input_ids", "token_type_ids", "attention_mask"]
    for name, weights in model.named_parameters():
        if name.endswith("token_type_embeddings.weight"):
            with torch.no_grad():
                weights[1:] = weights[0]
