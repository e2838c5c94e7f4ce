"""Comparison of a report on answers with an earlier one: which outcomes changed significantly?

Both reports must be over the same questions. These are compared by a hash of each question, not of
the documents, whose text changes whenever a loader improves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from eval.answers.answer_report import AnswerReport
from eval.answers.outcomes.outcome import AnswerOutcome
from eval.answers.outcomes.shares import REFUSED_UNANSWERABLE
from eval.answers.scoring import AnswerScores
from eval.errors import NotComparable
from eval.retrieval.table import DEFAULT_RESAMPLING, Resampling
from eval.retrieval.verdict import Outcome, difference, outcome
from eval.statistics.holm import holm
from eval.statistics.significance import PairedTest, paired_test

ASKED: Final = "asked."
"""Prefix of the provenance that says which questions of a dataset were asked."""


@dataclass(frozen=True, slots=True)
class ShareChange:
    """A share before and after, over the same ``questions``.

    ``falls_are_worse`` says which direction is worse.
    """

    share: str
    questions: int
    before: float
    after: float
    test: PairedTest
    p_corrected: float
    falls_are_worse: bool

    @property
    def outcome(self) -> Outcome:
        """Whether the share is significantly better or worse."""
        found = outcome(self.test, self.p_corrected)
        if self.falls_are_worse or found is Outcome.UNDECIDED:
            return found
        return Outcome.WORSE if found is Outcome.BETTER else Outcome.BETTER


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """A question whose outcome changed."""

    id: str
    before: AnswerOutcome
    after: AnswerOutcome

    @property
    def lost(self) -> bool:
        """Whether the outcome is worse for a user, by the order of `_STANDING`."""
        return _STANDING[self.after] < _STANDING[self.before]


_STANDING: Final[Mapping[AnswerOutcome, int]] = {
    AnswerOutcome.RIGHT: 3,
    AnswerOutcome.RIGHTLY_REFUSED: 3,
    AnswerOutcome.PARTIAL: 2,
    AnswerOutcome.REFUSED: 1,
    AnswerOutcome.WRONG: 0,
    AnswerOutcome.ANSWERED: 0,
}
"""Order of outcomes for a user; a wrong answer is worse than none."""
_WATCHED: Final = (
    (AnswerOutcome.RIGHT, True, True),
    (AnswerOutcome.WRONG, True, False),
    (AnswerOutcome.RIGHTLY_REFUSED, False, True),
)
"""Shares that must not get worse: the outcome, whether it is of answerable questions, and whether a
lower share is worse."""


@dataclass(frozen=True, slots=True)
class AnswerComparison:
    """Changes of shares and of single questions against a base report."""

    changes: tuple[ShareChange, ...]
    changed: tuple[OutcomeChange, ...]

    @property
    def lost(self) -> tuple[OutcomeChange, ...]:
        """The questions whose outcome got worse, however few they are."""
        return tuple(found for found in self.changed if found.lost)

    def failures(self) -> list[str]:
        """Messages about the shares that got significantly worse."""
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
    """Compares a report with a base, question by question.

    Shares are tested in pairs (`eval.statistics.significance`), with p-values corrected for the
    number of tests. A report over a selection of questions, by its ``asked.`` provenance, is
    compared with the same ones.

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
        changed=tuple(
            OutcomeChange(now.id, old.outcome, now.outcome)
            for old, now in pairs
            if old.outcome and now.outcome and old.outcome is not now.outcome
        ),
    )


def check_answer_regression(report: AnswerReport, comparison: AnswerComparison) -> list[str]:
    """Messages about what is worse than in the base: shares, and parts that failed."""
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
