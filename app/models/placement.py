"""On which device each model of the settings would run, without loading it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final, Literal

from app.errors import ModelMissing
from app.models.devices import Device, device_for
from app.models.registry import NONE, OPENAI, is_gguf, local_model, model_folder
from app.models.rerankers.registry import HTTP_RERANKERS, LATE_INTERACTION
from app.settings import ModelSettings

_ELSEWHERE: Final = (OPENAI, *HTTP_RERANKERS)


def placements(settings: ModelSettings) -> Iterator[str]:
    """A line for each model that is on this machine: its kind, name and device.

    Raises:
        ConfigurationError: a name can't be understood, or there is no such device.
    """
    kinds: tuple[Literal["embedder", "sparse", "reranker", "reader"], ...] = (
        "embedder",
        "sparse",
        "reranker",
        "reader",
    )
    for kind in kinds:
        if _runs_here(name := getattr(settings, kind)):
            with suppress(ModelMissing):
                _, device = local_model(settings, kind, fetch=False)
                yield f"{kind} {name}: runs on {_said(device)}"
    if _runs_here(settings.generator):
        with suppress(ModelMissing):
            yield f"generator {settings.generator}: runs on {_of_generator(settings)}"


def _runs_here(name: str) -> bool:
    return name not in {NONE, LATE_INTERACTION} and not name.startswith(_ELSEWHERE)


def _said(device: Device) -> str:
    return f"{device.name} ({device.product})" if device.product else device.name


def _of_generator(settings: ModelSettings) -> str:
    folder = model_folder(settings.generator, settings.cache, kind="generator", fetch=False)
    if not is_gguf(folder):
        return _said(device_for(settings.device, folder.path))
    from app.models.generators.llama_cpp import (  # noqa: PLC0415 - few need it
        cards_of,
        llama_cpp,
        placement_of,
    )

    return placement_of(cards_of(llama_cpp().get_device_info(), settings.device))
