"""Cosines on a scale that means the same for every embedder.

Unrelated texts have a cosine near 0 with some models and near 0.8 with others, E5 among them. So a
cosine is read from what unrelated texts have with the model in use::

    nearness(c) = (c - unrelated) / (1 - unrelated)

which is 0 for texts that have nothing to do with each other and 1 for equal directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.domain.documents import Vector, Vectors
from app.ports.models import Embedder

_QUESTIONS: Final = (
    "At what temperature does water boil on a high mountain?",
    "How many eggs does the dough need?",
    "Who scored in the second half?",
    "Why was the law on import taxes passed?",
    "高山上的水在多少度沸腾？",
    "面团里要放几个鸡蛋？",
    "下半场是谁进的球？",
    "进口商品税的法律为什么获得通过？",
)
_STATEMENTS: Final = (
    "Water boils at 100 °C at sea level and at 72 °C on the summit of Mount Everest.",
    "Mix two eggs, a cup of flour and a pinch of salt, and let the dough rest for an hour.",
    "The striker scored twice after the break, and the visitors went home with a point.",
    "After a long debate about jobs, parliament passed the law on taxes on imported goods.",
    "海平面上水在一百摄氏度沸腾，而在珠穆朗玛峰顶，大约七十二度就会沸腾。",
    "把两个鸡蛋、一杯面粉和少许盐搅匀，让面团醒一个小时。",
    "前锋在下半场进了两个球，客队带着一分回家。",
    "议会就就业问题辩论了很久，最后通过了关于进口商品税的法律。",
)
_TOPICS: Final = 4
"""Row i of each is of topic i modulo 4; what is of different topics is unrelated."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A query's ``(dim,) float32`` L2-normalised vector, and what unrelated texts have with it."""

    vector: Vector
    unrelated: float

    def nearness(self, vectors: Vectors) -> NDArray[np.float32]:
        """Of ``(n, dim) float32`` L2-normalised rows: ``(n,) float32`` in [0, 1]."""
        scaled = (vectors @ self.vector - self.unrelated) / (1.0 - self.unrelated)
        clipped: NDArray[np.float32] = np.clip(scaled, 0.0, 1.0)
        return clipped


def read_meaning(queries: list[str], embedder: Embedder) -> Meaning:
    """What lies between ``queries``: their mean direction.

    Raises:
        RemoteUnavailable: the embedder is behind HTTP and does not answer.
    """
    total = embedder.embed_queries(queries).sum(axis=0)
    return Meaning(total / np.linalg.norm(total), unrelated_cosine(embedder))  # type: ignore[arg-type] # hashed by identity, as any object


@lru_cache(maxsize=8)
def unrelated_cosine(embedder: Embedder) -> float:
    """Mean cosine of questions and statements of different topics, in and across two languages.

    Measured once for each embedder. Raises `RemoteUnavailable` where it is remote.
    """
    cosines = embedder.embed_queries(_QUESTIONS) @ embedder.embed_passages(_STATEMENTS).T
    topic = np.arange(len(_QUESTIONS)) % _TOPICS
    return float(cosines[topic[:, None] != topic[None, :]].mean())
