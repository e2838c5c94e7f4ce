"""Abstention: are answers withheld if, and only if, nothing answers the question?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.answers.measures.mean_score import Score, mean_score
from eval.answers.scoring import AnswerScores
from eval.retrieval.table import Resampling


@dataclass(frozen=True, slots=True)
class Abstention:
    """Abstention as a binary classification, where unanswerable questions are positive.

    ``precision`` is over the abstentions and depends on how many questions of each kind were asked.
    ``recall`` is over the unanswerable questions; 1 − recall is the rate at which they were
    answered. ``f1`` is their harmonic mean. ``answered`` is the rate at which answerable questions
    were answered. A value is ``None`` where there is nothing to count.

    Source: P. Rajpurkar, R. Jia and P. Liang, "Know What You Don't Know: Unanswerable Questions for
    SQuAD", ACL 2018, for scoring both kinds of questions together.
    """

    precision: Score | None
    recall: Score | None
    f1: float | None
    answered: Score | None


def score_abstention(questions: Sequence[AnswerScores], *, resampling: Resampling) -> Abstention:
    """Counts abstentions over answerable and unanswerable questions."""
    abstained = [q for q in questions if q.mode == "abstained"]
    unanswerable = [q for q in questions if not q.answerable]
    answerable = [q for q in questions if q.answerable]
    precision = mean_score([float(not q.answerable) for q in abstained], resampling)
    recall = mean_score([float(q.mode == "abstained") for q in unanswerable], resampling)
    rightly = sum(not q.answerable for q in abstained)
    return Abstention(
        precision=precision,
        recall=recall,
        f1=2 * rightly / (len(abstained) + len(unanswerable)) if unanswerable else None,
        answered=mean_score([float(q.mode != "abstained") for q in answerable], resampling),
    )
