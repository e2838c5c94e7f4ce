"""All measures of one question's ranking of chunks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from eval.metrics.measure import Measure
from eval.spans.measures.budget import within_budget
from eval.spans.measures.region import Passage, Region
from eval.spans.measures.span_iou import span_iou
from eval.spans.measures.span_precision import span_precision
from eval.spans.measures.span_recall import span_recall

SpanMetric: TypeAlias = Callable[[Sequence[Passage], Region], float]
"""``f(retrieved, references)``, 0 to 1."""

SPAN_METRICS: Final[Mapping[str, SpanMetric]] = {
    "span_recall": span_recall,
    "span_precision": span_precision,
    "span_iou": span_iou,
}
"""Span metrics of a ranking, by the name of their mean in reports."""

CHUNK_MEASURES: Final = (Measure("hit", 1), Measure("mrr", 10), Measure("recall", 10))
"""Measures of judged chunks. Smaller chunks are more numerous and harder to rank first, so these
compare the stages of one configuration, and different configurations only with care."""


def at_budget(metric: str, tokens: int) -> str:
    """Label of a span metric within a context of so many tokens: ``span_recall@1000tok``."""
    return f"{metric}@{tokens}tok"


def score_ranking(
    ranking: Sequence[str],
    chunks: Mapping[str, Passage],
    references: Region,
    judgments: Mapping[str, int],
    *,
    budgets_tokens: Sequence[int],
    ks: Sequence[int],
) -> dict[str, float]:
    """Scores one question: measure label → score.

    Args:
        ranking: Chunk ids, best first, each in ``chunks``.
        chunks: Span of each chunk.
        references: Spans that answer the question.
        judgments: Its relevant chunks, as `judge_chunks` finds them.
        budgets_tokens: Context sizes for span metrics.
        ks: Numbers of chunks for span metrics.
    """
    passages = [chunks[chunk_id] for chunk_id in ranking]
    cuts: dict[str, Sequence[Passage]] = {
        at_budget("", tokens): within_budget(passages, tokens=tokens) for tokens in budgets_tokens
    } | {f"@{k}": passages[:k] for k in ks}
    spans = {
        f"{name}{depth}": metric(retrieved, references)
        for name, metric in SPAN_METRICS.items()
        for depth, retrieved in cuts.items()
    }
    return spans | {measure.label: measure.score(ranking, judgments) for measure in CHUNK_MEASURES}
