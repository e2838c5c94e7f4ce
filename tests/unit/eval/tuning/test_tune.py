"""Tuning on simulated routes, of which it is known how good they are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from app.domain.hits import Candidate
from app.settings import RetrievalSettings
from eval.errors import EvaluationError
from eval.tuning.candidate_arrays import CandidateArrays, Question, to_arrays
from eval.tuning.tune import MIN_QUESTIONS, reciprocal, tune
from eval.tuning.tuning_report import TuningReport, in_words

DEPTH = 10
DOCUMENTS = 20
USELESS, FAIR, GOOD = 0.0, 1.5, 3.0
"""By how many standard deviations of its noise a route scores the relevant document higher."""
CONFIGURED = RetrievalSettings(depth=DEPTH)
EQUAL_RRF = RetrievalSettings(depth=DEPTH, fusion="rrf")


def simulated(
    signals: Sequence[Mapping[str, float]],
    *,
    seed: int = 0,
    languages: Sequence[str] | None = None,
    factors: Mapping[str, float] | None = None,
) -> CandidateArrays:
    """A question for each of ``signals``, which tell how good each route is for it."""
    rng = np.random.default_rng(seed)
    questions = [
        Question(
            id=str(n),
            language=languages[n] if languages else "en",
            kind="question",
            rankings={route: ranking(rng, signal) for route, signal in by_route.items()},
            factors=factors or {},
        )
        for n, by_route in enumerate(signals)
    ]
    return to_arrays(
        questions,
        routes=("bm25", "dense"),
        qrels={question.id: {"d00": 1} for question in questions},
        document_of=lambda chunk_id: chunk_id,
    )


def ranking(rng: np.random.Generator, signal: float) -> list[Candidate]:
    """``d00`` is the relevant document."""
    scores = rng.normal(size=DOCUMENTS)
    scores[0] += signal
    best = np.argsort(-scores)[:DEPTH]
    return [
        Candidate(f"d{document:02}", rank, float(scores[document]))
        for rank, document in enumerate(best, start=1)
    ]


def one_useless(count: int = 200) -> CandidateArrays:
    return simulated([{"bm25": USELESS, "dense": GOOD}] * count)


@pytest.fixture(scope="module")
def report() -> TuningReport:
    return tune(one_useless(), EQUAL_RRF, recalled_depth=DEPTH)


def test_a_reciprocal_rank_beyond_the_tenth_counts_nothing() -> None:
    assert reciprocal(np.array([0, 1, 4, 10, 11])).tolist() == [0.0, 1.0, 0.25, 0.1, 0.0]


def test_nothing_is_accepted_where_the_configured_settings_are_as_good_as_any() -> None:
    accepted = [
        seed
        for seed in range(20)
        if tune(
            simulated([{"bm25": FAIR, "dense": FAIR}] * 100, seed=seed),
            CONFIGURED,
            recalled_depth=DEPTH,
        ).settings
    ]
    assert len(accepted) <= 2  # one in twenty passes at the level of 0.05, by what chance is


def test_a_useless_route_is_weighed_down(report: TuningReport) -> None:
    assert report.scope == "all queries"
    weights = RetrievalSettings(**report.settings).weights
    assert weights["dense"] >= 0.8
    assert report.best_route == "dense"
    worse = report.against_route.difference < 0
    assert not (worse and report.against_route.p_randomisation <= 0.05)


def test_an_accepted_gain_is_on_questions_held_out(report: TuningReport) -> None:
    (attempt,) = report.accepted
    assert attempt.accepted
    assert attempt.held_out.interval.low > 0
    assert attempt.p_corrected <= 0.05
    assert attempt.untouched.difference > 0
    assert (report.questions, report.untouched_questions) == (200, 40)


def test_the_sweep_shows_where_the_useless_route_is_left_out(report: TuningReport) -> None:
    assert [point.weight for point in report.sweep] == [step / 20 for step in range(21)]
    assert report.sweep[10].mrr_at_10 == pytest.approx(report.default_mrr_at_10)
    assert report.sweep[0].mrr_at_10 > report.sweep[10].mrr_at_10 > report.sweep[20].mrr_at_10


def test_languages_with_opposite_routes_get_weights_of_their_own() -> None:
    count = 150
    signals = [{"bm25": GOOD, "dense": USELESS}] * count + [
        {"bm25": USELESS, "dense": GOOD}
    ] * count
    languages = ["en"] * count + ["zh"] * count
    report = tune(simulated(signals, languages=languages), CONFIGURED, recalled_depth=DEPTH)
    assert report.scope == "by language"
    served = RetrievalSettings(**report.settings)
    assert served.weight_rules
    by_language = {rule.language: rule.weights for rule in served.weight_rules}
    assert by_language.get("en", served.weights)["bm25"] >= 0.8
    assert by_language.get("zh", served.weights)["dense"] >= 0.8


def test_a_choice_by_language_is_not_served_where_one_for_all_does_as_well() -> None:
    languages = ["en", "zh"] * 150
    recalled = simulated([{"bm25": USELESS, "dense": GOOD}] * 300, languages=languages)
    report = tune(recalled, EQUAL_RRF, recalled_depth=DEPTH)
    assert [attempt.scope for attempt in report.attempts] == ["all queries", "by language"]
    assert report.scope == "all queries"


def test_the_best_route_is_judged_by_its_own_ranking_even_where_it_is_not_trusted() -> None:
    """A weight of 1 for a route whose factor is 0 is none: all weights are equal then."""
    recalled = simulated([{"bm25": USELESS, "dense": GOOD}] * 60, factors={"dense": 0.0})
    report = tune(recalled, EQUAL_RRF, recalled_depth=DEPTH)
    assert report.best_route == "dense"
    assert report.against_route.difference < 0  # so dense alone is out of reach


@pytest.mark.parametrize("count", [1, MIN_QUESTIONS - 1])
def test_few_questions_are_refused(count: int) -> None:
    with pytest.raises(EvaluationError, match=f"{count} judged questions are too few"):
        tune(one_useless(count), EQUAL_RRF, recalled_depth=DEPTH)


def test_the_least_number_of_questions_is_enough() -> None:
    assert tune(one_useless(MIN_QUESTIONS), EQUAL_RRF, recalled_depth=DEPTH).questions == 50


# --- what is told --------------------------------------------------------------------------------


def test_evidence_is_flat_and_names_the_gain(report: TuningReport) -> None:
    evidence = report.evidence()
    assert all(isinstance(value, str | int | float) for value in evidence.values())
    assert evidence["questions"] == 200
    assert evidence["best_single_route"] == "dense"
    gain = evidence["all queries: held-out gain, mrr@10"]
    assert 0 < evidence["all queries: low"] < gain < evidence["all queries: high"]
    assert json.loads(json.dumps(evidence)) == evidence


def test_there_is_no_evidence_for_nothing() -> None:
    recalled = simulated([{"bm25": GOOD, "dense": GOOD}] * 60)
    report = tune(recalled, CONFIGURED, recalled_depth=DEPTH)
    assert (report.settings, report.scope, report.accepted) == ({}, None, ())
    with pytest.raises(ValueError, match="no setting was accepted"):
        report.evidence()
    *_, last = in_words(report)
    assert last.startswith("The configured settings stay")


def test_the_findings_are_told_in_words(report: TuningReport) -> None:
    first, attempt, over, served = in_words(report)
    assert first.startswith(f"{report.settings_tried} settings on 200 questions, 40 of them ")
    assert attempt.startswith("all queries: accepted: a significant gain on questions that it was ")
    assert over.startswith("The fusion to be served against dense alone: ")
    assert served.startswith("To serve (all queries): fusion = ")
    assert "weight_rules" not in served


def test_the_same_questions_give_the_same_report(report: TuningReport) -> None:
    again = tune(one_useless(), EQUAL_RRF, recalled_depth=DEPTH)
    assert again.to_json() == report.to_json()
    assert json.loads(report.to_json())["format"] == "attest-tuning/1"
    assert TuningReport.from_json(report.to_json()).to_json() == report.to_json()
    other = tune(one_useless(), EQUAL_RRF, recalled_depth=DEPTH, seed=1)
    assert other.to_json() != report.to_json()
