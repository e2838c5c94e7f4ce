"""From ``models.reranker`` to a reranker; `app.models.registry` lists the names."""

# ruff: noqa: PLC0415 - each branch imports what it alone needs

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal

from app.errors import ConfigurationError
from app.models.bundled.catalogue import TrainedModel, bundled
from app.models.folder import ModelFolder
from app.models.registry import BUNDLED, NONE, address, local_model, secret
from app.ports.models import Embedder, Reader, Reranker
from app.settings import ModelSettings

if TYPE_CHECKING:
    from app.models.rerankers.excerpt import Budget

LATE_INTERACTION: Final = "late-interaction"
READER: Final = "reader"
SHORTEST_S: Final = 0.001
"""A timeout; 0 would be none."""
RERANKER_TOKENS: Final = 256
"""Of a passage, read by a cross-encoder that does not say otherwise: a whole chunk."""
HTTP_RERANKERS: Final[dict[str, Literal["cohere", "jina", "tei"]]] = {
    "cohere:": "cohere",
    "jina:": "jina",
    "tei:": "tei",
}


def build_reranker(
    settings: ModelSettings,
    embedder: Embedder | None,
    reader: Reader | None = None,
    *,
    budget_ms: float = math.inf,
) -> Reranker | None:
    """The reranker that ``settings.reranker`` names, or ``None`` for ``none``.

    One behind HTTP is waited for no longer than ``budget_ms``, nor than the settings say.

    Raises:
        ConfigurationError: the name can't be understood, ``embedder`` has no token states, or there
            is no ``reader`` where it is to rerank.
        ModelMissing: the model is not on this machine and can't be fetched.
        ModelIncompatible: what is there is no reranker.
    """
    name = settings.reranker
    if name == NONE:
        return None
    if name == READER:
        from app.models.rerankers.by_statements import StatementReranker

        if reader is None:
            raise ConfigurationError(
                "models.reranker is reader, and models.reader is none; name a reader, or another "
                "reranker"
            )
        return StatementReranker(reader)
    if name == LATE_INTERACTION:
        from app.models.embedders.sentence_transformer import SentenceTransformerEmbedder
        from app.models.rerankers.late_interaction import LateInteractionReranker

        if not isinstance(embedder, SentenceTransformerEmbedder):
            raise ConfigurationError(
                "late-interaction needs an embedder that runs here, and "
                f"{settings.embedder} is behind HTTP; set models.reranker to another"
            )
        return LateInteractionReranker(embedder)
    for prefix, shape in HTTP_RERANKERS.items():
        if name.startswith(prefix):
            from app.models.remote.http_rerank import HttpReranker

            # A TEI server has one model and takes no name.
            tei = shape == "tei" and "#" not in name
            url, model = (name.removeprefix(prefix), "") if tei else address(name, prefix)
            return HttpReranker(
                shape,
                url,
                model,
                api_key=secret(settings.reranker_api_key),
                timeout_s=max(min(settings.request_timeout_s, budget_ms / 1_000), SHORTEST_S),
            )
    folder, device = local_model(settings, "reranker")
    from app.models.rerankers.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker.load(
        folder,
        cache=settings.cache,
        budget=_budget(settings, folder),
        device=device,
        precision=settings.precision,
        threads=settings.threads,
    )


def _budget(settings: ModelSettings, folder: ModelFolder) -> Budget:
    """What a cross-encoder reads: as the setting says, or as it was trained, or a whole chunk."""
    from app.models.rerankers.excerpt import Budget, saved_budget

    tokens = settings.reranker_tokens
    if not tokens and (trained := saved_budget(folder.path)):
        return trained
    if not tokens and settings.reranker.startswith(BUNDLED):
        model = bundled(settings.reranker.removeprefix(BUNDLED))
        tokens = model.passage_tokens if isinstance(model, TrainedModel) else None
    tokens = tokens or RERANKER_TOKENS
    return Budget(passage=tokens, lead=tokens // 4)
