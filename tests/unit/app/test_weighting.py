from __future__ import annotations

import pytest

from app.retrieval.fusion.weighting import route_weights
from app.settings import RetrievalSettings, WeightRule

BOTH = ("bm25", "dense")
CHINESE = WeightRule(language="zh", weights={"bm25": 0.9, "dense": 0.1})
NAMES = WeightRule(kind="identifier", weights={"bm25": 0.8, "dense": 0.2})
CHINESE_NAMES = WeightRule(language="zh", kind="identifier", weights={"bm25": 1.0, "dense": 0.0})
EVERY = WeightRule(weights={"bm25": 0.4, "dense": 0.6})


def weights(*rules, language="en", kind="keywords", factors=None, answered=BOTH, default=None):
    settings = RetrievalSettings(weights=default or {"bm25": 0.3, "dense": 0.7}, weight_rules=rules)
    return route_weights(
        settings, language=language, kind=kind, factors=factors or {}, answered=answered
    )


def test_without_rules_the_configured_weights_hold() -> None:
    assert weights() == {"bm25": 0.3, "dense": 0.7}


@pytest.mark.parametrize(
    ("rule", "language", "kind", "expected"),
    [
        pytest.param(CHINESE, "zh", "question", 0.9, id="language fits"),
        pytest.param(CHINESE, "en", "question", 0.3, id="language does not fit"),
        pytest.param(NAMES, "en", "identifier", 0.8, id="kind fits"),
        pytest.param(NAMES, "en", "question", 0.3, id="kind does not fit"),
        pytest.param(CHINESE_NAMES, "zh", "identifier", 1.0, id="both fit"),
        pytest.param(CHINESE_NAMES, "zh", "question", 0.3, id="only the language fits"),
        pytest.param(CHINESE_NAMES, "en", "identifier", 0.3, id="only the kind fits"),
        pytest.param(EVERY, "und", "keywords", 0.4, id="no condition fits every query"),
    ],
)
def test_a_rule_takes_the_place_of_the_weights_where_all_its_conditions_fit(
    rule: WeightRule, language: str, kind: str, expected: float
) -> None:
    chosen = weights(rule, language=language, kind=kind)
    assert chosen == {"bm25": expected, "dense": pytest.approx(1 - expected)}


def test_the_first_rule_that_fits_is_taken() -> None:
    query = {"language": "zh", "kind": "identifier"}
    assert weights(NAMES, CHINESE, **query) == NAMES.weights
    assert weights(CHINESE, NAMES, **query) == CHINESE.weights
    assert weights(NAMES, CHINESE, EVERY, language="zh", kind="question") == CHINESE.weights


def test_factors_multiply_the_weights_of_a_rule_too() -> None:
    assert weights(factors={"dense": 0.5}) == {"bm25": 0.3, "dense": 0.35}
    assert weights(CHINESE, language="zh", factors={"bm25": 0.5}) == {"bm25": 0.45, "dense": 0.1}


def test_only_routes_that_answered_have_a_weight() -> None:
    assert weights(answered=("dense",)) == {"dense": 0.7}
    assert weights(answered=()) == {}


def test_a_route_that_the_weights_do_not_name_weighs_nothing() -> None:
    assert weights(default={"bm25": 0.5}) == {"bm25": 0.5, "dense": 0.0}


@pytest.mark.parametrize(
    ("default", "factors", "answered"),
    [
        pytest.param({"bm25": 0.0, "dense": 0.0}, {}, BOTH, id="weights of zero"),
        pytest.param({"bm25": 0.0, "dense": 1.0}, {"dense": 0.0}, BOTH, id="a factor of zero"),
        pytest.param({"bm25": 0.0, "dense": 1.0}, {}, ("bm25",), id="the other one failed"),
    ],
)
def test_where_no_route_weighs_anything_all_weigh_the_same(
    default: dict[str, float], factors: dict[str, float], answered: tuple[str, ...]
) -> None:
    chosen = weights(default=default, factors=factors, answered=answered)
    assert chosen == dict.fromkeys(answered, 1.0)
