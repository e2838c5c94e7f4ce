from __future__ import annotations

import numpy as np
import pytest

from eval.tuning.batch_fusion import Family, Setting
from eval.tuning.candidate_arrays import Floats, Ints
from eval.tuning.choosing import (
    MIN_GROUP,
    Choice,
    choose_by_group,
    choose_one,
    cross_fitted,
    folds,
)

ZSCORE = Family("zscore", 100, 60.0)
RRF = Family("rrf", 100, 60.0)


def every(scores: Floats) -> Ints:
    return np.arange(scores.shape[1])


def test_the_row_with_the_best_mean_is_chosen() -> None:
    scores = np.array([[0.0] * 8, [1.0] * 8, [0.5] * 8])
    assert choose_one(scores, every(scores), prefer=0) == Choice(1, {})


def test_only_the_given_columns_count() -> None:
    scores = np.array([[1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    assert choose_one(scores, np.array([3]), prefer=0).default == 1
    assert choose_one(scores, np.array([0, 1, 2]), prefer=1).default == 0


def test_the_preferred_row_stays_where_another_is_better_by_noise_alone() -> None:
    rng = np.random.default_rng(0)
    scores = np.tile(rng.random(400), (3, 1))
    scores[2] += rng.normal(scale=0.3, size=400)
    scores[2] += scores[0].mean() - scores[2].mean() + 0.001
    assert scores.mean(axis=1).argmax() == 2
    assert choose_one(scores, every(scores), prefer=1).default == 1


@pytest.mark.parametrize("prefer", [0, 1, 2])
def test_the_preferred_row_stays_where_all_are_alike(prefer: int) -> None:
    scores = np.tile([0.0, 1.0, 0.5], (3, 1))
    assert choose_one(scores, every(scores), prefer=prefer).default == prefer


def test_of_rows_as_good_as_the_best_the_one_most_like_the_preferred_is_taken() -> None:
    # Rows 1 and 2 have one mean; row 2 differs from row 0 on a single question.
    scores = np.array([
        [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0],
        [1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0],
    ])  # fmt: skip
    scores = np.tile(scores, 40)
    assert choose_one(scores, every(scores), prefer=0).default == 2


# --- by group ------------------------------------------------------------------------------------


def opposite_groups(first: int, second: int) -> tuple[Floats, list[str]]:
    """Row 1 is right for the first group, row 2 for the second, row 0 for half of either."""
    groups = ["en"] * first + ["zh"] * second
    english = np.array([group == "en" for group in groups], dtype=float)
    return np.stack([np.full(len(groups), 0.4), english, 1.0 - english]), groups


SETTINGS = [Setting(ZSCORE, (0.5, 0.5)), Setting(ZSCORE, (1.0, 0.0)), Setting(ZSCORE, (0.0, 1.0))]


def test_each_group_gets_the_row_that_is_best_for_it() -> None:
    scores, groups = opposite_groups(MIN_GROUP + 10, MIN_GROUP)
    choice = choose_by_group(scores, every(scores), settings=SETTINGS, groups=groups, prefer=0)
    assert choice == Choice(1, {"en": 1, "zh": 2})
    assert choice.rows(groups).tolist() == [1] * (MIN_GROUP + 10) + [2] * MIN_GROUP


def test_a_group_with_too_few_questions_gets_no_row_of_its_own() -> None:
    scores, groups = opposite_groups(MIN_GROUP + 10, MIN_GROUP - 1)
    choice = choose_by_group(scores, every(scores), settings=SETTINGS, groups=groups, prefer=0)
    assert choice == Choice(1, {"en": 1})
    assert set(choice.rows(groups).tolist()) == {1}
    assert choice.rows(["fr"]).tolist() == [1]


def test_only_questions_that_may_be_looked_at_make_a_group_large_enough() -> None:
    scores, groups = opposite_groups(MIN_GROUP + 10, MIN_GROUP)
    seen = every(scores)[:-1]
    choice = choose_by_group(scores, seen, settings=SETTINGS, groups=groups, prefer=0)
    assert set(choice.by_group) == {"en"}


def test_groups_differ_from_the_rest_in_weights_alone() -> None:
    scores, groups = opposite_groups(MIN_GROUP + 10, MIN_GROUP)
    settings = [*SETTINGS[:2], Setting(RRF, (0.0, 1.0))]
    choice = choose_by_group(scores, every(scores), settings=settings, groups=groups, prefer=0)
    assert choice.default == 1
    assert choice.by_group["zh"] == 0  # row 2, the best for it, fuses otherwise


def test_a_group_for_which_all_rows_are_alike_keeps_the_row_of_all() -> None:
    scores, groups = opposite_groups(MIN_GROUP + 10, MIN_GROUP)
    scores[:, MIN_GROUP + 10 :] = 0.5
    choice = choose_by_group(scores, every(scores), settings=SETTINGS, groups=groups, prefer=0)
    assert choice == Choice(1, {"en": 1, "zh": 1})


# --- folds and held-out scores -------------------------------------------------------------------


def test_folds_hold_each_question_once_and_are_of_one_size() -> None:
    questions = np.arange(3, 30)
    parts = folds(questions, 5, np.random.default_rng(0))
    assert sorted(np.concatenate(parts).tolist()) == questions.tolist()
    assert sorted(map(len, parts)) == [5, 5, 5, 6, 6]
    assert all((np.diff(part) > 0).all() for part in parts)


def test_no_question_is_scored_by_a_choice_that_saw_it() -> None:
    """Row f is right on the questions of fold f alone: peeking scores 1, not peeking 0."""
    questions = 20
    parts = folds(np.arange(questions), 5, np.random.default_rng(1))
    scores = np.zeros((5, questions))
    for row, part in enumerate(parts):
        scores[row, part] = 1.0

    def peeking(seen: Ints) -> Choice:
        """Row f wherever a question of fold f is to be seen, else some row that is wrong on it."""
        rows = {str(n): int(scores[:, n].argmax()) for n in seen.tolist()}
        unseen = {str(n) for n in range(questions)} - rows.keys()
        wrong = {n: (int(scores[:, int(n)].argmax()) + 1) % len(scores) for n in unseen}
        return Choice(0, rows | wrong)

    fitted = cross_fitted(scores, parts, peeking, [str(n) for n in range(questions)])
    assert fitted.tolist() == [0.0] * questions


def test_held_out_scores_are_those_of_the_row_that_was_chosen() -> None:
    scores = np.array([[0.2] * 10, [0.7] * 10])
    parts = folds(np.arange(8), 4, np.random.default_rng(2))
    fitted = cross_fitted(
        scores, parts, lambda seen: choose_one(scores, seen, prefer=0), ["en"] * 10
    )
    assert fitted[:8].tolist() == [0.7] * 8
    assert np.isnan(fitted[8:]).all()  # in no part
