"""From ``models.sparse`` to a sparse embedder; names are those of `app.models.registry`."""

# ruff: noqa: PLC0415 - each branch imports what it alone needs

from __future__ import annotations

from app.models.bundled.catalogue import bundled
from app.models.registry import BUNDLED, NONE, local_model
from app.ports.models import SparseEmbedder
from app.settings import ModelSettings


def build_sparse_embedder(settings: ModelSettings) -> SparseEmbedder | None:
    """The sparse embedder that ``settings.sparse`` names, or ``None`` for ``none``.

    With a memory on disk where ``settings.embedding_cache`` says so.

    Raises:
        ConfigurationError: the name can't be understood, or there is no such device.
        ModelMissing: the model is not on this machine and can't be fetched.
        ModelIncompatible: what is there is no sparse embedder.
    """
    if settings.sparse == NONE:
        return None
    embedder = _loaded(settings)
    if not settings.embedding_cache:
        return embedder
    from app.models.sparse.cache import CachedSparseEmbedder

    return CachedSparseEmbedder(embedder, settings.cache / "sparse_weights.db")


def _loaded(settings: ModelSettings) -> SparseEmbedder:
    folder, device = local_model(settings, "sparse")
    from app.models.sparse.token_weights import HEAD, TokenWeightsEmbedder

    if (folder.path / HEAD).exists():
        return TokenWeightsEmbedder.load(folder, device=device)
    from app.models.sparse.splade import SpladeEmbedder

    name = settings.sparse
    known = bundled(name.removeprefix(BUNDLED)).languages if name.startswith(BUNDLED) else ()
    return SpladeEmbedder.load(folder, device=device, languages=frozenset(known))
