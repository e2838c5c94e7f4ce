"""Outcomes as tables of text, shared by all formats of a report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from eval.answers.measures.mean_score import Score
from eval.answers.outcomes.outcome import AnswerOutcome
from eval.answers.outcomes.shares import (
    OF_ANSWERABLE,
    REFUSED_UNANSWERABLE,
    SHARES,
    OutcomeGroup,
    Outcomes,
)
from eval.reports.grids import Grid
from eval.statistics.significance import LEVEL

COLUMNS: Final = (
    "answerable",
    "right",
    "partial",
    "wrong",
    "refused",
    "unanswerable",
    "rightly refused",
)
"""Columns of a table of groups, after the name of the group."""
SHORT: Final = {"answerable": "answer", "unanswerable": "none", "rightly refused": "refused"}
"""Short column names."""


def overall_grid(outcomes: Outcomes) -> Grid:
    """A row for each share of all questions, with its interval and its total."""
    shares = outcomes.overall.shares
    named = [(name, shares[name]) for name in SHARES if name in shares]
    levels = {score.interval.level for _, score in named}
    head = ("outcome", "share", f"{min(levels, default=LEVEL):.0%} interval", "n", "of")
    rows = []
    for name, score in named:
        refused = name == REFUSED_UNANSWERABLE
        shown = AnswerOutcome.RIGHTLY_REFUSED.value if refused else name
        interval = f"[{score.interval.low:.3f}, {score.interval.high:.3f}]"
        of = "unanswerable questions" if refused else "answerable questions"
        rows.append((shown, f"{score.mean:.3f}", interval, str(score.n), of))
    return Grid(head, tuple(rows))


def group_grids(outcomes: Outcomes, *, intervals: bool) -> Iterator[tuple[str, Grid]]:
    """Yields tables by half, language and kind, each with the name of the grouping.

    A grouping with only one group is skipped. Without intervals, a table fits a terminal of 80
    columns.
    """
    head = COLUMNS if intervals else tuple(SHORT.get(column, column) for column in COLUMNS)
    for by in ("half", "language", "kind"):
        groups = outcomes.groups.get(by, {})
        if len(groups) > 1:
            rows = tuple((name, *_cells(group, intervals)) for name, group in groups.items())
            yield by, Grid((by, *head), rows)


def outcome_words(outcomes: Outcomes) -> str:
    """Remarks that belong beside the tables."""
    words = ""
    if outcomes.sentences:
        words = f"Sentences an answer: {outcomes.sentences.mean:.2f} on average. "
    if outcomes.unjudged:
        words += f"Not judged, as nothing says what their answer must hold: {outcomes.unjudged}. "
    return words.strip()


def _cells(group: OutcomeGroup, intervals: bool) -> tuple[str, ...]:  # noqa: FBT001 - private
    of_answerable = [group.shares.get(outcome.value) for outcome in OF_ANSWERABLE]
    refused = group.shares.get(REFUSED_UNANSWERABLE)
    return (
        _questions(of_answerable[0]),
        *(_share(score, intervals) for score in of_answerable),
        _questions(refused),
        _share(refused, intervals),
    )


def _questions(score: Score | None) -> str:
    return str(score.n) if score else "0"


def _share(score: Score | None, interval: bool) -> str:  # noqa: FBT001 - private
    if score is None:
        return "–"
    behind = f" [{score.interval.low:.2f}, {score.interval.high:.2f}]" if interval else ""
    return f"{score.mean:.3f}{behind}"
