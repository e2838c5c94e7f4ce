"""An answer cut where a client of the OpenAI shape wants it cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal


class Shortened:
    """Takes an answer piece by piece and says what of it may be said.

    A stop sequence cuts where it begins, as in OpenAI's API. A limit of tokens leaves out whole
    pieces, which are sentences: half a sentence may say the opposite of the whole.
    """

    finish_reason: Literal["stop", "length"] = "stop"

    def __init__(
        self, *, stops: Sequence[str], max_tokens: int | None, count: Callable[[str], int]
    ) -> None:
        """``count`` tells how many tokens a text has."""
        self._stops = [stop for stop in stops if stop]
        self._longest = max(map(len, self._stops), default=1)
        self._left = max_tokens
        self._count = count
        self._held = ""
        self._over = False

    def add(self, piece: str) -> str:
        """What may be said now; the end of it is held back while a stop may begin there."""
        if self._over:
            return ""
        if self._left is not None:
            self._left -= self._count(piece)
            if self._left < 0:
                self.finish_reason = "length"
                return self.end()
        self._held += piece
        found = [at for at in map(self._held.find, self._stops) if at >= 0]
        if found:
            said = self._held[: min(found)]
            self._held, self._over = "", True
            return said
        cut = max(0, len(self._held) - self._longest + 1)
        said, self._held = self._held[:cut], self._held[cut:]
        return said

    def end(self) -> str:
        """What was held back; nothing can be said after it."""
        said, self._held, self._over = self._held, "", True
        return said
