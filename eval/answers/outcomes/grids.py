"""Outcomes as tables of text, for every form that shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from eval.answers.mean_score import Score
from eval.answers.outcomes.shares import OF_ANSWERABLE, REFUSED_UNANSWERABLE, OutcomeGroup, Outcomes
from eval.grids import Grid

COLUMNS: Final = (
    "answerable",
    "right",
    "partial",
    "wrong",
    "refused",
    "unanswerable",
    "rightly refused",
)
"""The head of every table of outcomes, behind the name of the group."""


def outcome_grids(outcomes: Outcomes) -> Iterator[tuple[str, Grid]]:
    """What it is by, and its table: of all questions, then by half, language and kind.

    A way of grouping in which all questions are in one group is left out.
    """
    yield "outcome", Grid(("", *COLUMNS), (("all", *_cells(outcomes.overall)),))
    for by in ("half", "language", "kind"):
        groups = outcomes.groups.get(by, {})
        if len(groups) > 1:
            rows = tuple((name, *_cells(group)) for name, group in groups.items())
            yield by, Grid((by, *COLUMNS), rows)


def outcome_words(outcomes: Outcomes) -> str:
    """What a reader must know beside the tables."""
    words = ""
    if outcomes.sentences:
        words = f"Sentences an answer: {outcomes.sentences.mean:.2f} on average. "
    if outcomes.unjudged:
        words += f"Not judged, as nothing says what their answer must hold: {outcomes.unjudged}. "
    return words.strip()


def _cells(group: OutcomeGroup) -> tuple[str, ...]:
    of_answerable = [group.shares.get(outcome.value) for outcome in OF_ANSWERABLE]
    refused = group.shares.get(REFUSED_UNANSWERABLE)
    return (
        _questions(of_answerable[0]),
        *map(_share, of_answerable),
        _questions(refused),
        _share(refused),
    )


def _questions(score: Score | None) -> str:
    return str(score.n) if score else "0"


def _share(score: Score | None) -> str:
    if score is None:
        return "–"
    return f"{score.mean:.3f} [{score.interval.low:.2f}, {score.interval.high:.2f}]"
