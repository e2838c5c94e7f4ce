"""A generator that fails in one way alone, whatever its adapter raises."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from app.domain.questions import Turn
from app.errors import AttestError, TransientError
from app.panics import panics_raised
from app.ports.models import Generator

logger = logging.getLogger(__name__)


class GeneratorFailed(TransientError):
    """The generator raised what no adapter should; answers are quoted without it."""

    code = "generator_failed"
    public_message = "The generator failed; its operator can see why."


class GuardedGenerator:
    """Implements `app.ports.models.Generator` by another one.

    What an adapter or a library below it raises becomes `GeneratorFailed`, which an answer goes on
    without, as it does where a remote model is away.
    """

    def __init__(self, generator: Generator) -> None:
        self._generator = generator

    @property
    def id(self) -> str:
        """See `Generator.id`."""
        return self._generator.id

    @property
    def context_tokens(self) -> int:
        """See `Generator.context_tokens`."""
        with _as_ours():
            return self._generator.context_tokens

    def supports(self, language: str) -> bool:
        """See `Generator.supports`; where that can't be told, asking it will show."""
        try:
            with _as_ours():
                return self._generator.supports(language)
        except GeneratorFailed:
            return True

    def count_tokens(self, text: str) -> int:
        """See `Generator.count_tokens`."""
        with _as_ours():
            return self._generator.count_tokens(text)

    def stream(
        self, turns: Sequence[Turn], *, max_tokens: int, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        """See `Generator.stream`."""
        with _as_ours():
            pieces = iter(self._generator.stream(turns, max_tokens=max_tokens, stop=stop))
        while True:
            with _as_ours():
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece


@contextmanager
def _as_ours() -> Iterator[None]:
    try:
        with panics_raised():
            yield
    except AttestError:
        raise
    except Exception as error:
        logger.exception("the generator failed")
        raise GeneratorFailed("the generator failed") from error
