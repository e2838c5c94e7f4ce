from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.retrieval.ranking.learned import Combination
from app.retrieval.ranking.rerank import SLICE
from train.score_combination.calibration import Pairs, expected_calibration_error, fit_logistic
from train.score_combination.fitting import fit_combination
from train.score_combination.leave_one_out import Comparison, LeftOutSet
from train.score_combination.reranked_questions import RerankedQuestion


def questions(count: int, *, match: float = 0.0, skill: float, seed: int) -> list[RerankedQuestion]:
    """Ten candidates, one of them right; matches and reranker know it by so many deviations."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        right = np.zeros(10)
        right[rng.integers(10)] = 1.0
        fused = rng.normal(size=10) + 1.5 * right
        order = np.argsort(-fused)
        matches = np.clip(0.4 + 0.2 * (rng.normal(size=10) + match * right), 0.0, 1.0)
        rerank = rng.normal(size=10) + skill * right
        made.append(
            RerankedQuestion(
                fused=fused[order],
                matches=matches[order],
                rerank=rerank[order],
                documents=tuple(f"d{n}" for n in range(10)),
                judged={f"d{int(np.argmax(right[order]))}": 1},
                language="en",
            )
        )
    return made


def of(found: LeftOutSet, order: str, baseline: str) -> Comparison:
    (one,) = (c for c in found.comparisons if (c.order, c.baseline) == (order, baseline))
    return one


def test_a_reranker_that_knows_is_trusted_and_each_set_says_so_when_it_is_left_out() -> None:
    sets = {name: questions(150, skill=2.5, seed=n) for n, name in enumerate("abc")}
    found = fit_combination(sets, reranker="known")
    assert found.combination.trust > 0.3
    assert [one.name for one in found.left_out] == ["a", "b", "c"]
    for one in found.left_out:
        assert one.scores["reranked"]["mrr@10"] > one.scores["fused"]["mrr@10"]
        for baseline in ("fused", "matched"):
            compared = of(one, "reranked", baseline)
            assert compared.tests["mrr@10"].difference > 0
            assert compared.corrected["mrr@10"] >= compared.tests["mrr@10"].p_randomisation
    assert [one.reranker for one in found.calibrations] == ["none", "known"]


def test_matches_that_know_count_where_nothing_reranks() -> None:
    sets = {
        name: [
            replace(q, rerank=np.full(10, np.nan))
            for q in questions(150, match=2.0, skill=0.0, seed=n)
        ]
        for n, name in enumerate("abc")
    }
    found = fit_combination(sets, reranker=None)
    assert found.combination.match > 0.5
    assert found.combination.trust == 0.0
    assert [one.reranker for one in found.calibrations] == ["none"]
    for one in found.left_out:
        assert of(one, "matched", "fused").tests["mrr@10"].difference > 0
        assert len(one.comparisons) == 1


def test_a_reranker_that_guesses_is_not_trusted() -> None:
    sets = {name: questions(200, skill=0.0, seed=n) for n, name in enumerate("abcd")}
    found = fit_combination(sets, reranker="blind")
    assert found.combination.trust <= 0.2
    for one in found.left_out:
        assert abs(of(one, "reranked", "fused").tests["mrr@10"].difference) < 0.03


def test_what_a_set_is_scored_by_was_not_chosen_on_it() -> None:
    """One set in which the reranker is always wrong must not change what is chosen for itself."""
    good = {name: questions(120, skill=2.5, seed=n) for n, name in enumerate("ab")}
    one = fit_combination({**good, "c": questions(120, skill=2.5, seed=7)}, reranker="r").left_out[
        2
    ]
    other = fit_combination(
        {**good, "c": questions(120, skill=-3.0, seed=7)}, reranker="r"
    ).left_out[2]
    assert one.combination == other.combination
    assert other.scores["reranked"]["mrr@10"] < one.scores["reranked"]["mrr@10"]


def test_of_numbers_that_can_not_be_told_apart_the_most_careful_are_chosen() -> None:
    """The reranker repeats the fused order, so that no trust changes anything."""
    sets = {
        name: [
            replace(q, matches=np.full(10, 0.5), rerank=q.fused.copy())
            for q in questions(20, skill=1.0, seed=n)
        ]
        for n, name in enumerate("abc")
    }
    assert fit_combination(sets, reranker="echo").combination == Combination(match=0.0, trust=0.0)


def test_a_document_counts_by_its_best_passage_and_ties_keep_the_fused_order() -> None:
    question = RerankedQuestion(
        fused=np.array([3.0, 2.0, 1.0]),
        matches=np.array([0.0, 0.0, 0.0]),
        rerank=np.array([0.0, 0.0, 0.0]),
        documents=("a", "b", "a"),
        judged={"b": 1},
        language="en",
    )
    assert question.ranking(np.array([1.0, 1.0, 2.0])) == ["a", "b"]
    assert question.ranking(np.array([1.0, 2.0, 2.0])) == ["b", "a"]


def test_a_logistic_regression_finds_the_odds() -> None:
    """Of 0s one in four is relevant, of 1s three in four: log odds ∓ log 3."""
    features = np.array([[0.0]] * 4 + [[1.0]] * 4)
    relevant = np.array([1.0, 0, 0, 0, 1, 1, 1, 0])
    intercept, weight = fit_logistic([Pairs(features, relevant)])
    assert intercept == pytest.approx(-np.log(3), abs=1e-4)
    assert weight == pytest.approx(2 * np.log(3), abs=1e-4)


def test_every_part_counts_alike_whatever_its_size() -> None:
    few = Pairs(np.zeros((2, 1)), np.array([1.0, 1.0]))
    many = Pairs(np.zeros((200, 1)), np.zeros(200))
    intercept, _ = fit_logistic([few, many])
    assert intercept == pytest.approx(0.0, abs=1e-3)


def test_the_calibration_error_is_the_mean_distance_over_bins() -> None:
    """0.8 said four times and true twice: 0.3 off; 0.1 said four times and never true: 0.1."""
    probabilities = np.array([0.8] * 4 + [0.1] * 4)
    relevant = np.array([1.0, 1, 0, 0, 0, 0, 0, 0])
    assert expected_calibration_error(probabilities, relevant) == pytest.approx(0.2)
    assert expected_calibration_error(np.array([0.0, 1.0]), np.array([0.0, 1.0])) == 0.0


def test_a_reranker_that_may_stop_reads_less_and_what_it_read_stands() -> None:
    sets = {name: questions(60, skill=2.0, seed=n) for n, name in enumerate("abc")}
    found = fit_combination(sets, reranker="known")
    for one in found.left_out:
        assert one.readable == 10.0
        assert SLICE <= one.read < 10.0
        assert one.scores["stopped"]["mrr@10"] == pytest.approx(
            one.scores["reranked"]["mrr@10"], abs=0.05
        )
    (question,) = questions(1, skill=2.0, seed=1)
    whole = question.stopped(found.combination, below=0.0)
    assert np.array_equal(whole.rerank, question.rerank)
    stopped = question.stopped(found.combination, below=5.0)
    read = ~np.isnan(stopped.rerank)
    assert read.sum() == SLICE
    assert np.array_equal(stopped.rerank[read], question.rerank[read])


def test_calibration_errors_are_told_by_language_over_all_sets() -> None:
    sets = {
        name: [replace(q, language=language) for q in questions(40, skill=2.0, seed=n)]
        for n, (name, language) in enumerate({"a": "en", "b": "zh", "c": "en"}.items())
    }
    found = fit_combination(sets, reranker="known")
    for id_ in ("none", "known"):
        assert set(found.calibration_error[id_]) == {"en", "zh"}
        only_zh = next(one for one in found.left_out if one.name == "b")
        assert found.calibration_error[id_]["zh"] == only_zh.calibration_error[id_]["zh"]
