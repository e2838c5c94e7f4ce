"""HTML page of a report on answers: tables of outcomes, then every question and answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from eval.answers.answer_report import AnswerReport
from eval.answers.outcomes.outcome import AnswerOutcome
from eval.answers.outcomes.outcome_grids import group_grids, outcome_words, overall_grid
from eval.answers.shown import ShownAnswer
from eval.page.elements import Element, data_table, element
from eval.page.frame import explorer_section, page_text, script_json, section
from eval.reports.grids import Grid

QUOTE_CHARACTERS: Final = 600
"""A longer quotation is cut on the page; the texts have it whole."""


def answers_to_html(report: AnswerReport, shown: Sequence[ShownAnswer]) -> str:
    """One self-contained page. It holds texts of questions and documents, which reports do not.

    Args:
        report: What to show.
        shown: The questions of the report with their answers, in any order.
    """
    data = {
        "outcomes": [outcome.value for outcome in AnswerOutcome],
        "questions": [_question(answer) for answer in shown],
    }
    return page_text(
        f"Answers to {report.dataset}",
        _sections(report),
        data=script_json(data),
        script="answers.js",
    )


def _question(answer: ShownAnswer) -> dict[str, object]:
    fields = asdict(answer)
    for citation in fields["citations"]:
        quote = citation["quote"]
        if len(quote) > QUOTE_CHARACTERS:
            citation["quote"] = f"{quote[: QUOTE_CHARACTERS - 1]}…"
    return fields


def _sections(report: AnswerReport) -> list[Element]:
    asked = len(report.questions)
    about = [
        f"{asked} questions over {report.documents:,} documents. Generator: {report.generator}.",
        *(
            f"Degraded on {count} of {asked} questions: {reason}."
            for reason, count in sorted(report.degraded.items())
        ),
    ]
    times = report.milliseconds
    note = (
        f"Shares with bootstrap intervals. {outcome_words(report.outcomes)} "
        f"Time to an answer: {times.p50:.0f} ms (median), {times.p95:.0f} ms (95th percentile)."
    )
    return [
        element("header", element("h1", report.dataset), *(element("p", text) for text in about)),
        section(
            "Outcomes",
            data_table("Outcomes", overall_grid(report.outcomes)),
            element("p", note, class_="note"),
        ),
        *(
            section(f"By {by}", data_table(f"Outcomes by {by}", grid))
            for by, grid in group_grids(report.outcomes, intervals=True)
        ),
        explorer_section(),
        section(
            "Provenance", element("div", data_table("What was run", _facts(report)), class_="facts")
        ),
    ]


def _facts(report: AnswerReport) -> Grid:
    facts = {
        "dataset_hash": report.dataset_hash,
        "seconds": round(report.seconds, 1),
        **report.provenance,
    }
    return Grid(("fact", "value"), tuple((name, str(value)) for name, value in facts.items()))
