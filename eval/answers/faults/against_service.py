"""The one place where the cases meet the service's verifier.

To measure a verifier, return it from `service_verifier`; nothing else here or elsewhere changes::

    def service_verifier() -> Verifier:
        return TheVerifier(...)   # an object with `verify(draft, passage) -> str | None`
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from eval.answers.faults.cases import Case, Passage
from eval.errors import EvaluationError


class Verifier(Protocol):
    """Judges one drafted sentence by one passage, which is all that the documents say."""

    def verify(self, draft: str, passage: Passage) -> str | None:
        """Why the draft is refused; None where the passage bears it.

        Args:
            draft: The sentence that would be shown.
            passage: Its ``markdown`` is the document as it would be ingested: title, heading, text;
                ``title``, ``heading``, ``text``, ``layout`` and ``lang`` are its parts.
        """
        ...


def judge_with(verifier: Verifier) -> Callable[[Case], str | None]:
    """What `score` asks of a case, answered by a verifier that is told its texts alone."""
    return lambda case: verifier.verify(case.draft, case.passage)


def service_verifier() -> Verifier:
    """The verifier that the service runs.

    Raises:
        EvaluationError: none is connected.
    """
    raise EvaluationError(
        "no verifier is connected: return the service's from "
        "eval.answers.faults.against_service.service_verifier"
    )
