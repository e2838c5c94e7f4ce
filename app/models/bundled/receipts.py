"""Receipts of installed models, which tell where each came from and what its files are."""

from __future__ import annotations

import importlib.metadata
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from app.durability.files import sha256, sync
from app.models.bundled.catalogue import Bundled, TrainedModel

RECEIPT: Final = "attest.json"
"""Written last, so a folder without it is not a model."""


@dataclass(frozen=True, slots=True)
class InstalledFile:
    """One file of an installed model; ``path`` is relative to its folder."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Installed:
    """A model in the cache and where it came from."""

    name: str
    kind: str
    folder: Path
    source: str
    sha256: str
    licence: str
    origin: str
    layout: int
    created_by: str
    files: tuple[InstalledFile, ...]

    @property
    def bytes(self) -> int:
        """Size on disk."""
        return sum(file.bytes for file in self.files)


def write_receipt(folder: Path, model: Bundled) -> None:
    """Writes the receipt of what ``folder`` holds, and makes all of it durable."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in paths:
        path.chmod(0o644)  # safetensors makes files that only their owner reads
        sync(path)
    receipt = {
        "name": model.name,
        "kind": model.kind,
        "source": _source(model),
        "sha256": _digest(model),
        "licence": model.licence,
        "origin": model.origin,
        "layout": model.layout,
        "created_by": f"attest-rag {_own_version()}",
        "files": [
            asdict(InstalledFile(p.relative_to(folder).as_posix(), p.stat().st_size, sha256(p)))
            for p in paths
        ],
    }
    file = folder / RECEIPT
    file.write_text(json.dumps(receipt, indent=2) + "\n", encoding="utf-8")
    sync(file)
    for directory in {folder, *(path.parent for path in paths)}:
        sync(directory)


def read_receipt(cache: Path, model: Bundled) -> Installed | None:
    """What is installed, or ``None`` where it is absent, incomplete or of another layout."""
    folder = cache / "models" / model.name
    try:
        content = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
        files = tuple(InstalledFile(**file) for file in content.pop("files"))
        receipt = Installed(folder=folder, files=files, **content)
        complete = all((folder / file.path).stat().st_size == file.bytes for file in files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    current = (receipt.sha256, receipt.layout) == (_digest(model), model.layout)
    return receipt if complete and current else None


def _source(model: Bundled) -> str:
    if isinstance(model, TrainedModel):
        return f"attest-rag over {model.base.source}"
    return model.source


def _digest(model: Bundled) -> str:
    """SHA-256 (hex) of what the model is made from."""
    return model.digest if isinstance(model, TrainedModel) else model.sha256


def _own_version() -> str:
    try:
        return importlib.metadata.version("attest-rag")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout
        return "unreleased"
