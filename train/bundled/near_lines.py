"""The statements of other families that an embedder takes for an answer.

A reader is asked about what recall brings together: statements of many documents that all resemble
the question. Beside the sisters of a document, it has to be shown some of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.ports.models import Embedder
from train.bundled.written import Family, Line, lines_of

NEAR: Final = 24
"""Statements of other families that are kept of each question."""
_BLOCK: Final = 512
_OWN: Final = -2.0
"""Below any cosine."""


def near_lines(families: Sequence[Family], embedder: Embedder) -> list[list[list[Line]]]:
    """Of each question of each family, the `NEAR` nearest statements of other families.

    Texts are compared in English; the Chinese ones say the same.
    """
    lines = [(number, line) for number, f in enumerate(families) for line in lines_of(f)]
    owners = np.array([number for number, _ in lines])
    vectors = embedder.embed_passages([f"{line.settings[0]}\n{line.texts[0]}" for _, line in lines])
    asked = [(number, a.q[0][0]) for number, f in enumerate(families) for a in f.asked]
    questions = embedder.embed_queries([text for _, text in asked])
    found: list[list[list[Line]]] = [[] for _ in families]
    for at in range(0, len(asked), _BLOCK):
        own = np.array([number for number, _ in asked[at : at + _BLOCK]])
        cosines = questions[at : at + _BLOCK] @ vectors.T
        cosines[own[:, None] == owners[None, :]] = _OWN
        for number, nearest in zip(own, _highest(cosines), strict=True):
            found[number].append([lines[place][1] for place in nearest])
    return found


def _highest(cosines: NDArray[np.float32]) -> Iterator[list[int]]:
    """The places of the `NEAR` highest of each row, highest first."""
    some = np.argpartition(-cosines, min(NEAR, cosines.shape[1]) - 1, axis=1)[:, :NEAR]
    for row, places in zip(cosines, some, strict=True):
        yield [at for at in sorted(places.tolist(), key=lambda at: -row[at]) if row[at] > _OWN]
