"""A cross-encoder that compares token with token, and so has little to learn before it is of use.

Query and passage are read together by the first layers of an encoder, so that every state knows of
both sides. The score is what the query's tokens find among the passage's::

    score = scale · Σ aᵢ · max cos(qᵢ, pⱼ)  +  w · h          over query tokens i, passage tokens j
    a = softmax(u · qᵢ + rare · log(0.1 + log(1 + idᵢ / 200)))

h is the first token's state. Vocabularies list frequent pieces first, so that a token's id tells
how rare it is. Before any training, u and w are 0 and rare is 1: an embedder that was trained to
bring matching texts together already orders passages well in this way, while a head over the first
token alone has to learn from nothing what a match is.

Source: S. MacAvaney et al., "CEDR: Contextualized Embeddings for Document Ranking", SIGIR 2019
(matching signals from states of a joint encoding, beside the first token's); O. Khattab and
M. Zaharia, "ColBERT", SIGIR 2020 (the maximum over the passage's tokens).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Self

import torch
from safetensors.torch import load_file, save_file
from sentence_transformers.base.modules import Module
from torch import Tensor, nn
from torch.nn import functional

FILE: Final = "interaction.safetensors"
"""Its weights, beside the encoder's; a folder that has it is such a cross-encoder."""
FREQUENT: Final = 200.0
"""Token id from which rarity grows slowly; the vocabulary is sorted by frequency, roughly."""
LEAST_RARITY: Final = 0.1
"""Is added before the logarithm, so that the first id of the vocabulary has a finite rarity."""
SCALE: Final = 15.0
"""Cosines of an encoder's states lie close together; what a query's softmax has to tell apart."""
_LOW: Final = -1e4
"""What a token that is not the query's has for a weight: none after a softmax."""


class InteractionScore(Module):
    """Token states of a pair to its score; a module of sentence-transformers.

    Tokens of type 0 are the query's and those of type 1 the passage's; ``special`` are the ids that
    belong to neither.
    """

    def __init__(self, hidden: int, special: tuple[int, ...]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # untyped there
        self.special = special
        self.importance = nn.Linear(hidden, 1)
        self.first = nn.Linear(hidden, 1)
        for layer in (self.importance, self.first):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.scale = nn.Parameter(torch.tensor(SCALE))
        self.rare = nn.Parameter(torch.tensor(1.0))

    def forward(self, features: dict[str, Any], **_: object) -> dict[str, Any]:
        """Adds ``scores``, ``(n, 1)``."""
        scores = self.score(
            features["token_embeddings"],
            features["input_ids"],
            features["attention_mask"],
            features["token_type_ids"],
        )
        features["scores"] = scores[:, None]
        return features

    def score(self, states: Tensor, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        """``(n,)`` scores; ``states`` is ``(n, length, hidden)``, the others ``(n, length)``."""
        read = mask == 1
        for id_ in self.special:
            read = read & (ids != id_)
        asked, told = read & (types == 0), read & (types == 1)
        unit = functional.normalize(states, dim=-1)
        cosines = unit @ unit.transpose(1, 2)
        found = cosines.masked_fill(~told[:, None, :], -1.0).amax(dim=-1)
        rarity = torch.log(torch.log1p(ids.to(states.dtype) / FREQUENT) + LEAST_RARITY)
        weight = self.importance(states)[..., 0] + self.rare * rarity
        share = torch.softmax(weight.masked_fill(~asked, _LOW), dim=-1)
        matched: Tensor = self.scale * (share * found).sum(dim=-1)
        first: Tensor = self.first(states[:, 0])[..., 0]
        return matched + first

    def save(self, output_path: str, *_: object, **__: object) -> None:
        """Writes `FILE` into a folder."""
        tensors = {name: tensor.contiguous() for name, tensor in self.state_dict().items()}
        special = {"special": torch.tensor(self.special)}
        save_file({**tensors, **special}, Path(output_path) / FILE)

    @classmethod
    def load(  # type: ignore[override]  # what else it is passed, a local file needs not
        cls, model_name_or_path: str, subfolder: str = "", **_: object
    ) -> Self:
        """As sentence-transformers loads a module of a checkpoint."""
        return cls.of(Path(model_name_or_path) / subfolder)

    @classmethod
    def of(cls, folder: Path) -> Self:
        """The one that lies in ``folder``."""
        tensors = load_file(folder / FILE)
        special = tuple(int(id_) for id_ in tensors.pop("special"))
        made = cls(tensors["first.weight"].shape[1], special)
        made.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
        return made
