"""What is asked, as the parts that judge passages and sentences need it."""

from __future__ import annotations

from dataclasses import dataclass

from app.answering.meaning import Meaning
from app.requests import AnswerRequest


@dataclass(frozen=True, slots=True)
class Question:
    """``terms`` are the analyzer's; ``meaning`` is ``None`` where the embedder is out of reach."""

    terms: frozenset[str]
    meaning: Meaning | None


def search_query(request: AnswerRequest, *, turns: int) -> str:
    """What to search for: the question below the user's last ``turns`` messages before it.

    A follow-up such as "and in Chinese?" means nothing without the question that it follows.
    """
    asked = [turn.content for turn in request.history if turn.role == "user"]
    return "\n".join([*asked[len(asked) - turns :], request.query]) if turns else request.query


def meant_queries(request: AnswerRequest, *, turns: int) -> list[str]:
    """The question alone and, where there is one, below the ``turns`` before it.

    Sentences are compared with what lies between: a follow-up leans on what was asked before, a new
    question does not, and no rule tells which it is.
    """
    return list(dict.fromkeys((request.query, search_query(request, turns=turns))))
