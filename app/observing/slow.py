"""The log of questions that took long, with the time of each stage."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

from app.observing.logs import event

logger = logging.getLogger(__name__)


class SlowLog:
    """Writes a line for each search and each answer that took at least ``slow_ms``; 0: none."""

    def __init__(self, *, slow_ms: float, with_questions: bool) -> None:
        """A question is written where ``with_questions`` allows it."""
        self._slow_ms = slow_ms
        self._with_questions = with_questions

    def note(
        self, what: str, *, collection: str, question: str, timings_ms: Mapping[str, float]
    ) -> None:
        """Looks at what has ended; ``timings_ms`` have their ``total``."""
        spent_ms = timings_ms.get("total", 0.0)
        if not self._slow_ms or spent_ms < self._slow_ms:
            return
        told: dict[str, object] = {"collection": collection, "timings_ms": dict(timings_ms)}
        if self._with_questions:
            told["question"] = question
        logger.warning(
            "slow %s, %.0f ms: %s",
            what,
            spent_ms,
            json.dumps(told, ensure_ascii=False),
            extra=event(f"slow {what}", told),
        )
