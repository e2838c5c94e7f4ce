"""Intersection over union of characters, also called the Jaccard index."""

from __future__ import annotations

from collections.abc import Sequence

from eval.spans.measures.region import Passage, Region, covered_by, shared, size


def span_iou(retrieved: Sequence[Passage], references: Region) -> float:
    """Found characters over those retrieved or wanted; 0 to 1, and 0 if there is neither.

    As in `span_precision`, text that overlapping passages repeat counts as often as it
    is retrieved, so the denominator is the size of a union only where passages are disjoint.

    Source: B. Smith and A. Troynikov, "Evaluating Chunking Strategies for Retrieval", Chroma
    technical report, 2024.
    """
    found = shared(covered_by(retrieved), references)
    read = sum(passage.characters for passage in retrieved)
    either = read + size(references) - found
    return found / either if either else 0.0
