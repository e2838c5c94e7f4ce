"""The numeric forms that a model can run in on a device, and how each is loaded.

On the CPU they are PyTorch in float32 and bfloat16 and, where it is installed, OpenVINO; on a card
PyTorch's alone, and on Apple's float32 alone, since not every release has bfloat16 there.
"""

# ruff: noqa: PLC0415 - engines are imported by the loader that needs them: PyTorch takes seconds

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from app.domain.devices import CPU
from app.models.devices import Device
from app.models.folder import ModelFolder
from app.models.runtimes.encoder import Precision

T = TypeVar("T")
"""A model that runs in one of the forms."""


def loaders_of_forms(
    model: ModelFolder,
    *,
    cache: Path,
    device: Device,
    threads: int,
    in_torch: Callable[[Path, Literal["float32", "bfloat16"], str], T],
    in_openvino: Callable[[Path, int], T],
    inputs: Callable[[T], Sequence[str]],
) -> dict[Precision, Callable[[], T]]:
    """How each form that ``device`` can run is loaded.

    Args:
        model: The files.
        cache: Where an export for OpenVINO is kept, made when it is first loaded.
        device: Where the model computes.
        threads: See `app.settings.ModelSettings.threads`.
        in_torch: Loads the model's folder onto a device; the result has what `export` needs.
        in_openvino: Loads the folder of an export.
        inputs: Names of the inputs that a model, loaded by ``in_torch``, takes.
    """

    def torch_form(precision: Literal["float32", "bfloat16"]) -> T:
        from app.models.runtimes.torch_runtime import use_threads

        use_threads(threads)
        return in_torch(model.path, precision, device.name)

    def openvino_form() -> T:
        from app.models.runtimes.openvino_runtime import is_exported

        folder = export_folder(model, cache)
        if not is_exported(folder):
            from app.models.runtimes.openvino_export import export

            loaded = in_torch(model.path, "float32", CPU)
            source: Any = loaded
            export(
                source.model,
                source.forward,
                inputs(loaded),
                folder,
                tokenizer=source.tokenizer,
                facts=source.facts.as_json(),
                pad_id=source.facts.pad_id,
            )
        return in_openvino(folder, threads)

    loaders: dict[Precision, Callable[[], T]] = {"float32": partial(torch_form, "float32")}
    if device.name != "mps":
        loaders["bfloat16"] = partial(torch_form, "bfloat16")
    if device.name == CPU and importlib.util.find_spec("openvino"):
        loaders["openvino"] = openvino_form
    return loaders


def export_folder(model: ModelFolder, cache: Path) -> Path:
    """Where ``model`` lies as these libraries export it."""
    from app.models.runtimes.openvino_runtime import LAYOUT

    version = importlib.metadata.version("openvino")
    name = "".join(c if c.isalnum() or c in "-.@" else "-" for c in model.id)
    return cache / "openvino" / f"{name}-openvino{version}-v{LAYOUT}"
