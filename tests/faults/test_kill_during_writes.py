"""A process that writes is killed at random moments; what it acknowledged must be there, whole."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from app.domain.documents import Document
from app.fakes import FakeAnalyzer, FakeEmbedder, FakeSparseEmbedder
from app.settings import Settings, StoreSettings
from app.stores.local.collection import LocalCollection
from app.stores.local.store import LocalStore
from ingest.indexer import Indexer

WRITER = Path(__file__).with_name("writer_process.py")
REBUILDER = Path(__file__).with_name("rebuilder_process.py")
KILLS = 10
"""Of processes that begin as fresh ones; `test_kills` forks its own, which is cheaper by far."""
REBUILDS_KILLED = 4

State = dict[str, int]
"""Version of each document that is there."""


def apply(state: State, line: str) -> State:
    after = dict(state)
    for operation in line.split(";"):
        verb, id_, *version = operation.split(" ")
        if verb == "put":
            after[id_] = int(version[0])
        else:
            after.pop(id_, None)
    return after


def write_until_killed(
    directory: Path, *, seed: int, version: int, after_operations: int, after_s: float
) -> list[str]:
    """The operations that were acknowledged before SIGKILL, ``after_s`` behind the first ones."""
    with subprocess.Popen(
        [sys.executable, str(WRITER), str(directory), str(seed), str(version)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        seen = [process.stdout.readline().rstrip("\n") for _ in range(after_operations)]
        time.sleep(after_s)
        process.kill()
        rest = process.stdout.read().split("\n")
    return seen + rest[:-1]  # the last one is empty, or was cut by the kill


def found(collection: LocalCollection) -> State:
    return {r.id: int(str(r.metadata["version"])) for r in collection.records()}


def test_no_acknowledged_write_is_lost_and_no_ghost_appears(tmp_path: Path) -> None:
    choose = random.Random(20090719)
    state: State = {}
    version = operations = 0
    for kill in range(KILLS):
        acknowledged = write_until_killed(
            tmp_path,
            seed=kill,
            version=version,
            after_operations=choose.randrange(6),
            after_s=choose.uniform(0.0, 0.1),
        )
        version += 1_000
        operations += len(acknowledged)
        for line in acknowledged:
            state = apply(state, line)

        store = LocalStore(
            StoreSettings(directory=tmp_path, hnsw_threshold=60, entity_graph=True), FakeAnalyzer()
        )
        collection = store.open("faults")
        now = found(collection)
        if now != state:  # the operation under way may have been committed, whole, unsaid
            changed = {id_ for id_ in now.keys() | state.keys() if now.get(id_) != state.get(id_)}
            assert len(changed) <= 5
            assert len({now[id_] for id_ in changed if id_ in now}) <= 1
            assert all(now[id_] > state.get(id_, 0) for id_ in changed if id_ in now)
            state = now
        assert_found_by_search(collection, state)
        assert collection.verify() == []
        store.close()
    assert operations > KILLS  # the writer got to work between the kills


def assert_found_by_search(collection: LocalCollection, state: State) -> None:
    """Every document is found by words, vectors, weights and entities, in its last version only."""
    embedder, sparse_embedder = FakeEmbedder(), FakeSparseEmbedder()
    for id_, version in state.items():
        number = id_.removeprefix("doc")
        terms = [f"document{number}", f"version{version}"]
        best = collection.search_lexical(terms, limit=3)
        assert best
        assert collection.chunks([best[0].chunk_id])[0].document_id == id_
        same_version = {other for other in state if state[other] == version}
        for term, expected in ((terms[0], {id_}), (terms[1], same_version)):
            (weights,) = sparse_embedder.embed_queries([term])
            weighed = [c.chunk_id for c in collection.search_sparse(weights, limit=1_000)]
            assert {chunk.document_id for chunk in collection.chunks(weighed)} == expected
        vector = embedder.embed_queries([" ".join(terms)])[0]
        near = collection.search_dense(vector, limit=3)
        assert id_ in {chunk.document_id for chunk in collection.chunks([c.chunk_id for c in near])}
        named = collection.graph().chunks_of([f"document{number}"])[f"document{number}"]
        assert {chunk.document_id for chunk in collection.chunks(named)} == {id_}
    assert len(collection.search_lexical(["version0"], limit=3)) == 0


def test_a_rebuild_that_is_killed_has_happened_or_not(tmp_path: Path) -> None:
    choose = random.Random(1976)
    settings = StoreSettings(directory=tmp_path, hnsw_threshold=60, entity_graph=True)
    embedder = FakeEmbedder()
    indexer = Indexer(embedder, FakeAnalyzer(), Settings(store=settings), FakeSparseEmbedder())
    store = LocalStore(settings, FakeAnalyzer())
    names = [f"d{n:02}" for n in range(70)]
    with store.create("faults", indexer.fingerprint).bulk():
        documents = [indexer.chunk(Document(name, f"{name} word"), "") for name in names]
        store.open("faults").put(indexer.embed(documents))
    store.close()
    for kill in range(REBUILDS_KILLED):
        with subprocess.Popen(
            [sys.executable, str(REBUILDER), str(tmp_path), str(kill * 1_000)],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(choose.uniform(0.0, 1.0))
            process.kill()
            said = [line for line in process.stdout.read().split("\n") if line]
        store = LocalStore(settings, FakeAnalyzer())
        collection = store.open("faults")
        chunking = collection.fingerprint.chunking
        assert not said or int(chunking[4:]) - int(said[-1][4:]) in (0, 1)
        expected = "word" if chunking == indexer.fingerprint.chunking else chunking
        assert len(collection.search_lexical([expected], limit=100)) == len(names)
        vector = embedder.embed_queries([expected])[0]
        assert len(collection.search_dense(vector, limit=100)) == len(names)
        (weights,) = FakeSparseEmbedder().embed_queries([expected])
        assert len(collection.search_sparse(weights, limit=100)) == len(names)
        assert {record.id for record in collection.records()} == set(names)
        assert collection.verify() == []
        store.close()
