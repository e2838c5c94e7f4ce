"""Recall of characters."""

from __future__ import annotations

from collections.abc import Sequence

from eval.spans.measures.region import Passage, Region, covered_by, shared, size


def span_recall(retrieved: Sequence[Passage], references: Region) -> float:
    """Share of the references' characters that the passages contain; 0 to 1.

    Source: B. Smith and A. Troynikov, "Evaluating Chunking Strategies for Retrieval", Chroma
    technical report, 2024 (there over tokens; over characters in its published code).

    Raises:
        ValueError: there is nothing to find.
    """
    wanted = size(references)
    if not wanted:
        raise ValueError("a question without references has no span recall")
    return shared(covered_by(retrieved), references) / wanted
