"""Mean scores over groups of questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eval.answers.measures.mean_score import Score, mean_score
from eval.answers.scoring import MEASURES, AnswerScores
from eval.retrieval.table import Resampling


@dataclass(frozen=True, slots=True)
class Group:
    """A group of questions: counts of each kind, of abstentions, and mean scores."""

    answerable: int
    unanswerable: int
    abstained: int
    measures: Mapping[str, Score]


def group(questions: Sequence[AnswerScores], resampling: Resampling) -> Group:
    """Makes one group; measures that no question defines are left out."""
    means = {
        measure: mean_score(
            [q.scores[measure] for q in questions if measure in q.scores], resampling
        )
        for measure in MEASURES
    }
    answerable = sum(q.answerable for q in questions)
    return Group(
        answerable=answerable,
        unanswerable=len(questions) - answerable,
        abstained=sum(q.mode == "abstained" for q in questions),
        measures={measure: score for measure, score in means.items() if score is not None},
    )


def group_by(
    name_of: Callable[[AnswerScores], str],
    questions: Sequence[AnswerScores],
    resampling: Resampling,
) -> dict[str, Group]:
    """Makes a group for each name, ordered by name; empty names are skipped."""
    names = sorted({name_of(q) for q in questions} - {""})
    return {name: group([q for q in questions if name_of(q) == name], resampling) for name in names}
