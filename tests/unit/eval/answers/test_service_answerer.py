import pytest

from app.access.guarded_store import GuardedStore
from app.domain.collections import Fingerprint
from app.domain.documents import Chunk, Document, IndexedDocument
from app.fakes import FakeAnalyzer, FakeEmbedder
from app.service import Service
from app.settings import AnswerSettings, RetrievalSettings, Settings, StoreSettings
from app.stores.local.store import LocalStore
from eval.answers.evaluate import evaluate_answers
from eval.answers.service_answerer import ServiceAnswerer, answer_facts, unhurried
from eval.datasets.dataset import Dataset, EvalDocument, EvalQuery
from eval.retrieval.table import Resampling

TEXTS = {
    "fusion": "Fusion adds weighted reciprocal ranks. The constant K of fusion is 60 by default.",
    "backup": "A snapshot copies the catalog. Snapshots of the catalog are kept for thirty days.",
}
DATASET = Dataset(
    name="manual",
    documents={id_: EvalDocument(id_, id_, text) for id_, text in TEXTS.items()},
    queries={
        "k": EvalQuery("k", "What is the constant K of fusion by default?", answers=("60",)),
        "days": EvalQuery("days", "How long are snapshots of the catalog kept?", answers=("30",)),
    },
    qrels={"k": {"fusion": 1}, "days": {"backup": 1}},
)


@pytest.fixture
def service(tmp_path):
    analyzer, embedder = FakeAnalyzer(), FakeEmbedder()
    settings = Settings(store=StoreSettings(directory=tmp_path))
    store = LocalStore(settings.store, analyzer)
    store.create(
        "manual", Fingerprint(embedder.id, embedder.dimension, analyzer.version, "whole")
    ).put(
        [
            IndexedDocument(
                Document(id_, text),
                (Chunk(f"{id_}#0", id_, 0, text, (0, len(text))),),
                embedder.embed_passages([text]),
                content_hash=id_,
            )
            for id_, text in TEXTS.items()
        ]
    )
    made = Service(
        collections=GuardedStore(store),
        analyzer=analyzer,
        embedder=embedder,
        reranker=None,
        generator=None,
        ingestor=None,
        settings=settings,
    )
    yield made
    made.close()


def test_the_service_is_evaluated_from_its_search_to_its_quotes(service):
    found = evaluate_answers(
        DATASET,
        ServiceAnswerer(service, "manual"),
        generator="none",
        provenance={},
        withhold=True,
        resampling=Resampling(resamples=50),
    )
    means = {name: score.mean for name, score in found.overall.measures.items()}
    assert [q.mode for q in found.questions[:2]] == ["extractive", "extractive"]
    assert (means["contains"], means["citation_hit"]) == (0.5, 1.0)  # "30" is "thirty" there
    assert found.withheld.recall.n == 2
    assert found.quotations > 0
    assert found.misquoted == 0
    assert found.milliseconds.p95 >= found.milliseconds.p50 > 0.0


def test_documents_that_are_withheld_are_not_even_found(service):
    answerer = ServiceAnswerer(service, "manual")
    answer = answerer.answer("the constant K of fusion", without=["fusion"])
    assert {hit.chunk.document_id for hit in answer.search.hits} == {"backup"}
    assert answerer.document_text("backup") == TEXTS["backup"]


def test_unhurried_settings_differ_in_their_budgets_alone():
    hurried = Settings(
        answer=AnswerSettings(generate_budget_ms=5.0, max_sentences=7),
        retrieval=RetrievalSettings(rerank_budget_ms=5.0, depth=33),
    )
    calm = unhurried(hurried)
    assert calm.answer.generate_budget_ms == calm.retrieval.rerank_budget_ms == 3_600_000.0
    assert calm.answer.max_sentences == 7
    assert calm.retrieval.depth == 33
    assert calm.store == hurried.store


def test_the_facts_of_answering_carry_their_section():
    settings = Settings(answer=AnswerSettings(max_sentences=7))
    assert answer_facts(settings)["answer.max_sentences"] == 7
