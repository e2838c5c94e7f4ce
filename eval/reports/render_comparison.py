"""Renders a comparison of two reports as Markdown or for a terminal."""

from __future__ import annotations

from typing import Final

from rich import box
from rich.console import Group
from rich.table import Table as Grid
from rich.text import Text

from app.domain.documents import Scalar
from eval.reports.compare import Change, Move, ReportComparison
from eval.reports.markdown import plain, table
from eval.reports.wording import printable, rank_text
from eval.retrieval.verdict import Outcome, difference, outcome

SHOWN_QUESTIONS: Final = 10
"""Number of won questions that are listed of a change, and of lost ones."""
ABSENT: Final = "not given"
"""Placeholder for a fact that a report does not state."""

HEADER: Final = ("Stage", "measure", "before", "after", "difference", "p corrected", "won / lost")
"""Columns of the table of changes."""


def comparison_to_markdown(found: ReportComparison) -> str:
    """Renders what changed, the figures, the questions, and other differences."""
    blocks = [
        [plain(line) for line in _about(found)],
        [f"- {_sentence(change, found)}" for change in found.changes],
        table(HEADER, ([*_numbers(change), _tally(change)] for change in found.changes)),
        [_caption(found)],
        *(lines for change in found.changes for lines in _questions(change)),
        _differences(found),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def comparison_to_terminal(found: ReportComparison) -> Group:
    """Renders the comparison for a rich console."""
    grid = Grid(box=box.SIMPLE_HEAD)
    for number, column in enumerate(HEADER):
        grid.add_column(column, justify="right" if number > 1 else "left")
    for change in found.changes:
        grid.add_row(*_numbers(change), _tally(change))
    parts: list[Grid | Text] = [
        *(Text(printable(line)) for line in _about(found)),
        grid,
        Text(_caption(found), style="dim"),
        *(Text(_sentence(change, found)) for change in found.changes),
    ]
    for change in found.changes:
        for result, moves in (("won", change.won), ("lost", change.lost)):
            if moves:
                listed = printable(_list(moves))
                parts.append(Text(f"{change.stage}, {change.measure}, {result}: {listed}"))
    parts += [
        Text(printable(f"differs: {name}: {_fact(before)} → {_fact(after)}"))
        for name, (before, after) in found.differences.items()
    ]
    return Group(*parts)


def _about(found: ReportComparison) -> list[str]:
    lines = [f"{found.dataset}: {found.questions} questions, asked twice."]
    if found.left_out:
        lines.append(f"Left out, as only one report has them: {found.left_out} questions.")
    if found.missing:
        lines.append(f"Stages that are gone: {', '.join(found.missing)}.")
    if found.added:
        lines.append(f"Stages that are new: {', '.join(found.added)}.")
    return lines


def _sentence(change: Change, found: ReportComparison) -> str:
    subject = f"{change.measure}: {change.stage}"
    evidence = f"({difference(change.test)}, p = {change.p_corrected:.2g}, {_tally(change)})"
    if not change.won and not change.lost:
        return f"{subject} scores alike on each of {found.questions} questions."
    match outcome(change.test, change.p_corrected):
        case Outcome.BETTER:
            return f"{subject} is better than before {evidence}."
        case Outcome.WORSE:
            return f"{subject} is worse than before {evidence}."
        case Outcome.UNDECIDED:
            return (
                f"{subject}: no difference can be seen with {found.questions} questions {evidence}."
            )


def _numbers(change: Change) -> list[str]:
    return [
        change.stage,
        change.measure,
        f"{change.before:.3f}",
        f"{change.after:.3f}",
        difference(change.test),
        f"{change.p_corrected:.4f}",
    ]


def _tally(change: Change) -> str:
    return f"{len(change.won)} / {len(change.lost)}"


def _caption(found: ReportComparison) -> str:
    return (
        f"Differences are after less before, with {found.resampling.level:.0%} bootstrap "
        "intervals; p-values are of a two-sided randomisation test, corrected for "
        f"{len(found.changes)} comparisons (Holm)."
    )


def _questions(change: Change) -> list[list[str]]:
    """The largest gains and losses, with the rank of the first relevant document."""
    rows = [
        [result, move.id, rank_text(move.before), rank_text(move.after)]
        for result, moves in (("won", change.won), ("lost", change.lost))
        for move in moves[:SHOWN_QUESTIONS]
    ]
    if not rows:
        return []
    return [
        [f"{change.stage} on {change.measure}; rank of the first relevant document:"],
        table(["", "question", "before", "after"], rows),
    ]


def _list(moves: tuple[Move, ...]) -> str:
    shown = [
        f"{move.id} ({rank_text(move.before)} → {rank_text(move.after)})"
        for move in moves[:SHOWN_QUESTIONS]
    ]
    more = len(moves) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _differences(found: ReportComparison) -> list[str]:
    if not found.differences:
        return []
    return table(
        ["What else differs", "before", "after"],
        (
            [name, _fact(before), _fact(after)]
            for name, (before, after) in found.differences.items()
        ),
    )


def _fact(value: Scalar | None) -> str:
    return ABSENT if value is None else str(value)
