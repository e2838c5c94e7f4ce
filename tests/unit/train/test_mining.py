from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.domain.documents import Document
from app.fakes import FakeAnalyzer, FakeEmbedder
from app.retrieval.pipeline import make_pipeline
from app.settings import RetrievalSettings, Settings, StoreSettings
from app.stores.local.store import LocalStore
from ingest.indexer import Indexer
from train.mining.candidate_groups import CandidateGroup, read_groups, write_groups
from train.mining.hard_negatives import MiningSettings, corpus_of, mine
from train.mining.training_pairs import Pair

CATS = "cats purr when they are content"
DOGS = "dogs bark when they are content"
BIRDS = "birds sing before the sun is up"
PAIRS = [
    Pair("why do cats purr", CATS, source="animals", language="en"),
    Pair("when do dogs bark", DOGS, source="animals", language="en"),
    Pair("when do birds sing", BIRDS, source="animals", language="en"),
]


@pytest.fixture
def mined(tmp_path: Path) -> Iterator[object]:
    settings = Settings(store=StoreSettings(directory=tmp_path))
    store = LocalStore(settings.store, FakeAnalyzer())
    indexer = Indexer(FakeEmbedder(), FakeAnalyzer(), settings)
    executor = ThreadPoolExecutor(2)

    def run(pairs: list[Pair], mining: MiningSettings) -> list[CandidateGroup | None]:
        corpus = corpus_of(pairs)
        collection = store.create("pairs", indexer.fingerprint)
        documents = [Document(id_, pair.positive) for id_, pair in corpus.documents.items()]
        collection.put(indexer.embed([indexer.chunk(document, "h") for document in documents]))
        pipeline = make_pipeline(
            collection,
            analyzer=FakeAnalyzer(),
            embedder=FakeEmbedder(),
            reranker=None,
            settings=RetrievalSettings(),
            executor=executor,
        )
        found = mine(corpus, pipeline, collection, analyzer=FakeAnalyzer(), settings=mining)
        return list(found)

    yield run
    executor.shutdown()
    store.close()


def texts(group: CandidateGroup | None) -> dict[str, bool]:
    assert group is not None
    return {passage.text: passage.relevant for passage in group.passages}


def test_other_passages_of_the_source_are_negatives_in_fused_order(mined) -> None:
    groups = mined(PAIRS, MiningSettings())
    assert texts(groups[0]) == {CATS: True, DOGS: False, BIRDS: False}
    assert (groups[0].source, groups[0].language) == ("animals", "en")
    assert [passage.rank for passage in groups[0].passages] == [1, 2, 3]


def test_a_near_copy_of_the_answer_is_no_negative(mined) -> None:
    copy = f"{CATS} too"
    groups = mined([*PAIRS, Pair("do cats purr", copy, source="animals")], MiningSettings())
    assert copy not in texts(groups[0])
    allowed = mined(
        [*PAIRS, Pair("do cats purr", copy, source="animals")], MiningSettings(overlap=1.0)
    )
    assert copy in texts(allowed[0])


def test_what_is_ranked_far_above_the_answer_is_no_negative(mined) -> None:
    """The answer to the second question shares no word with it; CATS is its first candidate."""
    pairs = [PAIRS[0], Pair("why do cats purr at all", BIRDS, source="animals"), PAIRS[1]]
    strict, lax = MiningSettings(margin=0.1), MiningSettings(margin=100.0)
    assert CATS in texts(mined(pairs, lax)[1])
    group = mined(pairs, strict)[1]
    assert group is None or CATS not in texts(group)


def test_only_so_many_candidates_are_kept(mined) -> None:
    groups = mined(PAIRS, MiningSettings(candidates=2))
    assert [len(texts(group)) for group in groups] == [2, 2, 2]


def test_a_question_asked_twice_has_both_answers_and_neither_is_its_negative(mined) -> None:
    pairs = [*PAIRS, Pair("why do cats purr", "content cats make that noise", source="animals")]
    (first, *_) = mined(pairs, MiningSettings())
    found = texts(first)
    assert sum(found.values()) == 1
    assert len({CATS, "content cats make that noise"} & set(found)) == 1


def test_a_question_without_any_other_passage_has_no_group(mined) -> None:
    assert mined(PAIRS[:1], MiningSettings()) == [None]


def test_groups_are_read_as_they_were_written(mined, tmp_path: Path) -> None:
    groups = [group for group in mined(PAIRS, MiningSettings()) if group is not None]
    write_groups(tmp_path / "groups.jsonl", groups)
    assert read_groups(tmp_path / "groups.jsonl") == groups
