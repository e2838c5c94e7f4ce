"""Runs batches on a card whose memory may be short: by halves, and at last on the CPU."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from torch import OutOfMemoryError

from app.models.devices import release

Arrays = tuple[NDArray[Any], ...]
"""Each has one row a text."""
LEAST_TOKENS: Final = 2_048
"""Tokens of a batch, padding included, that are always tried on the card first."""
_SIGNS: Final = ("out of memory", "ALLOC_FAILED")
"""What backends say that have no error of their own for it."""

logger = logging.getLogger(__name__)


class CardBatches:
    """Runs a model's batches on a card.

    A batch that its memory does not hold is run by halves, and later ones are no larger than what
    is left to try. A single row that it does not hold is computed on the CPU.
    """

    def __init__(
        self,
        card: str,
        compute: Callable[..., Arrays],
        on_cpu: Callable[[], Callable[..., Arrays]],
    ) -> None:
        """Takes ``compute``, which runs a batch on ``card``, and what loads the same on the CPU."""
        self._card = card
        self._compute = compute
        self._load_on_cpu = on_cpu
        self._on_cpu: Callable[..., Arrays] | None = None
        self._loading = threading.Lock()
        self._most: float = math.inf

    def run(self, *inputs: NDArray[Any]) -> Arrays:
        """What the model gives for ``inputs``, each ``(n, length)``."""
        rows, tokens = len(inputs[0]), inputs[0].size
        if rows == 1 or tokens <= self._most:
            found = self._tried(inputs)
            if found is not None:
                return found
            release(self._card)
            if rows == 1:
                logger.warning(
                    "%s has no memory for %d tokens; the CPU reads them", self._card, tokens
                )
                return self._cpu_copy()(*inputs)
            self._most = max(tokens // 2, LEAST_TOKENS)
            logger.warning(
                "%s has no memory for %d tokens; %d are tried", self._card, tokens, self._most
            )
        half = rows // 2
        first = self.run(*(array[:half] for array in inputs))
        second = self.run(*(array[half:] for array in inputs))
        return tuple(np.concatenate(both) for both in zip(first, second, strict=True))

    def _tried(self, inputs: Arrays) -> Arrays | None:
        # Once this returns, nothing refers to what the attempt had allocated any more.
        try:
            return self._compute(*inputs)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            return None

    def _cpu_copy(self) -> Callable[..., Arrays]:
        with self._loading:
            if self._on_cpu is None:
                self._on_cpu = self._load_on_cpu()
            return self._on_cpu


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether a card had too little memory."""
    return isinstance(error, OutOfMemoryError) or any(sign in str(error) for sign in _SIGNS)
