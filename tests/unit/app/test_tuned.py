from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from app.domain.collections import Fingerprint, Tuning
from app.retrieval.ranking.learned import NO_RERANKER, Combination
from app.retrieval.tuned import InForce, settings_in_force
from app.settings import RetrievalSettings, WeightRule

FINGERPRINT = Fingerprint("fake-embedder", 32, "fake-1", "structure-256-0")
LEARNED = Combination(match=1.5, trust=0.6)
CONFIGURED = RetrievalSettings(depth=50, rerank_depth=7)
TUNING = Tuning(
    settings={
        "fusion": "rrf",
        "rrf_k": 10,
        "weights": {"bm25": 0.2, "dense": 0.8},
        "weight_rules": [{"language": "zh", "weights": {"bm25": 1.0, "dense": 0.0}}],
    },
    evidence={"questions": 200},
    fingerprint=FINGERPRINT,
    reranker=NO_RERANKER,
    learned={"match": 1.5, "trust": 0.6},
    created_at="2026-01-01T00:00:00+00:00",
)


def in_force(
    tuning: Tuning | None,
    *,
    configured: RetrievalSettings = CONFIGURED,
    fingerprint: Fingerprint = FINGERPRINT,
    reranker: str = NO_RERANKER,
    learned: Combination = LEARNED,
) -> InForce:
    return settings_in_force(
        configured, tuning, fingerprint=fingerprint, reranker=reranker, learned=learned
    )


def test_a_tuning_does_not_outlive_the_trust_that_it_multiplies() -> None:
    found = in_force(TUNING, learned=Combination(match=1.5, trust=0.3))
    assert found.settings == CONFIGURED
    assert found.ignored is not None
    assert "count otherwise" in found.ignored


def test_what_was_tuned_stands_on_top_of_what_is_configured() -> None:
    assert in_force(TUNING) == InForce(
        RetrievalSettings(
            depth=50,
            rerank_depth=7,
            fusion="rrf",
            rrf_k=10.0,
            weights={"bm25": 0.2, "dense": 0.8},
            weight_rules=(WeightRule(language="zh", weights={"bm25": 1.0, "dense": 0.0}),),
        ),
        tuning=TUNING,
        ignored=None,
    )


def test_configured_rules_are_kept_by_a_tuning_without_any() -> None:
    rule = WeightRule(kind="identifier", weights={"bm25": 1.0})
    configured = RetrievalSettings(weight_rules=(rule,))
    found = in_force(replace(TUNING, settings={"rrf_k": 10}), configured=configured)
    assert found.settings == RetrievalSettings(weight_rules=(rule,), rrf_k=10.0)


def test_without_a_tuning_the_configured_settings_hold_and_nothing_is_ignored() -> None:
    assert in_force(None) == InForce(CONFIGURED, tuning=None, ignored=None)


def test_a_tuning_can_be_declined_in_the_settings_without_a_word() -> None:
    configured = RetrievalSettings(tuned=False)
    assert in_force(TUNING, configured=configured) == InForce(configured, tuning=None, ignored=None)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"embedder": "another"}, id="embedder"),
        pytest.param({"analyzer": "fake-2"}, id="analyzer"),
        pytest.param({"chunking": "sentence-128-0"}, id="chunking"),
        pytest.param({"metric": "dot"}, id="metric"),
    ],
)
def test_a_tuning_of_a_collection_that_was_rebuilt_otherwise_is_ignored(
    changed: dict[str, str],
) -> None:
    found = in_force(TUNING, fingerprint=replace(FINGERPRINT, **changed))
    assert (found.settings, found.tuning) == (CONFIGURED, None)
    assert found.ignored == "the collection was rebuilt since; tune it again"


@pytest.mark.parametrize(("then", "now"), [("big", "small"), ("big", "none"), ("none", "small")])
def test_a_tuning_for_another_reranker_is_ignored_and_both_are_named(then: str, now: str) -> None:
    found = in_force(replace(TUNING, reranker=then), reranker=now)
    assert (found.settings, found.tuning) == (CONFIGURED, None)
    assert found.ignored == f"it is for the reranker {then}, and {now} is configured"


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"fusion": "borda"}, id="a value that is not known"),
        pytest.param({"alpha": 0.5}, id="a name that is not known"),
        pytest.param({"weights": {"bm25": 2.0}}, id="out of bounds"),
    ],
)
def test_a_tuning_that_can_not_be_read_is_ignored_and_logged(
    settings: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        found = in_force(replace(TUNING, settings=settings))
    assert (found.settings, found.tuning) == (CONFIGURED, None)
    assert found.ignored == "another version made it; tune the collection again"
    assert next(iter(settings)) in caplog.text
