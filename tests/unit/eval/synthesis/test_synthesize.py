from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.documents import Block, BlockKind, Document
from app.fakes import FakeAnalyzer, FakeEmbedder, FakeGenerator
from app.requests import SearchRequest
from app.retrieval.pipeline import make_pipeline
from app.settings import RetrievalSettings, Settings, StoreSettings
from app.stores.local.store import LocalStore
from eval.datasets.beir import read_dataset
from eval.datasets.dataset import Corpus, EvalDocument
from eval.errors import EvaluationError
from eval.synthesis.dataset_folder import write_dataset
from eval.synthesis.passages import prose_sentences
from eval.synthesis.question import Kind
from eval.synthesis.sampling import one_per_document_first, shuffled, shuffled_documents
from eval.synthesis.screening import Reason
from eval.synthesis.summary import summary
from eval.synthesis.synthesize import SynthesisSettings, synthesize
from ingest.indexer import Indexer

RHINE = "A tributary is a river that joins a larger one. The Rhine Gorge was discovered in 1850."
YANGTZE = "支流是一种汇入大河的河流，长短不一。三峡大坝位于湖北省宜昌市。"
BREAD = "Sourdough is a bread which wild yeast has raised slowly."
SETUP = "Mixing the dough\n\nStir flour and water for ten minutes and let the dough rest."


def structured(id_, text):
    """A heading, then a paragraph."""
    break_ = text.index("\n\n")
    blocks = (
        Block(BlockKind.HEADING, (0, break_), level=2),
        Block(BlockKind.PARAGRAPH, (break_ + 2, len(text))),
    )
    return Document(id_, text, title="Sourdough baking", blocks=blocks)


@pytest.fixture
def make(tmp_path):
    """A collection of documents and a search in it."""
    settings = Settings(store=StoreSettings(directory=tmp_path))
    store = LocalStore(settings.store, FakeAnalyzer())
    executor = ThreadPoolExecutor(2)
    indexer = Indexer(FakeEmbedder(256), FakeAnalyzer(), settings)

    def made(*documents):
        collection = store.create("rivers", indexer.fingerprint)
        collection.put(indexer.embed([indexer.chunk(d, "hash") for d in documents]))
        pipeline = make_pipeline(
            collection,
            analyzer=FakeAnalyzer(),
            embedder=FakeEmbedder(256),
            reranker=None,
            settings=RetrievalSettings(),
            executor=executor,
        )
        return collection, lambda text: pipeline.search(SearchRequest(text)).hits

    yield made
    store.close()
    executor.shutdown()


@pytest.fixture
def rivers(make):
    return make(Document("rhine", RHINE), Document("yangtze", YANGTZE), structured("bread", SETUP))


def run(made, generator=None, **settings):
    collection, search = made
    return synthesize(
        collection,
        search=search,
        analyzer=FakeAnalyzer(),
        generator=generator,
        settings=SynthesisSettings(**settings),
    )


def asked(synthesis):
    return {(q.text, q.kind.value, q.document_id) for q in synthesis.questions}


def test_definitions_facts_and_headings_are_asked_in_both_languages(rivers):
    assert asked(run(rivers)) == {
        ("What is a tributary?", "definition", "rhine"),
        ("When was the Rhine Gorge discovered?", "fact", "rhine"),
        ("支流是什么？", "definition", "yangtze"),
        ("三峡大坝位于哪里？", "fact", "yangtze"),
        ("Mixing the dough", "heading", "bread"),
    }


def test_each_question_quotes_its_document(rivers):
    collection, _ = rivers
    quotes = {q.text: q.quote for q in run(rivers).questions}
    assert quotes["What is a tributary?"] == "A tributary is a river that joins a larger one."
    assert quotes["Mixing the dough"] == SETUP.partition("\n\n")[2]
    for question in run(rivers).questions:
        assert question.quote in collection.document(question.document_id).text


def test_what_two_documents_define_is_asked_of_neither(make):
    other = "A tributary is a stream that ends in a lake or in another stream."
    synthesis = run(make(Document("rhine", RHINE), Document("lakes", other)))
    assert asked(synthesis) == {("When was the Rhine Gorge discovered?", "fact", "rhine")}
    assert synthesis.removed == {Reason.SAME_QUESTION: 2}


def test_a_heading_of_another_document_makes_a_definition_ambiguous(make):
    about = structured("loaves", "Sourdough\n\nLong ago bakers knew no other way of raising it.")
    made = make(Document("bread", BREAD), about, Document("rhine", RHINE))
    synthesis = run(made, kinds=(Kind.DEFINITION,))
    assert asked(synthesis) == {("What is a tributary?", "definition", "rhine")}
    assert synthesis.removed == {Reason.SAME_QUESTION: 1}


def test_a_sentence_that_another_document_repeats_is_asked_of_neither(make):
    copy = f"Everything about baking, collected from many places over many years. Note: {BREAD}"
    with pytest.raises(EvaluationError, match="1 questions proposed, and none was kept"):
        run(make(Document("bread", BREAD), Document("copy", copy)))


def test_nearly_the_same_passage_in_another_document_is_ambiguous(make):
    copy = BREAD.replace("Sourdough", "Levain")
    made = make(Document("bread", BREAD), Document("copy", copy), Document("rhine", RHINE))
    synthesis = run(made, near_duplicate_cosine=0.8)
    assert synthesis.removed == {Reason.NEAR_DUPLICATE: 2}
    assert {q.document_id for q in synthesis.questions} == {"rhine"}


def test_the_same_seed_gives_the_same_questions_and_another_gives_others(make):
    documents = [
        Document(f"d{n}", f"A thing{n} is a tool that cuts material number{n} in half.")
        for n in range(30)
    ]
    made = make(*documents)
    first = run(made, limit=5, near_duplicate_cosine=1.0)
    assert first == run(made, limit=5, near_duplicate_cosine=1.0)
    assert asked(first) != asked(run(made, limit=5, seed=1, near_duplicate_cosine=1.0))
    assert len(first.questions) == 5


def test_documents_kinds_and_languages_take_turns(make):
    many = " ".join(f"A gadget{n} is a tool for cutting material {n} in half." for n in range(9))
    made = make(Document("many", many), Document("rhine", RHINE), Document("yangtze", YANGTZE))
    synthesis = run(made, limit=4)
    assert Counter(q.lang for q in synthesis.questions) == {"en": 2, "zh": 2}
    assert Counter(q.kind for q in synthesis.questions) == {Kind.DEFINITION: 2, Kind.FACT: 2}


def test_a_generator_writes_for_each_passage_and_what_it_fails_at_is_counted(rivers):
    good = run(rivers, FakeGenerator("Do rivers rest?"), kinds=(Kind.GENERATED,))
    assert good.generator == "fake-generator"
    assert asked(good) == {("Do rivers rest?", "generated", "bread")}
    # Of the river's page it shares "river" only in another form; Chinese pages get no English.
    assert good.removed == {Reason.NO_SHARED_TERM: 1, Reason.NO_QUESTION: 1}
    assert good.proposed == 3


def test_without_a_generator_none_is_generated(rivers):
    with pytest.raises(EvaluationError, match="no question could be made"):
        run(rivers, kinds=(Kind.GENERATED,))


def test_progress_counts_the_questions_kept(rivers):
    collection, search = rivers
    seen = []
    synthesize(
        collection,
        search=search,
        analyzer=FakeAnalyzer(),
        settings=SynthesisSettings(limit=2),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    "settings", [{"limit": 0}, {"per_document": 0}, {"kinds": ()}, {"near_duplicate_cosine": 1.5}]
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match=r"at least 1|in \(0, 1\]"):
        SynthesisSettings(**settings)


def test_the_folder_reads_back_as_a_synthetic_dataset_of_the_collection(rivers, tmp_path):
    collection, _ = rivers
    synthesis = run(rivers)
    write_dataset(synthesis, tmp_path / "out")
    documents = {
        record.id: EvalDocument(record.id, record.title, collection.document(record.id).text)
        for record in collection.records()
    }
    dataset = read_dataset(tmp_path / "out", corpus=Corpus("rivers", documents))
    assert dataset.synthetic == len(dataset.queries) == 5
    by_text = {query.text: query for query in dataset.queries.values()}
    query = by_text["三峡大坝位于哪里？"]
    assert (query.kind, query.lang, query.synthetic) == ("fact", "zh", True)
    assert query.references[0].quote == "三峡大坝位于湖北省宜昌市。"
    assert dataset.qrels[query.id] == {"yangtze": 1}


def test_the_folder_says_that_nobody_asked_and_how_it_was_made(rivers, tmp_path):
    write_dataset(run(rivers, seed=7), tmp_path / "out")
    page = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "No person asked these questions." in page
    assert "| seed | 7 |" in page
    assert "| generator | none: templates only |" in page
    assert "| cosine from which passages are one | 0.97 |" in page


def test_the_same_synthesis_writes_the_same_bytes(rivers, tmp_path):
    for name in ("one", "two"):
        write_dataset(run(rivers), tmp_path / name)
    for name in ("queries.jsonl", "qrels.tsv", "README.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_folder_that_holds_something_is_not_written_over(rivers, tmp_path):
    (tmp_path / "queries.jsonl").write_text("mine", encoding="utf-8")
    with pytest.raises(EvaluationError, match="is not empty"):
        write_dataset(run(rivers), tmp_path)
    assert (tmp_path / "queries.jsonl").read_text(encoding="utf-8") == "mine"


def test_the_summary_counts_by_kind_language_and_reason(make):
    other = "A tributary is a stream that ends in a lake or in another stream."
    made = make(Document("rhine", RHINE), Document("lakes", other), Document("yangtze", YANGTZE))
    assert summary(run(made, limit=9)).splitlines() == [
        "3 synthetic questions about 2 documents.",
        "5 were proposed; 3 chunks were read.",
        "",
        "kind            en    zh",
        "definition       0     1",
        "fact             1     1",
        "",
        "removed",
        "     2  another document answers the same question",
        "",
        "No more could be made: 9 were wanted.",
    ]


class Listing:
    """Records, page by page."""

    def __init__(self, records):
        self._records = records

    def records(self, *, after="", limit=None):
        return [record for record in self._records if record.id > after][:limit]


class Record:
    def __init__(self, id_, chunks=1):
        self.id = id_
        self.chunks = chunks


def test_all_pages_of_a_listing_are_read_and_empty_documents_left_out():
    listing = Listing([Record(f"{n:05}", chunks=n % 2) for n in range(2_500)])
    ids = shuffled_documents(listing, seed=0)
    assert sorted(ids) == [f"{n:05}" for n in range(1, 2_500, 2)]
    assert ids != sorted(ids)


def test_a_document_that_comes_moves_no_other():
    before = shuffled([f"d{n}" for n in range(50)], seed=3)
    after = shuffled([f"d{n}" for n in range(51)], seed=3)
    assert [id_ for id_ in after if id_ != "d50"] == before


def test_documents_take_turns_in_their_order():
    class Item:
        def __init__(self, name):
            self.name = name
            self.document_id = name[0]

    items = [Item(name) for name in ("a1", "a2", "b1", "a3", "b2")]
    assert [i.name for i in one_per_document_first(items)] == ["a1", "b1", "a2", "b2", "a3"]


def test_marks_of_list_items_and_of_abstracts_are_no_part_of_a_sentence():
    text = "- Bread rises slowly.\n- Dough rests overnight.\n\nBACKGROUND: Yeast is a fungus."
    assert prose_sentences(text) == [
        "Bread rises slowly.",
        "Dough rests overnight.",
        "Yeast is a fungus.",
    ]
