"""Sentences and numbers of a report, shared by all formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from eval.reports.retrieval_report import RetrievalReport
from eval.retrieval.table import Table
from eval.retrieval.verdict import verdict

TITLES: Final[Mapping[str, str]] = {
    "hit": "Hit rate",
    "mrr": "MRR",
    "ndcg": "nDCG",
    "recall": "Recall",
    "precision": "Precision",
    "map": "MAP",
}
"""Titles of metrics above their columns."""


def about(report: RetrievalReport) -> list[str]:
    """The dataset and remarks that belong before the numbers."""
    questions = len(report.table.queries)
    lines = [f"{report.dataset}: {questions} questions over {report.documents:,} documents."]
    if report.unjudged:
        lines.append(f"Left out, as they have no relevant document: {len(report.unjudged)}.")
    if report.synthetic:
        lines.append(
            f"Synthetic: {len(report.synthetic)} of {questions} questions were written by a "
            "program; nobody asked them."
        )
    lines += [
        f"Degraded on {count} of {questions} questions: {reason}."
        for reason, count in sorted(report.degraded.items())
    ]
    return lines


def verdicts(table: Table) -> list[str]:
    """A sentence for each comparison, beginning with its measure."""
    return [f"{found.measure}: {verdict(found, table)}." for found in table.comparisons]


def caption(table: Table) -> str:
    """Explains the numbers and the correction of p-values."""
    text = (
        f"Means over {len(table.queries)} questions with {table.resampling.level:.0%} "
        "bootstrap intervals"
    )
    if not table.comparisons:
        return f"{text}."
    return (
        f"{text}; p-values are of a two-sided randomisation test, corrected for "
        f"{len(table.comparisons)} comparisons (Holm)."
    )


def printable(text: str) -> str:
    """Untrusted text on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def rank_text(rank: int | None) -> str:
    """A rank, or a dash if nothing was found."""
    return "–" if rank is None else str(rank)
