from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.documents import Document
from app.errors import StoreCorrupted
from app.fakes import FakeAnalyzer, FakeEmbedder
from app.retrieval.pipeline import make_pipeline
from app.settings import RetrievalSettings, Settings, StoreSettings
from app.stores.local.store import LocalStore
from eval.datasets.dataset import Dataset, EvalDocument, EvalQuery
from eval.errors import EvaluationError, NotComparable
from eval.reports.gates import Threshold, check_regression, check_thresholds, parse_threshold
from eval.retrieval.evaluate import evaluate
from eval.retrieval.pipeline_searcher import PipelineSearcher
from ingest.indexer import Indexer
from tests.unit.eval.ranked_reports import dataset_of, report_of

BASE = {"bm25": [1] * 40, "embedding": [1] * 20 + [2] * 20, "ensemble": [1] * 38 + [2] * 2}


@pytest.mark.parametrize(
    ("text", "stage", "measure", "minimum"),
    [
        ("ensemble.hit@1>=0.8", "ensemble", "hit@1", 0.8),
        ("ensemble_rerank.mrr@10 >= 1", "ensemble_rerank", "mrr@10", 1.0),
        ("hit@1=0.8", None, "hit@1", 0.8),
        ("  ndcg@10>=.5 ", None, "ndcg@10", 0.5),
    ],
)
def test_a_threshold_names_a_stage_or_the_last_one_a_measure_and_its_least_value(
    text, stage, measure, minimum
):
    assert parse_threshold(text) == Threshold(stage, measure, minimum)


@pytest.mark.parametrize(
    "text",
    ["", "hit@1", "hit@1<0.5", "hit>=0.5", "hit@1>=80", "hit@1>=1.5", "hit@1>=0,8", "hit@1>=nan"],
)
def test_a_threshold_of_another_form_is_refused_with_an_example(text):
    with pytest.raises(EvaluationError, match=r"is not a threshold; one reads ensemble.hit@1>=0.8"):
        parse_threshold(text)


def test_a_measure_below_its_threshold_is_told_and_one_that_reaches_it_is_not():
    report = report_of(BASE)
    met = ["hit@1>=0.95", "bm25.hit@1=1", "embedding.mrr@10>=0.75"]
    assert check_thresholds(report, met) == []
    assert check_thresholds(report, [*met, "hit@1>=0.96", "embedding.hit@1>=0.6"]) == [
        "ensemble: hit@1 is 0.9500, below the 0.96 that was asked for",
        "embedding: hit@1 is 0.5000, below the 0.6 that was asked for",
    ]


def test_a_threshold_on_what_the_report_does_not_hold_is_an_error_that_says_what_it_holds():
    report = report_of(BASE)
    with pytest.raises(EvaluationError, match='no stage "dense"; there are bm25, embedding, ens'):
        check_thresholds(report, ["dense.hit@1>=0.5"])
    with pytest.raises(EvaluationError, match="no measure hit@2; there are hit@1, hit@3"):
        check_thresholds(report, ["hit@2>=0.5"])


def test_the_same_results_are_no_regression():
    assert check_regression(report_of(BASE), report_of(BASE)) == []


def test_a_fall_that_chance_explains_is_no_regression():
    assert check_regression(report_of({**BASE, "bm25": [1] * 37 + [2] * 3}), report_of(BASE)) == []


def test_a_gain_is_no_regression():
    assert check_regression(report_of({**BASE, "embedding": [1] * 40}), report_of(BASE)) == []


def test_a_route_that_fell_is_named_with_the_combinations_that_fell_with_it():
    now = report_of({**BASE, "bm25": [0] * 40, "ensemble": [1] * 20 + [2] * 20})
    hit, mrr = check_regression(now, report_of(BASE))
    assert hit.startswith("route bm25: hit@1 fell from 1.000 to 0.000 (-1.000 [-1.000, -1.000], p")
    assert hit.endswith("0 won, 40 lost); ensemble fell with it, from 0.950 to 0.500")
    assert mrr.startswith("route bm25: mrr@10 fell from 1.000 to 0.000")


def test_a_combination_that_fell_alone_is_not_laid_on_a_route():
    failures = check_regression(report_of({**BASE, "ensemble": [3] * 40}), report_of(BASE))
    assert [failure.split(" (")[0] for failure in failures] == [
        "stage ensemble: hit@1 fell from 0.950 to 0.000",
        "stage ensemble: mrr@10 fell from 0.975 to 0.333",
    ]
    assert all(failure.endswith(", though no route did") for failure in failures)


def test_a_stage_that_is_gone_and_a_part_that_failed_are_told():
    now = report_of(
        {stage: BASE[stage] for stage in ("bm25", "ensemble")}, degraded={"dense: timeout": 3}
    )
    assert check_regression(now, report_of(BASE)) == [
        "route embedding is missing; the base has it",
        "degraded on 3 of 40 questions: dense: timeout",
    ]


def test_another_dataset_is_no_base():
    with pytest.raises(NotComparable):
        check_regression(report_of(BASE), report_of({"bm25": [1]}, dataset=dataset_of(1)))


TOWNS = [f"town{n}" for n in range(40)]
RIVERS = Dataset(
    name="rivers",
    documents={town: EvalDocument(town, "", f"{town} lies by river{town}") for town in TOWNS},
    queries={f"q-{town}": EvalQuery(f"q-{town}", f"by which river lies {town}") for town in TOWNS},
    qrels={f"q-{town}": {town: 1} for town in TOWNS},
)


class Tampered:
    """A collection whose lexical search goes through ``change``; all else is the collection's."""

    def __init__(self, collection, change):
        self._collection = collection
        self._change = change

    def __getattr__(self, name):
        return getattr(self._collection, name)

    def search_lexical(self, terms, *, limit, where=None):
        found = self._collection.search_lexical(terms, limit=limit, where=where)
        return self._change(found)


def reversed_order(found):
    return [
        type(candidate)(candidate.chunk_id, rank, 1.0 / rank)
        for rank, candidate in enumerate(reversed(found), start=1)
    ]


def corrupted(found):
    raise StoreCorrupted("the index is damaged")


@pytest.fixture
def evaluated(tmp_path):
    """A function from a change of the lexical results to a report on a real collection."""
    settings = Settings(store=StoreSettings(directory=tmp_path))
    store = LocalStore(settings.store, FakeAnalyzer())
    indexer = Indexer(FakeEmbedder(), FakeAnalyzer(), settings)
    collection = store.create("rivers", indexer.fingerprint)
    documents = [Document(town.id, town.text) for town in RIVERS.documents.values()]
    collection.put(indexer.embed([indexer.chunk(document, "hash") for document in documents]))
    executor = ThreadPoolExecutor(2)

    def made(change):
        pipeline = make_pipeline(
            Tampered(collection, change),
            analyzer=FakeAnalyzer(),
            embedder=FakeEmbedder(),
            reranker=None,
            settings=RetrievalSettings(),
            executor=executor,
        )
        searcher = PipelineSearcher(pipeline, routes=("bm25", "dense"))
        return evaluate(RIVERS, searcher, provenance={})

    yield made
    executor.shutdown()
    store.close()


def test_a_sound_collection_does_not_regress_against_itself(evaluated):
    base = evaluated(list)
    assert base.table.row("bm25").cells["hit@1"].mean == 1.0
    assert check_regression(evaluated(list), base) == []


@pytest.mark.parametrize(
    "change", [reversed_order, lambda found: []], ids=["reversed", "empty results"]
)
def test_a_route_that_silently_broke_is_found_and_named(evaluated, change):
    failures = check_regression(evaluated(change), evaluated(list))
    assert failures
    assert all(failure.startswith("route bm25: ") for failure in failures)
    assert failures[0].startswith("route bm25: hit@1 fell from 1.000 to 0.0")


def test_a_route_that_fails_openly_is_named_too(evaluated):
    failures = check_regression(evaluated(corrupted), evaluated(list))
    assert failures[0].startswith("degraded on 40 of 40 questions: bm25: ")
    assert failures[1].startswith("route bm25: hit@1 fell from 1.000 to 0.000")
