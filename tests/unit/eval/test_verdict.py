from eval.retrieval.runs import Run
from eval.retrieval.table import build_table
from eval.retrieval.verdict import Outcome, outcome, verdict


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
    return {
        (item.stage, item.baseline): (verdict(item, table), outcome(item.test, item.p_corrected))
        for item in comparisons
    }


def test_fusion_helps_where_chance_does_not_explain_its_gain():
    words, found = verdicts(ensemble=range(60))["ensemble", "bm25"]
    assert found is Outcome.BETTER
    assert words.startswith("fusion helps (ensemble against bm25: +0.101 [+0.0")
    assert words.endswith(", 10 won, 0 lost)")


def test_where_fusion_hurts_the_words_say_which_route_to_serve():
    words, found = verdicts(ensemble=range(40))["ensemble", "bm25"]
    assert found is Outcome.WORSE
    assert words.startswith("fusion hurts: serve bm25 alone (ensemble against bm25: -0.101 [")


def test_four_questions_won_and_none_lost_are_no_evidence():
    words, found = verdicts(ensemble=range(54))["ensemble", "bm25"]
    assert found is Outcome.UNDECIDED
    assert words.startswith(
        "no difference between ensemble and bm25 can be seen with 99 questions (+0.040 ["
    )


def test_six_questions_won_and_none_lost_are_no_evidence_among_two_comparisons():
    """p = 2/2^6 = 0.031 alone, and hit rate and MRR are both tested: 0.0625."""
    words, found = verdicts(ensemble=range(56))["ensemble", "bm25"]
    assert found is Outcome.UNDECIDED
    assert "p = 0.06" in words


def test_stages_that_never_differ_are_said_to_score_alike():
    words, _ = verdicts(ensemble=range(50))["ensemble", "bm25"]
    assert words == "ensemble and bm25 score alike on each of 99 questions"


def test_a_weaker_route_is_no_reason_to_serve_the_other_alone():
    words, found = verdicts(embedding=range(30))["embedding", "bm25"]
    assert found is Outcome.WORSE
    assert words.startswith("embedding is worse than bm25 (-0.2")


def test_reranking_is_judged_by_the_ensemble_that_it_reorders():
    found = verdicts(ensemble=range(70), ensemble_rerank=range(90))
    words, better = found["ensemble_rerank", "ensemble"]
    assert better is Outcome.BETTER
    assert words.startswith("reranking helps (ensemble_rerank against ensemble: +0.202 [")
    assert found["ensemble_rerank", "bm25"][0].startswith("fusion with reranking helps (")


def test_a_reranker_that_hurts_is_to_be_switched_off():
    found = verdicts(ensemble=range(70), ensemble_rerank=range(30))
    assert found["ensemble_rerank", "ensemble"][0].startswith("reranking hurts: switch it off (")
    assert found["ensemble_rerank", "bm25"][0].startswith(
        "fusion with reranking hurts: do not serve it ("
    )
    assert found["ensemble", "bm25"][0].startswith("fusion helps (")


def test_fusion_that_hurts_is_no_reason_to_serve_a_route_where_reranking_makes_up_for_it():
    found = verdicts(ensemble=range(30), ensemble_rerank=range(90))
    assert found["ensemble", "bm25"][0].startswith("fusion hurts (ensemble against bm25: ")


def test_a_combination_that_has_no_name_of_its_own_is_better_or_worse():
    found = verdicts(blend=range(90), other=range(20))
    assert found["blend", "bm25"][0].startswith("blend is better than bm25 (")
    assert found["other", "blend"][0].startswith("other is worse than blend (")
