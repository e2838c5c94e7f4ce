"""What became of each statement that was judged, for those who ask for an explanation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from app.answering.examining import Examined
from app.answering.quoting.chosen import Chosen
from app.domain.answers import StatementTrace

TRACED: Final = 40
"""Statements of each part that an explanation shows."""


def traces_of(found: Examined, chosen: Sequence[Chosen]) -> Iterator[StatementTrace]:
    """The first `TRACED` statements of each part, with what was measured of them."""
    for choice, judged in zip(chosen, found.parts, strict=True):
        taken = set(choice.statements)
        for j in judged.ranked[:TRACED]:
            missing = tuple(named.text for named in j.missing)
            verdict = "chosen" if j.statement in taken else "not needed"
            if missing and j.probability == 0.0:
                verdict = "about something else than the question names"
            elif not choice.statements:
                verdict = "too improbable"
            yield StatementTrace(
                part=judged.part.shown,
                document_id=j.statement.document_id,
                span=j.statement.span,
                text=j.statement.text,
                setting=j.statement.setting.text,
                probability=round(j.probability, 4),
                features={n: round(v, 4) for n, v in j.features.values().items()},
                missing=missing,
                verdict=verdict,
            )
