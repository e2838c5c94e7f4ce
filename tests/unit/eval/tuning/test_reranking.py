from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from app.domain.hits import CandidateTrace, Contribution
from app.retrieval.ranking.learned import shipped
from app.settings import RetrievalSettings
from eval.tuning.reranking import DEEPEST, RerankedCandidates, tune_reranking
from eval.tuning.tune import SEED
from eval.tuning.tuning_report import Attempt, TuningReport, in_words

QUESTIONS = 120
CANDIDATES = 60
Score = Callable[[random.Random, bool], float | None]


def simulated(
    score: Score, matching: Score
) -> tuple[list[RerankedCandidates], dict[str, dict[str, int]]]:
    """Questions whose relevant document is somewhere in the first of the fused order."""
    chance = random.Random(7)
    questions, qrels = [], {}
    for n in range(QUESTIONS):
        relevant = int(chance.expovariate(0.5))
        qrels[f"q{n}"] = {f"d{relevant}": 1}
        candidates = [
            CandidateTrace(
                chunk_id=f"d{place}#0",
                document_id=f"d{place}",
                routes={"bm25": Contribution(place + 1, 1.0, 1.0)},
                fused_rank=place + 1,
                fused_score=1.0 - place / CANDIDATES,
                term_match=matching(chance, place == relevant) if place < DEEPEST else None,
                rerank_score=score(chance, place == relevant) if place < DEEPEST else None,
            )
            for place in range(CANDIDATES)
        ]
        chance.shuffle(candidates)  # they come in the reranked order
        questions.append(RerankedCandidates(f"q{n}", tuple(candidates)))
    return questions, qrels


def alike(chance: random.Random, relevant: bool) -> float:
    return 0.5


def tuned(score: Score, matching: Score = alike, **configured: object) -> Attempt:
    questions, qrels = simulated(score, matching)
    return tune_reranking(
        questions, qrels, RetrievalSettings(**configured), learned=shipped(), seed=SEED
    )


def knows(chance: random.Random, relevant: bool) -> float:
    return chance.gauss(4.0 if relevant else 0.0, 1.0)


def guesses(chance: random.Random, relevant: bool) -> float:
    return chance.random()


def test_a_reranker_that_guesses_hardly_counts_any_more() -> None:
    attempt = tuned(guesses, rerank_weight=4.0)
    assert attempt.accepted
    assert RetrievalSettings(**attempt.chosen).rerank_weight <= 1.0
    assert attempt.held_out.interval.low > 0


def test_a_reranker_that_knows_gets_more_weight() -> None:
    attempt = tuned(knows, rerank_weight=0.0)
    assert attempt.accepted
    assert RetrievalSettings(**attempt.chosen).rerank_weight >= 0.5


def test_what_can_not_be_bettered_stays() -> None:
    attempt = tuned(lambda _, relevant: float(relevant), rerank_depth=DEEPEST)
    assert not attempt.accepted
    assert attempt.chosen == {
        "match_depth": DEEPEST,
        "match_weight": 1.0,
        "rerank_depth": DEEPEST,
        "rerank_weight": 1.0,
    }


def test_matches_are_weighed_where_there_is_no_reranker() -> None:
    def none(chance: random.Random, relevant: bool) -> None:
        return None

    def misleads(chance: random.Random, relevant: bool) -> float:
        return chance.random()

    attempt = tuned(none, misleads, match_weight=2.0)
    assert attempt.accepted
    assert RetrievalSettings(**attempt.chosen).match_weight < 2.0
    assert attempt.chosen["rerank_weight"] == 1.0

    def tells(chance: random.Random, relevant: bool) -> float:
        return 0.9 if relevant else 0.1

    attempt = tuned(none, tells, match_weight=0.0)
    assert attempt.accepted
    assert RetrievalSettings(**attempt.chosen).match_weight >= 0.5


@pytest.mark.parametrize("depth", [1, 200])
def test_any_configured_depth_is_compared_with(depth: int) -> None:
    assert tuned(guesses, rerank_depth=depth, rerank_weight=4.0).accepted is (depth > 1)


def test_the_reranking_that_is_accepted_is_served_and_told() -> None:
    attempt = tuned(guesses, rerank_weight=4.0)
    fusion_stays = TuningReport(
        questions=QUESTIONS,
        untouched_questions=24,
        settings_tried=231,
        default={},
        default_mrr_at_10=0.3,
        attempts=(),
        settings={},
        scope=None,
        best_route="bm25",
        against_route=attempt.held_out,
        sweep=(),
        seed=SEED,
    )
    report = fusion_stays.with_reranking(attempt)
    assert report.settings == attempt.chosen
    assert report.evidence()["reranking: held-out gain, mrr@10"] == pytest.approx(
        attempt.held_out.difference, abs=1e-6
    )
    chosen = ", ".join(f"{name} = {value}" for name, value in attempt.chosen.items())
    served = f"To serve (reranking): {chosen}"
    assert served in list(in_words(report))
