import numpy as np
import pytest
from scipy import stats

from eval.statistics.significance import bootstrap_interval, paired_test


def mean_difference(x, y, axis):
    return np.mean(x - y, axis=axis)


@pytest.fixture
def graded():
    """Scores of two systems on 120 queries, as reciprocal ranks are: correlated, few values."""
    rng = np.random.default_rng(5)
    values = np.array([0, 1 / 5, 1 / 3, 1 / 2, 1])
    baseline = rng.choice(values, size=120)
    changed = np.where(rng.random(120) < 0.3, rng.choice(values, size=120), baseline)
    return changed.tolist(), baseline.tolist()


def test_the_interval_of_a_constant_is_a_point():
    interval = bootstrap_interval([0.5] * 20)
    assert (interval.low, interval.high) == (0.5, 0.5)


def test_the_interval_of_a_coin_is_that_of_the_binomial_distribution():
    interval = bootstrap_interval([0.0, 1.0] * 50)
    low, high = stats.binom.ppf([0.025, 0.975], 100, 0.5) / 100
    assert interval.low == pytest.approx(low, abs=0.011)
    assert interval.high == pytest.approx(high, abs=0.011)


def test_the_interval_agrees_with_scipy(graded):
    scores, _ = graded
    theirs = stats.bootstrap(
        (scores,), np.mean, method="percentile", n_resamples=9_999, rng=np.random.default_rng(1)
    ).confidence_interval
    ours = bootstrap_interval(scores)
    assert ours.low == pytest.approx(theirs.low, abs=0.005)
    assert ours.high == pytest.approx(theirs.high, abs=0.005)


def test_a_wider_level_gives_a_wider_interval(graded):
    scores, _ = graded
    narrow, wide = bootstrap_interval(scores, level=0.8), bootstrap_interval(scores, level=0.99)
    assert wide.low < narrow.low < np.mean(scores) < narrow.high < wide.high


def test_the_interval_of_a_difference_agrees_with_scipy(graded):
    scores, baseline = map(np.array, graded)
    theirs = stats.bootstrap(
        (scores - baseline,),
        np.mean,
        method="percentile",
        n_resamples=9_999,
        rng=np.random.default_rng(1),
    ).confidence_interval
    ours = paired_test(scores.tolist(), baseline.tolist())
    assert ours.difference == pytest.approx(np.mean(scores) - np.mean(baseline))
    assert ours.interval.low == pytest.approx(theirs.low, abs=0.005)
    assert ours.interval.high == pytest.approx(theirs.high, abs=0.005)


@pytest.mark.parametrize("shift", [0.0, 0.03, 0.06], ids=lambda shift: f"shifted by {shift}")
def test_the_randomisation_test_agrees_with_scipy(graded, shift):
    scores, baseline = np.array(graded[0]) + shift, np.array(graded[1])
    theirs = stats.permutation_test(
        (scores, baseline),
        mean_difference,
        permutation_type="samples",
        vectorized=True,
        n_resamples=9_999,
        rng=np.random.default_rng(1),
    )
    ours = paired_test(scores.tolist(), baseline.tolist())
    assert ours.p_randomisation == pytest.approx(theirs.pvalue, abs=0.015)
    assert ours.p_bootstrap == pytest.approx(theirs.pvalue, abs=0.03)


@pytest.mark.parametrize(
    ("won", "exact"), [(1, 1.0), (2, 0.5), (4, 0.125), (6, 0.03125), (8, 0.0078125)]
)
def test_without_losses_the_randomisation_test_is_the_sign_test(won, exact):
    scores = [1.0] * won + [0.0] * (99 - won)
    found = paired_test(scores, [0.0] * 99)
    assert found.p_randomisation == pytest.approx(exact, abs=0.015)


def test_identical_systems_differ_by_nothing_with_certainty():
    found = paired_test([0.2, 0.7, 1.0], [0.2, 0.7, 1.0])
    assert found.difference == 0.0
    assert (found.interval.low, found.interval.high) == (0.0, 0.0)
    assert found.p_bootstrap == found.p_randomisation == 1.0


def test_exchanging_the_systems_turns_the_sign_and_keeps_the_p_value(graded):
    scores, baseline = graded
    there, back = paired_test(scores, baseline), paired_test(baseline, scores)
    assert back.difference == pytest.approx(-there.difference)
    assert back.p_randomisation == there.p_randomisation
    assert back.interval.low == pytest.approx(-there.interval.high, abs=0.005)


def test_the_smallest_p_value_is_one_in_the_resamples_and_the_sample_itself():
    found = paired_test([1.0] * 200, [0.0] * 200, resamples=999)
    assert found.p_randomisation == 1 / 1_000


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(graded):
    assert paired_test(*graded, seed=1) == paired_test(*graded, seed=1)
    assert paired_test(*graded, seed=1) != paired_test(*graded, seed=2)


def test_resampling_in_blocks_is_complete(graded, monkeypatch):
    monkeypatch.setattr("eval.statistics.significance.BLOCK_ELEMENTS", 64)
    found = paired_test(*graded, resamples=1_001)
    whole = paired_test(*graded, resamples=10_000)
    assert found.p_randomisation * 1_002 == pytest.approx(round(found.p_randomisation * 1_002))
    assert found.p_randomisation == pytest.approx(whole.p_randomisation, abs=0.06)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: bootstrap_interval([]), id="no scores"),
        pytest.param(lambda: bootstrap_interval([1.0], level=1.0), id="level of 1"),
        pytest.param(lambda: bootstrap_interval([1.0], resamples=0), id="no resamples"),
        pytest.param(lambda: paired_test([1.0], [1.0, 0.0]), id="unequal lengths"),
        pytest.param(lambda: paired_test([], []), id="no pairs"),
    ],
)
def test_nonsense_is_refused(call):
    with pytest.raises(ValueError, match=r"resampl|lies between|paired"):
        call()
