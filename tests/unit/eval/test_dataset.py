import pytest

from eval.datasets.beir import read_corpus, read_dataset
from eval.datasets.dataset import Corpus, Dataset, EvalDocument, EvalQuery, pool
from eval.errors import InvalidDataset


def document(id_, text="text"):
    return EvalDocument(id_, "", text)


def dataset(**changes):
    parts = {
        "name": "small",
        "documents": {"d1": document("d1"), "d2": document("d2")},
        "queries": {"q1": EvalQuery("q1", "one"), "q2": EvalQuery("q2", "two")},
        "qrels": {"q1": {"d1": 1, "d2": 0}, "q2": {"d2": 1}},
    }
    return Dataset(**{**parts, **changes})


def test_the_hash_depends_on_neither_name_nor_order():
    other = dataset(
        name="renamed",
        documents={"d2": document("d2"), "d1": document("d1")},
        qrels={"q2": {"d2": 1}, "q1": {"d2": 0, "d1": 1}},
    )
    assert other.hash == dataset().hash


def test_the_hash_stays_what_it_is_from_version_to_version():
    assert dataset().hash == "1186dd5814702866a202485756a6b517c73240d0de209e6cf2c76811e0823144"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(
            {"documents": {"d1": document("d1"), "d2": document("d2", "Text")}}, id="a text"
        ),
        pytest.param({"qrels": {"q1": {"d1": 2, "d2": 0}, "q2": {"d2": 1}}}, id="a grade"),
        pytest.param(
            {"queries": {"q1": EvalQuery("q1", "one"), "q2": EvalQuery("q2", "two", ("2",))}},
            id="an answer",
        ),
        pytest.param({"unanswerable": {"u": EvalQuery("u", "who")}}, id="an unanswerable query"),
    ],
)
def test_the_hash_changes_with(changed):
    assert dataset(**changed).hash != dataset().hash


def test_questions_that_no_person_asked_are_counted():
    written = EvalQuery("q2", "two", metadata={"synthetic": True})
    assert dataset(queries={"q1": EvalQuery("q1", "one"), "q2": written}).synthetic == 1
    assert dataset().synthetic == 0


def test_one_half_or_some_kinds_may_be_asked_alone_over_the_same_documents():
    documents = {"d": EvalDocument("d", "", "text")}
    queries = {
        f"{half}-{kind}": EvalQuery(f"{half}-{kind}", "?", half=half, kind=kind)
        for half in ("seen", "unseen")
        for kind in ("fact", "list")
    }
    near = {"none": EvalQuery("none", "?", half="seen", kind="unanswerable")}
    whole = Dataset("set", documents, queries, {id_: {"d": 1} for id_ in queries}, near)
    assert whole.only() == whole
    seen = whole.only(half="seen")
    assert (list(seen.queries), list(seen.unanswerable)) == (["seen-fact", "seen-list"], ["none"])
    assert seen.qrels.keys() == seen.queries.keys()
    assert seen.documents == documents
    lists = whole.only(half="unseen", kinds=["list"])
    assert (list(lists.queries), list(lists.unanswerable)) == (["unseen-list"], [])
    with pytest.raises(InvalidDataset, match="no question of half unseen and table; its kinds are"):
        whole.only(half="unseen", kinds=["table"])


def test_pooling_adds_documents_and_no_judgments():
    pooled = pool(dataset(), Corpus("news", {"n1": document("n1")}), Corpus("more", {}))
    assert pooled.name == "small+news+more"
    assert list(pooled.documents) == ["d1", "d2", "n1"]
    assert pooled.qrels == dataset().qrels
    assert pooled.hash != dataset().hash


def test_pooled_corpora_that_share_an_id_are_refused():
    with pytest.raises(InvalidDataset, match='news and small both hold a document "d2"'):
        pool(dataset(), Corpus("news", {"d2": document("d2")}))


@pytest.mark.shared_data
def test_a_chinese_set_is_pooled_with_ten_thousand_news_articles(shared_data):
    pooled = pool(
        read_dataset(shared_data / "eval" / "cmrc2018_dev"),
        read_corpus(shared_data / "eval" / "zh_news_distractors"),
    )
    assert len(pooled.documents) == 848 + 10_000
    assert len(pooled.queries) == 3219
