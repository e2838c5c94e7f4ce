import pytest

from eval.runs import Run
from eval.table import build_table
from eval.verdict import Outcome, outcome, verdict


def hits(stage, found):
    """A run that ranks the relevant document first on the queries in ``found``, else nothing."""
    return Run(stage, {f"q{n}": (("d", 1.0),) if n in found else () for n in range(99)})


def verdicts(**found):
    """Hit rate at 1 of ``ensemble`` and others against bm25, which finds the first fifty."""
    runs = [hits("bm25", range(50)), *(hits(stage, numbers) for stage, numbers in found.items())]
    qrels = {f"q{n}": {"d": 1} for n in range(99)}
    routes = ["bm25", "embedding"] if "embedding" in found else ["bm25"]
    table = build_table(runs, qrels, routes=routes, ks=[1])
    comparisons = [item for item in table.comparisons if item.measure == "hit@1"]
    return {item.stage: verdict(item, table) for item in comparisons}, {
        item.stage: outcome(item, level=0.95) for item in comparisons
    }


def test_a_gain_that_chance_does_not_explain_is_called_better():
    words, outcomes = verdicts(ensemble=range(60))
    assert outcomes["ensemble"] is Outcome.BETTER
    assert words["ensemble"].startswith("ensemble is better than bm25 (+0.101 [+0.0")


def test_a_loss_says_which_route_to_serve():
    words, outcomes = verdicts(ensemble=range(40))
    assert outcomes["ensemble"] is Outcome.WORSE
    assert words["ensemble"].startswith("ensemble is worse than bm25 (-0.101 [")
    assert words["ensemble"].endswith("): serve bm25 alone")


def test_four_questions_won_and_none_lost_are_no_evidence():
    words, outcomes = verdicts(ensemble=range(54))
    assert outcomes["ensemble"] is Outcome.UNDECIDED
    assert words["ensemble"].startswith(
        "no difference between ensemble and bm25 can be seen with 99 questions (+0.040 ["
    )


def test_stages_that_never_differ_are_said_to_score_alike():
    words, _ = verdicts(ensemble=range(50))
    assert words["ensemble"] == "ensemble and bm25 score alike on each of 99 questions"


def test_a_weaker_route_is_no_reason_to_serve_the_other_alone():
    words, _ = verdicts(embedding=range(40))
    assert words["embedding"].endswith(")")


def test_a_combination_that_loses_beside_one_that_wins_is_no_reason_either():
    words, _ = verdicts(ensemble=range(60), ensemble_rerank=range(40))
    assert words["ensemble_rerank"].startswith("ensemble_rerank is worse than bm25")
    assert words["ensemble_rerank"].endswith(")")


@pytest.mark.parametrize("won", [6, 20])
def test_the_words_follow_the_level(won):
    _, outcomes = verdicts(ensemble=range(50 + won))
    assert outcomes["ensemble"] is Outcome.BETTER
