"""Hard negatives by embedding similarity, from other families of written documents.

At serving time a reader scores what recall returns: statements of many documents, all similar to
the question. Negatives from sister documents alone do not cover that case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.ports.models import Embedder
from train.bundled.written_documents import Family, WrittenStatement, statements_of

NEGATIVES: Final = 24
"""Number of negatives kept for each question."""
_BLOCK: Final = 512
_OWN: Final = -2.0
"""A score below every cosine; it masks statements of the question's own family."""


def embedding_negatives(
    families: Sequence[Family], embedder: Embedder
) -> list[list[list[WrittenStatement]]]:
    """Finds the `NEGATIVES` most similar statements of other families, by family and question.

    English texts are compared; the Chinese ones have the same content.
    """
    lines = [(number, line) for number, f in enumerate(families) for line in statements_of(f)]
    owners = np.array([number for number, _ in lines])
    vectors = embedder.embed_passages([f"{line.settings[0]}\n{line.texts[0]}" for _, line in lines])
    asked = [(number, a.wordings[0][0]) for number, f in enumerate(families) for a in f.questions]
    questions = embedder.embed_queries([text for _, text in asked])
    found: list[list[list[WrittenStatement]]] = [[] for _ in families]
    for at in range(0, len(asked), _BLOCK):
        own = np.array([number for number, _ in asked[at : at + _BLOCK]])
        cosines = questions[at : at + _BLOCK] @ vectors.T
        cosines[own[:, None] == owners[None, :]] = _OWN
        for number, nearest in zip(own, _highest(cosines), strict=True):
            found[number].append([lines[place][1] for place in nearest])
    return found


def _highest(cosines: NDArray[np.float32]) -> Iterator[list[int]]:
    """Yields the indexes of the `NEGATIVES` highest values of each row, in descending order."""
    some = np.argpartition(-cosines, min(NEGATIVES, cosines.shape[1]) - 1, axis=1)[:, :NEGATIVES]
    for row, places in zip(cosines, some, strict=True):
        yield [at for at in sorted(places.tolist(), key=lambda at: -row[at]) if row[at] > _OWN]
