import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.statistics.holm import holm

P_VALUES = st.lists(st.floats(0, 1), max_size=12)


def test_a_worked_example():
    """From the smallest up: 0.005 · 4 = 0.02, 0.01 · 3 = 0.03, 0.03 · 2 = 0.06, 0.04 · 1 = 0.04.

    The last falls below the one before it and is raised to 0.06.
    """
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_a_single_test_is_not_corrected():
    assert holm([0.03]) == (0.03,)


def test_no_test_gives_nothing():
    assert holm([]) == ()


def test_a_probability_stays_one():
    assert holm([0.9, 0.6, 1.0]) == (1.0, 1.0, 1.0)


@given(P_VALUES)
def test_the_correction_lies_between_none_and_that_of_bonferroni(p_values):
    for p, corrected in zip(p_values, holm(p_values), strict=True):
        assert p <= corrected <= min(1.0, p * len(p_values)) + 1e-15


@given(P_VALUES)
def test_the_correction_keeps_the_order(p_values):
    pairs = sorted(zip(p_values, holm(p_values), strict=True))
    assert [corrected for _, corrected in pairs] == sorted(corrected for _, corrected in pairs)


@given(P_VALUES, st.floats(0.001, 0.5))
def test_what_is_rejected_is_what_holms_procedure_rejects(p_values, alpha):
    """The procedure as published: go up while p(i) ≤ α / (m − i + 1), stop at the first failure."""
    rejected = 0
    for done, p in enumerate(sorted(p_values)):
        if (len(p_values) - done) * p > alpha:
            break
        rejected += 1
    assert sum(corrected <= alpha for corrected in holm(p_values)) == rejected
