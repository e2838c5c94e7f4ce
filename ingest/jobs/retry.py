"""When what failed in passing is tried again."""

from __future__ import annotations

import time
from typing import Final

RETRY_S: Final = 1.0, 60.0
"""How long a job waits to be tried again, the first time and at most; it doubles between."""
RETRIED_FOR_S: Final = 3_600.0
"""How long after the first failure it is parked."""
PARKED_S: Final = 300.0
"""How long a parked job waits to be tried again."""


class Retry:
    """When a job is due again, by the monotonic clock."""

    def __init__(self) -> None:
        self.pause_s = 0.0
        self.due = 0.0
        self.parked = False
        self._until = time.monotonic() + RETRIED_FOR_S

    def put_off(self, *, park: bool) -> None:
        """Sets the next time; from ``park`` on, or after an hour, one that is far off."""
        first, most = RETRY_S
        self.pause_s = min(self.pause_s * 2 or first, most)
        self.parked = self.parked or park or time.monotonic() + self.pause_s >= self._until
        if self.parked:
            self.pause_s = PARKED_S
        self.due = time.monotonic() + self.pause_s
