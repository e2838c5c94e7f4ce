"""Every shared metric equals trec_eval's, on random rankings and on a real run."""

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from eval.datasets.beir import read_dataset
from eval.metrics.measure import Measure

KS = (1, 3, 5, 10, 100)
TREC_NAMES = {
    "hit": "success",
    "recall": "recall",
    "precision": "P",
    "map": "map_cut",
    "ndcg": "ndcg_cut",
}
TOLERANCE = 1e-6


def assert_agreement(rankings, qrels):
    depths = ",".join(map(str, KS))
    evaluator = pytrec_eval.RelevanceEvaluator(
        qrels, {f"{name}.{depths}" for name in TREC_NAMES.values()}
    )
    theirs = evaluator.evaluate(as_trec_run(rankings))
    for query_id, ranking in rankings.items():
        for name, trec_name in TREC_NAMES.items():
            for k in KS:
                ours = Measure(name, k).score(ranking, qrels[query_id])
                assert ours == pytest.approx(theirs[query_id][f"{trec_name}_{k}"], abs=TOLERANCE), (
                    f"{name}@{k} of {query_id}"
                )
    for k in KS:  # recip_rank knows no depth, so the run is cut for it
        cut = {query_id: ranking[:k] for query_id, ranking in rankings.items()}
        theirs = pytrec_eval.RelevanceEvaluator(qrels, {"recip_rank"}).evaluate(as_trec_run(cut))
        for query_id, ranking in rankings.items():
            ours = Measure("mrr", k).score(ranking, qrels[query_id])
            assert ours == pytest.approx(theirs[query_id]["recip_rank"], abs=TOLERANCE)


def as_trec_run(rankings):
    """Distinct scores: trec_eval sorts by score and breaks ties by id."""
    return {
        query_id: {id_: float(len(ranking) - rank) for rank, id_ in enumerate(ranking)}
        for query_id, ranking in rankings.items()
    }


DOCUMENTS = [f"d{n}" for n in range(30)]
JUDGMENTS = st.dictionaries(
    st.sampled_from(DOCUMENTS), st.integers(min_value=0, max_value=4), min_size=1
)
"""Grades below 0 are left out: pytrec_eval reads beyond its arrays on some of them."""
RANKINGS = st.lists(st.sampled_from(DOCUMENTS), unique=True, min_size=1)


@given(st.dictionaries(st.sampled_from("pqr"), st.tuples(RANKINGS, JUDGMENTS), min_size=1))
def test_all_metrics_agree_with_trec_eval_on_any_ranking(queries):
    assert_agreement(
        {query_id: ranking for query_id, (ranking, _) in queries.items()},
        {query_id: judgments for query_id, (_, judgments) in queries.items()},
    )


@pytest.mark.shared_data
def test_all_metrics_agree_with_trec_eval_on_a_bm25_run_over_scifact(shared_data):
    dataset = read_dataset(shared_data / "eval" / "scifact")
    ids = list(dataset.documents)
    bm25 = BM25Okapi(
        [f"{doc.title} {doc.text}".lower().split() for doc in dataset.documents.values()]
    )
    rankings = {}
    for query in list(dataset.queries.values())[:50]:
        scores = bm25.get_scores(query.text.lower().split())
        best = sorted(range(len(ids)), key=lambda n: (-scores[n], ids[n]))[:100]
        rankings[query.id] = [ids[n] for n in best]
    hits = [Measure("hit", 10).score(rankings[id_], dataset.qrels[id_]) for id_ in rankings]
    assert sum(hits) / len(hits) > 0.5, "the run is a real one"
    assert_agreement(rankings, {id_: dict(dataset.qrels[id_]) for id_ in rankings})
