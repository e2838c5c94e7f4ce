"""What is asked, as the parts that judge passages and sentences need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.answering.nearness import Nearness
from app.domain import Turn, Vector
from app.ports import Analyzer, Embedder
from app.requests import AnswerRequest


@dataclass(frozen=True, slots=True)
class Question:
    """``vector`` is ``(dim,) float32``, L2-normalised; ``nearness`` reads cosines with it."""

    text: str
    terms: frozenset[str]
    vector: Vector
    nearness: Nearness


def read_question(
    request: AnswerRequest, *, turns: int, analyzer: Analyzer, embedder: Embedder
) -> Question:
    """The question of ``request``.

    Its vector lies between that of the question alone and that of the question below the ``turns``
    before it: a follow-up leans on them, a new question doesn't, and no rule tells which it is.

    Raises:
        RemoteUnavailable: the embedder is behind HTTP and does not answer.
    """
    alone, in_context = embedder.embed_queries([request.query, search_query(request, turns=turns)])
    between = alone + in_context
    vector: Vector = between / np.linalg.norm(between)
    return Question(
        text=request.query,
        terms=frozenset(analyzer.terms(request.query)),
        vector=vector,
        nearness=Nearness.of(embedder),
    )


def search_query(request: AnswerRequest, *, turns: int) -> str:
    """What to search for: the question below the user's last ``turns`` messages before it.

    A follow-up such as "and in Chinese?" means nothing without the question that it follows.
    """
    asked = _questions(request.history)
    return "\n".join([*asked[len(asked) - turns :], request.query]) if turns else request.query


def _questions(history: Sequence[Turn]) -> list[str]:
    return [turn.content for turn in history if turn.role == "user"]
