"""Counts of outcomes, and their shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eval.answers.measures.mean_score import Score, mean_score
from eval.answers.outcomes.outcome import AnswerOutcome
from eval.answers.scoring import AnswerScores
from eval.retrieval.table import Resampling

OF_ANSWERABLE: Final = (
    AnswerOutcome.RIGHT,
    AnswerOutcome.PARTIAL,
    AnswerOutcome.WRONG,
    AnswerOutcome.REFUSED,
)
"""Outcomes whose shares are of the answerable questions and sum to 1."""
REFUSED_UNANSWERABLE: Final = "refused_unanswerable"
"""Name of the share of unanswerable questions that were rightly refused."""
SHARES: Final = (*(outcome.value for outcome in OF_ANSWERABLE), REFUSED_UNANSWERABLE)
"""Names of all shares, in the order of the report."""


@dataclass(frozen=True, slots=True)
class OutcomeGroup:
    """Outcomes of a group of questions.

    ``counts`` has the outcomes that occur. ``shares`` has those of `SHARES` that are defined; each
    has its number of questions.
    """

    counts: Mapping[str, int]
    shares: Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Outcomes of all judged questions, and by ``kind``, ``language`` and ``half``.

    ``unjudged`` counts the answerable questions without required texts. ``sentences`` is the mean
    length of all given answers.
    """

    overall: OutcomeGroup
    groups: Mapping[str, Mapping[str, OutcomeGroup]]
    unjudged: int
    sentences: Score | None

    def group(self, name: str) -> OutcomeGroup | None:
        """The first group of this name among halves, languages and kinds."""
        for by in ("half", "language", "kind"):
            if name in self.groups.get(by, {}):
                return self.groups[by][name]
        return None


def count_outcomes(questions: Sequence[AnswerScores], resampling: Resampling) -> Outcomes:
    """Counts the outcomes of the questions of a dataset."""
    judged = [q for q in questions if q.outcome is not None]
    given = [float(q.sentences) for q in questions if q.mode != "abstained"]
    named: Mapping[str, Callable[[AnswerScores], str]] = {
        "kind": lambda q: q.kind,
        "language": lambda q: q.language,
        "half": lambda q: q.half,
    }
    groups: dict[str, dict[str, OutcomeGroup]] = {}
    for by, name_of in named.items():
        names = sorted({name_of(q) for q in judged} - {""})
        groups[by] = {
            name: _group([q for q in judged if name_of(q) == name], resampling) for name in names
        }
    return Outcomes(
        overall=_group(judged, resampling),
        groups=groups,
        unjudged=len(questions) - len(judged),
        sentences=mean_score(given, resampling),
    )


def _group(questions: Sequence[AnswerScores], resampling: Resampling) -> OutcomeGroup:
    counts = {o.value: sum(q.outcome is o for q in questions) for o in AnswerOutcome}
    answerable = [q for q in questions if q.answerable]
    found = {
        outcome.value: mean_score([float(q.outcome is outcome) for q in answerable], resampling)
        for outcome in OF_ANSWERABLE
    }
    found[REFUSED_UNANSWERABLE] = mean_score(
        [float(q.outcome is AnswerOutcome.RIGHTLY_REFUSED) for q in questions if not q.answerable],
        resampling,
    )
    return OutcomeGroup(
        counts={name: count for name, count in counts.items() if count},
        shares={name: score for name, score in found.items() if score is not None},
    )
