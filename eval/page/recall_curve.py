"""Recall at every depth, which shows what a deeper list would add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final

from eval.metrics.relevance_grades import count_relevant, is_relevant
from eval.page.elements import Element
from eval.page.plots import Axis, Series, line_plot
from eval.retrieval.runs import Run

DEPTH: Final = 100
"""The deepest recall that is plotted."""
MARKS: Final = (1, 2, 3, 5, 10, 20, 50, 100)


def recall_by_depth(
    run: Run, qrels: Mapping[str, Mapping[str, int]], depth: int = DEPTH
) -> tuple[float, ...]:
    """Mean recall at 1, 2, …, ``depth``: as `eval.metrics.recall` at each, in one pass.

    Source: ``recall_k`` of trec_eval (m_recall.c).
    """
    gained = [0.0] * depth
    for query_id, judgments in qrels.items():
        relevant = count_relevant(judgments)
        for place, (document_id, _) in enumerate(run.rankings[query_id][:depth]):
            if is_relevant(document_id, judgments):
                gained[place] += 1.0 / relevant
    return tuple(total / len(qrels) for total in accumulate(gained))


def recall_plot(runs: Sequence[Run], qrels: Mapping[str, Mapping[str, int]]) -> Element:
    """A line for each stage."""
    series = [
        Series(run.stage, tuple(enumerate(recall_by_depth(run, qrels), start=1))) for run in runs
    ]
    axis = Axis("documents considered (k)", MARKS, logarithmic=True)
    return line_plot("Recall by depth", axis, "recall@k", series)
