"""Precision at full recall, an upper bound that chunking sets."""

from __future__ import annotations

from collections.abc import Iterable

from eval.spans.measures.region import Passage, Region, covered_by, overlap, shared, size


def precision_omega(chunks: Iterable[Passage], references: Region) -> float:
    """Precision of a search that returns exactly the chunks with some of the references.

    It is independent of ranking and says how closely chunks fit the references. ``chunks`` are all
    of a collection. Characters of references that no chunk holds are in the denominator too.

    Source: B. Smith and A. Troynikov, "Evaluating Chunking Strategies for Retrieval", Chroma
    technical report, 2024 (precision Ω). Unlike in its published code, a chunk that only touches a
    reference and holds none of its characters is left out.
    """
    holding = covered_by(
        chunk
        for chunk in chunks
        if any(overlap(chunk.span, span) for span in references.get(chunk.document_id, ()))
    )
    found = shared(holding, references)
    either = size(holding) + size(references) - found
    return found / either if either else 0.0
