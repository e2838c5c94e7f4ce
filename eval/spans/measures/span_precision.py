"""Precision of characters."""

from __future__ import annotations

from collections.abc import Sequence

from eval.spans.measures.region import Passage, Region, covered_by, shared


def span_precision(retrieved: Sequence[Passage], references: Region) -> float:
    """Share of the retrieved characters that belong to the references.

    A character counts once as found, but as often as it was retrieved, so overlapping passages are
    penalised. 0 if nothing was retrieved.

    Source: B. Smith and A. Troynikov, "Evaluating Chunking Strategies for Retrieval", Chroma
    technical report, 2024.
    """
    read = sum(passage.characters for passage in retrieved)
    return shared(covered_by(retrieved), references) / read if read else 0.0
