"""HTML page of a retrieval report: findings, tables, plots, every question, provenance."""

from __future__ import annotations

from collections.abc import Sequence

from eval.datasets.dataset import Dataset
from eval.errors import NotComparable
from eval.page.elements import Element, data_table, element
from eval.page.explorer import explorer_json
from eval.page.frame import explorer_section, page_text, section
from eval.page.recall_curve import recall_plot
from eval.page.weight_sweep import SweepPoint, sweep_plot
from eval.reports.grids import Grid, all_measures, broken_down, columns, comparisons
from eval.reports.retrieval_report import RetrievalReport
from eval.reports.wording import TITLES, about, caption
from eval.retrieval.breakdown import breakdowns
from eval.retrieval.runs import Run
from eval.retrieval.table import COLUMN_METRICS
from eval.retrieval.verdict import outcome, verdict


def to_html(
    report: RetrievalReport,
    dataset: Dataset,
    runs: Sequence[Run],
    *,
    sweep: Sequence[SweepPoint] = (),
) -> str:
    """Renders one self-contained page. It holds texts of the dataset, which reports do not.

    Args:
        report: What to show.
        dataset: What the report is about.
        runs: The stages of the report, as they were searched.
        sweep: The ensemble at other weights; fewer than two points are not plotted.

    Raises:
        NotComparable: dataset or runs are not those of the report.
    """
    if dataset.hash != report.dataset_hash:
        raise NotComparable(f"the report on {report.dataset} is about another dataset")
    if [run.stage for run in runs] != [row.stage for row in report.table.rows]:
        raise NotComparable(f"the report on {report.dataset} is about other runs")
    plots = [recall_plot(runs, dataset.qrels)]
    if len(sweep) > 1:
        plots.append(sweep_plot(sweep, report.table.routes[0]))
    return page_text(
        f"Evaluation of {report.dataset}",
        _sections(report, plots),
        data=explorer_json(report, dataset, runs),
        script="page.js",
    )


def _sections(report: RetrievalReport, plots: Sequence[Element]) -> list[Element]:
    table = report.table
    return [
        element("header", element("h1", report.dataset), *(element("p", t) for t in about(report))),
        section("In words", _verdicts(report)),
        section(
            "Hit rate and MRR",
            *(data_table(TITLES[metric], columns(table, metric)) for metric in COLUMN_METRICS),
            element("p", caption(table), class_="note"),
        ),
        section("Comparisons", data_table("Differences and p-values", comparisons(table))),
        section("Plots", *plots),
        section("All measures", data_table("Means", all_measures(table))),
        *(
            section(f"By {found.by}", data_table(f"Means by {found.by}", broken_down(found)))
            for found in breakdowns(report)
        ),
        explorer_section(),
        section(
            "Provenance", element("div", data_table("What was run", _facts(report)), class_="facts")
        ),
    ]


def _verdicts(report: RetrievalReport) -> Element:
    items = []
    for found in report.table.comparisons:
        result = outcome(found.test, found.p_corrected)
        words = f"{found.measure}: {verdict(found, report.table)}."
        items.append(
            element("li", element("b", result.value, class_=result.value), element("span", words))
        )
    return element("ul", *items, class_="verdicts")


def _facts(report: RetrievalReport) -> Grid:
    facts = {
        "dataset_hash": report.dataset_hash,
        "questions": len(report.table.queries),
        "documents": report.documents,
        "unanswerable questions, not asked": report.unanswerable,
        "seconds": round(report.seconds, 1),
        "resamples": report.table.resampling.resamples,
        "seed": report.table.resampling.seed,
        **report.provenance,
    }
    return Grid(("fact", "value"), tuple((name, str(value)) for name, value in facts.items()))
