"""Calibration of the probabilities of answers, against values worked out by hand."""

from __future__ import annotations

import pytest

from eval.answers.measures.calibration import score_calibration
from eval.answers.outcomes.outcome import AnswerOutcome
from eval.answers.scoring import AnswerScores, Mode


def asked(
    probability: float | None, outcome: AnswerOutcome | None, mode: Mode = "extractive"
) -> AnswerScores:
    return AnswerScores(
        id="q",
        asked="0" * 12,
        answerable=outcome is not AnswerOutcome.ANSWERED,
        language="en",
        kind="",
        half="",
        mode=mode,
        outcome=outcome,
        missing=(),
        forbidden=(),
        sentences=1,
        quotations=1,
        misquoted=(),
        scores={},
        probability=probability,
        milliseconds=1.0,
    )


def test_the_error_is_the_mean_distance_of_probability_and_share() -> None:
    right, wrong, none = AnswerOutcome.RIGHT, AnswerOutcome.WRONG, AnswerOutcome.ANSWERED
    found = score_calibration([asked(0.9, right), asked(0.6, wrong), asked(0.3, none)])
    assert found is not None
    assert found.answers == 3
    assert found.error == pytest.approx((0.1 + 0.6 + 0.3) / 3)
    assert found.auc == 1.0


def test_twenty_answers_stand_two_to_a_bin() -> None:
    """Both of a bin have 0.6, and one of two is right: each is off by a tenth."""
    outcomes = [AnswerOutcome.RIGHT, AnswerOutcome.PARTIAL] * 10
    found = score_calibration([asked(0.6, outcome) for outcome in outcomes])
    assert found is not None
    assert found.auc == 0.5
    assert found.error == pytest.approx(0.1)


def test_what_was_not_answered_or_not_judged_does_not_count() -> None:
    abstained = asked(0.2, AnswerOutcome.REFUSED, mode="abstained")
    assert score_calibration([abstained, asked(0.7, None), asked(None, None)]) is None
    only = score_calibration([abstained, asked(0.7, AnswerOutcome.RIGHT)])
    assert only is not None
    assert (only.answers, only.auc) == (1, None)
