"""Personalised PageRank, against values worked out by hand and another way to compute it."""

from __future__ import annotations

import numpy as np
import pytest

from app.retrieval.graph.page_rank import personalised_page_rank


def test_a_seed_with_one_neighbour_keeps_two_thirds() -> None:
    # p0 = ½ + ½ p1 and p1 = ½ p0: 2/3 and 1/3.
    ranks = personalised_page_rank(
        np.array([0, 1]), np.array([1, 0]), np.ones(2), np.array([1.0, 0.0]), damping=0.5
    )
    assert ranks == pytest.approx([2 / 3, 1 / 3])


def test_what_leads_nowhere_goes_back_to_the_seeds() -> None:
    # p0 = ½ + ½ p1 again: node 1 has no edge of its own.
    ranks = personalised_page_rank(
        np.array([0]), np.array([1]), np.ones(1), np.array([1.0, 0.0]), damping=0.5
    )
    assert ranks == pytest.approx([2 / 3, 1 / 3])


def test_without_damping_nothing_leaves_the_seeds() -> None:
    seeds = np.array([0.25, 0.75, 0.0])
    ranks = personalised_page_rank(
        np.array([0, 1]), np.array([2, 2]), np.ones(2), seeds, damping=0.0
    )
    assert ranks == pytest.approx(seeds)


def test_it_agrees_with_the_solution_of_its_equations() -> None:
    draw = np.random.default_rng(7)
    matrix = draw.random((12, 12)) * (draw.random((12, 12)) < 0.4)
    matrix[:, 0] += 0.1  # every node leads somewhere
    matrix /= matrix.sum(axis=1, keepdims=True)
    sources, targets = np.nonzero(matrix)
    seeds = draw.random(12)
    seeds /= seeds.sum()
    expected = np.linalg.solve(np.eye(12) - 0.8 * matrix.T, 0.2 * seeds)
    ranks = personalised_page_rank(
        sources, targets, matrix[sources, targets], seeds, damping=0.8, iterations=200
    )
    assert ranks == pytest.approx(expected, abs=1e-7)
    assert ranks.sum() == pytest.approx(1.0)
