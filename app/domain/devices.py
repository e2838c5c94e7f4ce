"""Names of the devices that a model may compute on."""

from __future__ import annotations

from typing import Final

AUTO: Final = "auto"
"""A card that has memory for the model, or the CPU."""
CPU: Final = "cpu"
DEVICE_NAME: Final = r"^(auto|cpu|mps|cuda(:\d{1,2})?)$"
"""As PyTorch has them: ``cuda`` is the first card, ``cuda:1`` the second, ``mps`` is Apple's."""
