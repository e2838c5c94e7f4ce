"""Judgments of chunks by answer spans, so that `eval.metrics` can score chunk rankings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from eval.metrics.relevance_grades import RELEVANT_GRADE
from eval.spans.measures.region import Passage, Region, overlap

RELEVANT_SHARE: Final = 0.5
"""A chunk is relevant to a reference if they share this part of the shorter of the two."""


def judge_chunks(
    chunks: Mapping[str, Passage], references: Region, *, share: float = RELEVANT_SHARE
) -> dict[str, int]:
    """Finds the relevant chunks, each with grade 1: chunk id → grade.

    A chunk is relevant if it holds ``share`` of a reference, or if ``share`` of it is within one; a
    chunk with only the end of an answer is not. If no chunk of a reference reaches this share,
    those with the largest part of it are relevant, so that no reference is without.

    Args:
        chunks: All of a collection by id; only those of the references' documents matter.
        references: What answers one question.
        share: Above 0, at most 1.

    Raises:
        ValueError: ``share`` is out of its range.
    """
    if not 0.0 < share <= 1.0:
        raise ValueError(f"a share lies above 0 and at most at 1, not at {share}")
    relevant: set[str] = set()
    for document_id, spans in references.items():
        here = {id_: chunk for id_, chunk in chunks.items() if chunk.document_id == document_id}
        for span in spans:
            held = {id_: overlap(chunk.span, span) for id_, chunk in here.items()}
            enough = {
                id_
                for id_, characters in held.items()
                if characters >= share * min(here[id_].characters, span[1] - span[0])
                and characters > 0
            }
            most = max(held.values(), default=0)
            relevant |= enough or {
                id_ for id_, characters in held.items() if 0 < characters == most
            }
    return dict.fromkeys(sorted(relevant), RELEVANT_GRADE)
