"""Where a model computes: the CPU, or a card that PyTorch drives (CUDA, ROCm, Apple's Metal)."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.domain.devices import AUTO, CPU
from app.errors import ConfigurationError

RESERVE_BYTES: Final = 1 << 30
"""Memory that a card must have free beside a model, for batches and for its own libraries."""
COPIES: Final = 2
"""How often a model's weights may lie on a card at once, while its numeric forms are compared."""
BATCH_SHARE: Final = 0.5
"""Share of a card's free memory that one batch may take: several run at once, and others' work."""
BYTES_PER_TOKEN: Final = 256 << 10
"""Memory that a token of a batch takes, estimated upward: large encoders need about half of it."""
MOST_BATCH_TOKENS: Final = 32_768
"""Tokens of a batch beyond which a card gains nothing and queries wait."""
_CARD_FILES: Final = ("nvidiactl", "nvhost-gpu", "nvmap", "kfd", "dxg")
"""What drivers of cards leave in ``/dev`` on Linux: NVIDIA, Jetson, AMD, WSL."""
_WEIGHTS: Final = (".safetensors", ".bin")


@dataclass(frozen=True, slots=True)
class Device:
    """Where a model computes.

    ``name`` is as PyTorch has it (``cpu``, ``cuda:0``, ``mps``), and ``product`` is what the maker
    calls a card. ``demanded`` is whether the settings name this device and no other will do.
    """

    name: str = CPU
    product: str = ""
    demanded: bool = False


THE_CPU: Final = Device()


def pick(wanted: str, *, setting: str = "models.device", weights_bytes: int = 0) -> Device:
    """The device that ``wanted`` means here.

    ``auto`` is the first card that has memory for a model of ``weights_bytes``, or else the CPU.
    PyTorch, whose import takes seconds, is asked only where a card may be.

    Raises:
        ConfigurationError: the device that ``setting`` names is not here.
    """
    if wanted == CPU:
        return THE_CPU
    if wanted == AUTO:
        least = COPIES * weights_bytes + RESERVE_BYTES
        found = cards() if may_have_card() else iter(())
        return next((card for card in found if free_bytes(card.name) >= least), THE_CPU)
    name = "cuda:0" if wanted == "cuda" else wanted
    here = list(cards())
    for card in here:
        if card.name == name:
            return replace(card, demanded=True)
    there = ", ".join([CPU, *(f"{card.name} ({card.product})" for card in here)])
    raise ConfigurationError(
        f"{setting} is {wanted}, and PyTorch {importlib.metadata.version('torch')} has {there} "
        "here; set it to one of these or to auto"
    )


def device_for(wanted: str, folder: Path) -> Device:
    """As `pick`, for the model in ``folder``."""
    return pick(wanted, weights_bytes=weights_bytes(folder) if wanted == AUTO else 0)


def may_have_card() -> bool:
    """Whether asking PyTorch for a card is worth its import; it costs nothing once imported."""
    if "torch" in sys.modules or platform.system() not in {"Linux", "Darwin"}:
        return True
    if platform.system() == "Darwin":
        return platform.machine() == "arm64"
    return any((Path("/dev") / file).exists() for file in _CARD_FILES)


def cards() -> Iterator[Device]:
    """The cards that PyTorch can compute on, the best kind first."""
    import torch  # noqa: PLC0415 - takes seconds

    if torch.cuda.is_available():
        for number in range(torch.cuda.device_count()):
            yield Device(f"cuda:{number}", torch.cuda.get_device_name(number))
    if torch.backends.mps.is_available():
        yield Device("mps", f"Apple {platform.machine()}")


def free_bytes(card: str) -> int:
    """Memory of ``card`` that nobody has taken; 0 where the card can't be opened."""
    import torch  # noqa: PLC0415 - takes seconds

    try:
        if card == "mps":
            return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
        return int(torch.cuda.mem_get_info(card)[0])
    except RuntimeError:  # another process has it to itself, or has filled it
        return 0


def release(card: str) -> None:
    """Gives memory that PyTorch keeps on ``card`` for later back to it."""
    import torch  # noqa: PLC0415 - takes seconds

    if card == "mps":
        torch.mps.empty_cache()
    else:
        torch.cuda.empty_cache()


def batch_tokens(device: str, *, on_cpu: int) -> int:
    """Tokens of one batch, padding included, once the model is loaded."""
    if device == CPU:
        return on_cpu
    release(device)
    room = int(free_bytes(device) * BATCH_SHARE) // BYTES_PER_TOKEN
    return max(on_cpu, min(room, MOST_BATCH_TOKENS))


def weights_bytes(folder: Path) -> int:
    """How much the weights in a model's folder take."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.suffix in _WEIGHTS)
