"""The outcome of a question: a right answer, a wrong one, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.answers import Answer
from eval.answers.measures.containment import contains_answer
from eval.answers.outcomes.matching import fold, holds
from eval.datasets.dataset import EvalQuery


class AnswerOutcome(StrEnum):
    """Outcomes; the first four are of answerable questions, the last two of unanswerable ones."""

    RIGHT = "right"
    """The answer contains everything required and nothing forbidden."""
    PARTIAL = "partial"
    """The answer contains a part of what is required and nothing forbidden."""
    WRONG = "wrong"
    """The answer contains nothing required, or something forbidden."""
    REFUSED = "refused"
    """Wrongly refused: there was an answer."""
    RIGHTLY_REFUSED = "rightly refused"
    ANSWERED = "answered"
    """Wrongly answered: there was no answer."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An outcome and its reasons.

    ``missing`` are the indexes of the groups of ``must_hold`` of which an answer contains no
    alternative, ``forbidden`` those of the entries of ``must_not_hold`` that it contains. Both
    count from 0 and are empty for an abstention.
    """

    outcome: AnswerOutcome
    missing: tuple[int, ...] = ()
    forbidden: tuple[int, ...] = ()


def judge_answer(query: EvalQuery, answer: Answer, *, answerable: bool) -> Judged | None:
    """Judges an answer by required and forbidden texts; ``None`` if the dataset has none.

    Required texts may occur in a sentence or in its setting, because both are shown. Forbidden
    texts are looked for only in sentences, because a setting may name other things. A question
    without ``must_hold`` has its gold answers as its only group, compared as in `contains_answer`.
    """
    abstained = answer.mode == "abstained"
    if not answerable:
        return Judged(AnswerOutcome.RIGHTLY_REFUSED if abstained else AnswerOutcome.ANSWERED)
    if not query.must_hold and not query.answers:
        return None
    if abstained:
        return Judged(AnswerOutcome.REFUSED)
    said = " ".join(sentence.text for sentence in answer.sentences)
    if query.must_hold:
        shown = fold(shown_text(answer))
        held = [any(holds(shown, wanted) for wanted in group) for group in query.must_hold]
    else:
        held = [contains_answer(said, query.answers) == 1.0]
    plain = fold(said)
    forbidden = tuple(n for n, text in enumerate(query.must_not_hold) if holds(plain, text))
    missing = tuple(n for n, found in enumerate(held) if not found)
    return Judged(_outcome(held, forbidden), missing, forbidden)


def shown_text(answer: Answer) -> str:
    """The sentences of an answer as a user sees them, each below its setting."""
    shown = (f"{sentence.setting}\n{sentence.text}" for sentence in answer.sentences)
    return "\n".join(shown)


def _outcome(held: Sequence[bool], forbidden: Sequence[int]) -> AnswerOutcome:
    if forbidden or not any(held):
        return AnswerOutcome.WRONG
    return AnswerOutcome.RIGHT if all(held) else AnswerOutcome.PARTIAL
