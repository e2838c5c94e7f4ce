"""Renders a sweep as Markdown or for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group
from rich.table import Table as Columns
from rich.text import Text

from eval.reports.grids import Grid
from eval.reports.markdown import table
from eval.retrieval.verdict import difference
from eval.spans.scoring import CHUNK_MEASURES, SPAN_METRICS, at_budget
from eval.spans.sweep_report import SweepReport
from eval.spans.verdict import verdicts


def to_markdown(report: SweepReport) -> str:
    """Renders the dataset, the findings of each stage, and the verdicts."""
    lines = [*_about(report), ""]
    for sheet in _sheets(report):
        lines += [*table(sheet.header, sheet.rows), ""]
    lines += [f"- {sentence}." for sentence in verdicts(report)]
    return "\n".join(lines) + "\n"


def to_terminal(report: SweepReport) -> Group:
    """Renders the sweep for a rich console."""
    parts: list[Columns | Text] = [Text(line) for line in _about(report)]
    for sheet in _sheets(report):
        grid = Columns(box=box.SIMPLE_HEAD)
        for column, header in enumerate(sheet.header):
            grid.add_column(header, justify="right" if column else "left")
        for row in sheet.rows:
            grid.add_row(*row)
        parts.append(grid)
    parts += [Text(sentence) for sentence in verdicts(report)]
    return Group(*parts)


def _about(report: SweepReport) -> list[str]:
    budget = report.budgets_tokens[0]
    left_out = f", {report.left_out} left out" if report.left_out else ""
    asked = (
        f"{report.dataset}: {report.questions} questions{left_out} "
        f"over {report.documents:,} documents."
    )
    method = (
        f"Chunks are taken whole, by rank, until the next would exceed {budget:,} tokens; span "
        "recall is the part of the references' characters that they hold, with its "
        f"{report.resampling.level:.0%} bootstrap interval. P-values are of a randomisation test "
        "against the first row, corrected by Holm's method for all comparisons of a stage."
    )
    alike = [f"{name} cuts exactly as {other}." for name, other in sorted(report.alike.items())]
    return [asked, method, *alike]


def _sheets(report: SweepReport) -> Iterator[Grid]:
    stages = [stage.stage for stage in report.results[0].stages]
    yield Grid(
        header=(
            f"Span recall within {report.budgets_tokens[0]:,} tokens",
            "chunks",
            "mean tokens",
            "precision Ω",
            *stages,
        ),
        rows=tuple(
            (
                report.name(result.configuration),
                f"{result.chunks:,}",
                f"{result.mean_tokens:.0f}",
                f"{result.precision_omega:.3f}",
                *(
                    f"{stage.means[report.decided_on]:.3f} "
                    f"[{stage.interval.low:.3f}, {stage.interval.high:.3f}]"
                    for stage in result.stages
                ),
            )
            for result in report.results
        ),
    )
    budget, *others = report.budgets_tokens
    measures = [at_budget(metric, budget) for metric in SPAN_METRICS if metric != "span_recall"]
    measures += [at_budget("span_recall", tokens) for tokens in sorted(others)]
    measures += [measure.label for measure in CHUNK_MEASURES]
    for at, stage in enumerate(stages):
        yield Grid(
            header=(f"More of {stage}", *measures),
            rows=tuple(
                (
                    report.name(result.configuration),
                    *(f"{result.stages[at].means[label]:.3f}" for label in measures),
                )
                for result in report.results
            ),
        )
        yield _differences(report, stage)


def _differences(report: SweepReport, stage: str) -> Grid:
    """A table of the differences between each configuration and the baseline, by budget."""
    budgets = sorted(report.budgets_tokens)
    found = {
        (each.configuration, each.measure): f"{difference(each.test)}, p = {each.p_corrected:.2g}"
        for each in report.comparisons
        if each.stage == stage
    }
    return Grid(
        header=(
            f"Span recall of {stage} over that of {report.baseline.label}",
            *(f"within {tokens:,} tokens" for tokens in budgets),
        ),
        rows=tuple(
            (
                report.name(result.configuration),
                *(
                    found[result.configuration, at_budget("span_recall", tokens)]
                    for tokens in budgets
                ),
            )
            for result in report.results[1:]
        ),
    )
