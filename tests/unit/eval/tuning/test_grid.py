from __future__ import annotations

import itertools
import math

import pytest

from eval.tuning.batch_fusion import Family, Setting
from eval.tuning.grid import settings_to_try

DEFAULTS = {
    1: Setting(Family("zscore", 100, 60.0), (1.0,)),
    2: Setting(Family("rrf", 37, 12.5), (0.33, 0.67)),
    3: Setting(Family("convex", 100, 60.0), (0.5, 0.25, 0.25)),
}


@pytest.fixture(params=[1, 2, 3], ids="{} routes".format)
def tried(request: pytest.FixtureRequest) -> list[Setting]:
    routes: int = request.param
    return settings_to_try(routes, recalled_depth=100, default=DEFAULTS[routes])


def test_the_default_comes_first(tried: list[Setting]) -> None:
    assert tried[0] == DEFAULTS[len(tried[0].weights)]


def test_weights_are_shares_of_one(tried: list[Setting]) -> None:
    for setting in tried:
        assert math.isclose(sum(setting.weights), 1.0)
        assert min(setting.weights) >= 0.0


def test_nothing_is_tried_twice(tried: list[Setting]) -> None:
    assert len(set(tried)) == len(tried)


def test_settings_of_one_family_stand_together(tried: list[Setting]) -> None:
    runs = [family for family, _ in itertools.groupby(setting.family for setting in tried)]
    assert len(set(runs)) == len(runs)


def test_each_route_alone_is_among_them_in_every_family(tried: list[Setting]) -> None:
    routes = len(tried[0].weights)
    for family in {setting.family for setting in tried}:
        weights = {setting.weights for setting in tried if setting.family == family}
        assert {tuple(map(float, row)) for row in unit_vectors(routes)} <= weights


def unit_vectors(routes: int) -> list[list[bool]]:
    return [[row == column for column in range(routes)] for row in range(routes)]


def test_no_depth_is_tried_that_was_not_recalled() -> None:
    tried = settings_to_try(2, recalled_depth=70, default=Setting(Family("rrf", 70, 60.0), (1, 0)))
    assert {setting.family.depth for setting in tried} == {20, 50, 70}


def test_a_constant_that_has_no_effect_makes_no_family_of_its_own() -> None:
    default = Setting(Family("zscore", 100, 12.5), (0.5, 0.5))
    tried = settings_to_try(2, recalled_depth=100, default=default)
    scored = [setting for setting in tried if setting.family.fusion != "rrf"]
    effective = {(s.family.fusion, s.family.depth, s.weights) for s in scored}
    assert len(effective) == len(scored)


def test_two_routes_are_weighed_in_steps_of_a_twentieth() -> None:
    default = Setting(Family("zscore", 100, 60.0), (0.5, 0.5))
    tried = settings_to_try(2, recalled_depth=100, default=default)
    first = sorted(s.weights[0] for s in tried if s.family == default.family)
    assert first == pytest.approx([step / 20 for step in range(21)])
    assert len(tried) == (3 + 3 + 5) * 21  # depths of two fusions by scores, constants of rrf
