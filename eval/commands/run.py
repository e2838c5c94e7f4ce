"""``rag eval run``: evaluates retrieval, prints the table, writes reports, checks gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from app.durability.files import write_text
from app.retrieval.pipeline import SearchPipeline
from app.settings import Settings
from eval.commands.provenance import provenance
from eval.commands.target import Questions, Target, application, prepare, progress_bar
from eval.page.retrieval_page import to_html
from eval.page.weight_sweep import SweepPoint
from eval.reports.gates import check_regression, check_thresholds, parse_threshold
from eval.reports.render_retrieval import diff_to_terminal, to_markdown, to_terminal
from eval.reports.retrieval_report import RetrievalReport
from eval.retrieval.baselines import WithBaselines
from eval.retrieval.evaluate import Searcher, make_report, search_all
from eval.retrieval.pipeline_searcher import PipelineSearcher
from eval.retrieval.traces import diff
from eval.tuning.candidate_recall import recall_candidates
from eval.tuning.tune import weight_sweep


@dataclass(frozen=True, slots=True)
class Outputs:
    """Output files by format; ``None`` writes nothing."""

    json: Path | None = None
    markdown: Path | None = None
    html: Path | None = None


@dataclass(frozen=True, slots=True)
class Gates:
    """Gates of an evaluation, see `eval.reports.gates`."""

    thresholds: Sequence[str] = ()
    base: Path | None = None


def run(
    questions: Questions,
    *,
    settings: Settings,
    outputs: Outputs,
    gates: Gates,
    show_diff: bool,
    console: Console,
    baselines: Sequence[str] = (),
) -> list[str]:
    """Evaluates the settings, including tuned ones of the collection, and prints the result.

    Returns:
        Messages of the gates that failed.

    Raises:
        EvaluationError: the dataset, a threshold or the base can't be read, or don't fit, or there
            is no such baseline.
    """
    for threshold in gates.thresholds:
        parse_threshold(threshold)  # a misspelt one fails before the questions are asked, not after
    base = RetrievalReport.read(gates.base) if gates.base else None
    with application(settings, questions) as app:
        target = prepare(app, questions, console)
        pipeline = app.pipeline(target.collection)
        retrieval = pipeline.in_force.settings
        searcher: Searcher = PipelineSearcher(pipeline, routes=retrieval.routes)
        if baselines:
            searcher = WithBaselines(searcher, baselines, target.collection, app.analyzer)
        with progress_bar(console, "asking") as advance:
            searched = search_all(target.dataset, searcher, progress=advance)
        report = make_report(
            target.dataset,
            searched,
            routes=searcher.routes(),
            provenance=provenance(app, target.collection.fingerprint, retrieval),
        )
        console.print(to_terminal(report))
        if show_diff:
            for stage, baseline in dict.fromkeys(
                (c.stage, c.baseline) for c in report.table.comparisons
            ):
                changes = diff(report, stage, baseline)
                console.print(diff_to_terminal(changes, target.dataset))
        if outputs.html is not None:
            sweep = _sweep(target, pipeline)
            write_text(outputs.html, to_html(report, target.dataset, searched.runs, sweep=sweep))
    _write(report, outputs, console)
    failures = check_thresholds(report, gates.thresholds)
    return failures + (check_regression(report, base) if base else [])


def _sweep(target: Target, pipeline: SearchPipeline) -> tuple[SweepPoint, ...]:
    """Scores of the ensemble at other weights, if there are two routes."""
    retrieval = pipeline.in_force.settings
    if len(retrieval.routes) != 2:  # noqa: PLR2004 - a curve has one weight to vary
        return ()
    recalled = recall_candidates(
        pipeline,
        target.collection,
        target.dataset,
        routes=retrieval.routes,
    )
    return weight_sweep(recalled, retrieval)


def _write(report: RetrievalReport, outputs: Outputs, console: Console) -> None:
    if outputs.json is not None:
        report.save(outputs.json)
    if outputs.markdown is not None:
        write_text(outputs.markdown, to_markdown(report))
    for path in (outputs.json, outputs.markdown, outputs.html):
        if path is not None:
            console.print(f"written: {path}")
