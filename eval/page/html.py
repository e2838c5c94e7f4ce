"""The page: what was found in words, then tables, plots, every question, and the provenance."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources

from eval.breakdown import breakdowns
from eval.dataset import Dataset
from eval.errors import NotComparable
from eval.grids import Grid, all_measures, broken_down, columns, comparisons
from eval.page.elements import Element, data_table, element, to_text
from eval.page.explorer import explorer_json
from eval.page.recall_curve import recall_plot
from eval.page.sweep import SweepPoint, sweep_plot
from eval.report import Report
from eval.runs import Run
from eval.table import COLUMN_METRICS
from eval.verdict import outcome, verdict
from eval.wording import TITLES, about, caption


def to_html(
    report: Report,
    dataset: Dataset,
    runs: Sequence[Run],
    *,
    sweep: Sequence[SweepPoint] = (),
) -> str:
    """One self-contained page. It holds texts of the dataset, which reports do not.

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
    style, script = _asset("page.css"), _asset("page.js")
    plots = [recall_plot(runs, dataset.qrels)]
    if len(sweep) > 1:
        plots.append(sweep_plot(sweep, report.table.routes[0]))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"Evaluation of {report.dataset}"),
        element("style", style),
    )
    body = element(
        "body",
        element("main", *_sections(report, plots)),
        element("script", explorer_json(report, dataset, runs), type="application/json", id="data"),
        element("script", script),
    )
    return to_text(element("html", head, body, lang="en"))


def _sections(report: Report, plots: Sequence[Element]) -> list[Element]:
    table = report.table
    return [
        element("header", element("h1", report.dataset), *(element("p", t) for t in about(report))),
        _section("In words", _verdicts(report)),
        _section(
            "Hit rate and MRR",
            *(data_table(TITLES[metric], columns(table, metric)) for metric in COLUMN_METRICS),
            element("p", caption(table), class_="note"),
        ),
        _section("Comparisons", data_table("Differences and p-values", comparisons(table))),
        _section("Plots", *plots),
        _section("All measures", data_table("Means", all_measures(table))),
        *(
            _section(f"By {found.by}", data_table(f"Means by {found.by}", broken_down(found)))
            for found in breakdowns(report)
        ),
        _section(
            "Questions",
            element("noscript", element("p", "Looking at single questions needs JavaScript.")),
            element("div", id="explorer"),
        ),
        _section(
            "Provenance", element("div", data_table("What was run", _facts(report)), class_="facts")
        ),
    ]


def _section(title: str, *children: Element) -> Element:
    return element("section", element("h2", title), *children)


def _verdicts(report: Report) -> Element:
    items = []
    for found in report.table.comparisons:
        result = outcome(found.test, found.p_corrected)
        words = f"{found.measure}: {verdict(found, report.table)}."
        items.append(
            element("li", element("b", result.value, class_=result.value), element("span", words))
        )
    return element("ul", *items, class_="verdicts")


def _facts(report: Report) -> Grid:
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


def _policy(style: str, script: str) -> str:
    """Only the page's own style and script take effect, and nothing is fetched."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _asset(name: str) -> str:
    return resources.files("eval.page").joinpath(name).read_text(encoding="utf-8")
