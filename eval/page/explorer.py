"""Data for the script of the page's question explorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from eval.datasets.dataset import Dataset, EvalDocument
from eval.metrics.relevance_grades import RELEVANT_GRADE
from eval.page.frame import script_json
from eval.reports.retrieval_report import RetrievalReport
from eval.retrieval.runs import Run

TOP: Final = 5
"""Number of documents shown of each stage."""
MOST_RELEVANT: Final = 20
"""Number of relevant documents shown of a question; the rest are counted."""
QUESTION_CHARACTERS: Final = 600
TITLE_CHARACTERS: Final = 80
"""Longer texts are cut. A document without a title shows how its text begins."""


def explorer_json(report: RetrievalReport, dataset: Dataset, runs: Sequence[Run]) -> str:
    """The data for the script ``page.js``."""
    return script_json(_explorer(report, dataset, runs))


def _explorer(
    report: RetrievalReport, dataset: Dataset, runs: Sequence[Run]
) -> Mapping[str, object]:
    numbers: dict[str, int] = {}  # of the documents that are shown, in order of appearance

    def number(document_id: str) -> int:
        return numbers.setdefault(document_id, len(numbers))

    questions = []
    for n, query_id in enumerate(report.table.queries):
        places = [
            {id_: rank for rank, (id_, _) in enumerate(run.rankings[query_id], 1)} for run in runs
        ]
        grades = dataset.qrels[query_id]
        relevant = sorted(
            (id_ for id_, grade in grades.items() if grade >= RELEVANT_GRADE),
            key=lambda id_: -grades[id_],
        )
        questions.append(
            {
                "id": query_id,
                "text": _cut(dataset.queries[query_id].text, QUESTION_CHARACTERS),
                "lang": report.languages[n],
                "kind": report.kinds[n],
                "ranks": [report.table.row(run.stage).ranks[n] for run in runs],
                "relevant": [
                    [number(id_), grades[id_], [place.get(id_) for place in places]]
                    for id_ in relevant[:MOST_RELEVANT]
                ],
                "more": max(0, len(relevant) - MOST_RELEVANT),
                "top": [[number(id_) for id_ in list(place)[:TOP]] for place in places],
            }
        )
    return {
        "stages": [run.stage for run in runs],
        "pair": _pair(report),
        "measures": [
            {"label": measure.label, "metric": measure.metric, "k": measure.k}
            for measure in report.table.headline()
        ],
        "documents": [[id_, _title(dataset.documents[id_])] for id_ in numbers],
        "questions": questions,
    }


def _pair(report: RetrievalReport) -> tuple[str, str]:
    """The stages that the explorer compares first: the final one, with the best route."""
    final = report.table.final
    _, mrr = report.table.headline()
    for found in report.table.comparisons:
        if (found.stage, found.measure) == (final, mrr.label):
            return final, found.baseline
    return final, report.table.routes[0]


def _title(document: EvalDocument) -> str:
    return _cut(document.title.strip() or " ".join(document.text.split()), TITLE_CHARACTERS)


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1]}…"
