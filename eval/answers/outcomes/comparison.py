"""A report on answers against an earlier one: which questions turned, and whether that is chance.

Both must have asked the same questions, told by a hash of each question and not of the documents,
whose text changes whenever a loader learns something.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from eval.answers.outcomes.outcome import AnswerOutcome
from eval.answers.outcomes.shares import REFUSED_UNANSWERABLE
from eval.answers.report import AnswerReport
from eval.answers.scoring import AnswerScores
from eval.errors import NotComparable
from eval.retrieval.table import DEFAULT_RESAMPLING, Resampling
from eval.retrieval.verdict import Outcome, difference, outcome
from eval.statistics.holm import holm
from eval.statistics.significance import PairedTest, paired_test

ASKED: Final = "asked."
"""Beginning of the facts of provenance that say which of a dataset's questions were asked."""


@dataclass(frozen=True, slots=True)
class ShareChange:
    """A share before and after, over the same ``questions``; ``worse`` says which way is bad."""

    share: str
    questions: int
    before: float
    after: float
    test: PairedTest
    p_corrected: float
    falls_are_worse: bool

    @property
    def outcome(self) -> Outcome:
        """Whether it became better or worse by more than chance explains."""
        found = outcome(self.test, self.p_corrected)
        if self.falls_are_worse or found is Outcome.UNDECIDED:
            return found
        return Outcome.WORSE if found is Outcome.BETTER else Outcome.BETTER


@dataclass(frozen=True, slots=True)
class Turned:
    """A question whose outcome is another than before."""

    id: str
    before: AnswerOutcome
    after: AnswerOutcome

    @property
    def lost(self) -> bool:
        """Whether a user is worse served: by a step down, where right is highest."""
        return _STANDING[self.after] < _STANDING[self.before]


_STANDING: Final[Mapping[AnswerOutcome, int]] = {
    AnswerOutcome.RIGHT: 3,
    AnswerOutcome.RIGHTLY_REFUSED: 3,
    AnswerOutcome.PARTIAL: 2,
    AnswerOutcome.REFUSED: 1,
    AnswerOutcome.WRONG: 0,
    AnswerOutcome.ANSWERED: 0,
}
"""A wrong answer is worse than none."""
_WATCHED: Final = (
    (AnswerOutcome.RIGHT, True, True),
    (AnswerOutcome.WRONG, True, False),
    (AnswerOutcome.RIGHTLY_REFUSED, False, True),
)
"""What must not become worse: the outcome, whether it is of answerable questions, and whether less
of it is worse."""


@dataclass(frozen=True, slots=True)
class AnswerComparison:
    """What became of the questions of a base: shares, and each question that turned."""

    changes: tuple[ShareChange, ...]
    turned: tuple[Turned, ...]

    @property
    def lost(self) -> tuple[Turned, ...]:
        """The questions that turned for the worse, however few they are."""
        return tuple(found for found in self.turned if found.lost)

    def failures(self) -> list[str]:
        """The shares that became significantly worse, in words."""
        return [
            f"{change.share} went from {change.before:.3f} to {change.after:.3f} "
            f"({difference(change.test)}, p = {change.p_corrected:.2g}, "
            f"{change.questions} questions)"
            for change in self.changes
            if change.outcome is Outcome.WORSE
        ]


def compare_answers(
    report: AnswerReport, base: AnswerReport, *, resampling: Resampling = DEFAULT_RESAMPLING
) -> AnswerComparison:
    """Holds a report against a base, question by question.

    Shares are tested in pairs (`eval.statistics.significance`), with p-values corrected for their
    number. A report of some of the questions, by its ``asked.`` provenance, is held against the
    same ones.

    Raises:
        NotComparable: a question is new or another than in the base, or is no longer asked.
    """
    pairs = _pairs(report, base)
    family = [
        change
        for watched, answerable, falls_are_worse in _WATCHED
        if (change := _change(pairs, watched, answerable, falls_are_worse, resampling))
    ]
    corrected = holm([change.test.p_randomisation for change in family])
    return AnswerComparison(
        changes=tuple(
            replace(change, p_corrected=p) for change, p in zip(family, corrected, strict=True)
        ),
        turned=tuple(
            Turned(now.id, old.outcome, now.outcome)
            for old, now in pairs
            if old.outcome and now.outcome and old.outcome is not now.outcome
        ),
    )


def check_answer_regression(report: AnswerReport, comparison: AnswerComparison) -> list[str]:
    """What is worse than in the base, in words: shares, and parts that failed on some questions."""
    asked = len(report.questions)
    return comparison.failures() + [
        f"degraded on {count} of {asked} questions: {reason}"
        for reason, count in sorted(report.degraded.items())
    ]


_Pairs = Sequence[tuple[AnswerScores, AnswerScores]]


def _pairs(report: AnswerReport, base: AnswerReport) -> _Pairs:
    old = {question.id: question for question in base.questions}
    now = {question.id: question for question in report.questions}
    changed = [
        id_ for id_, question in now.items() if id_ not in old or old[id_].asked != question.asked
    ]
    if changed:
        raise NotComparable(
            f'{len(changed)} of {len(now)} questions, "{changed[0]}" first, are not in the base or '
            "are others there; make the base again"
        )
    gone = [id_ for id_ in old if id_ not in now]
    if gone and not any(name.startswith(ASKED) for name in report.provenance):
        raise NotComparable(
            f'{len(gone)} of {len(old)} questions of the base, "{gone[0]}" first, are not asked '
            "any more; make the base again"
        )
    return [(old[id_], question) for id_, question in now.items()]


def _change(
    pairs: _Pairs,
    watched: AnswerOutcome,
    answerable: bool,  # noqa: FBT001 - a row of a table
    falls_are_worse: bool,  # noqa: FBT001 - a row of a table
    resampling: Resampling,
) -> ShareChange | None:
    own = [
        (float(old.outcome is watched), float(now.outcome is watched))
        for old, now in pairs
        if now.answerable is answerable and now.outcome and old.outcome
    ]
    if not own:
        return None
    before, after = ([pair[n] for pair in own] for n in (0, 1))
    test = paired_test(
        after,
        before,
        level=resampling.level,
        resamples=resampling.resamples,
        seed=resampling.seed,
    )
    return ShareChange(
        share=watched.value if answerable else REFUSED_UNANSWERABLE,
        questions=len(own),
        before=sum(before) / len(own),
        after=sum(after) / len(own),
        test=test,
        p_corrected=test.p_randomisation,
        falls_are_worse=falls_are_worse,
    )
