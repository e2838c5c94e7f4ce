from __future__ import annotations

import errno
import json
import os
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.domain.documents import Document, Vectors
from app.errors import CollectionBusy, DocumentRejected, ModelIncompatible, RemoteUnavailable
from app.fakes import FakeAnalyzer, FakeEmbedder
from app.settings import ChunkingSettings, Settings, StoreSettings
from app.stores.local.collection import LocalCollection
from app.stores.local.store import LocalStore
from ingest.indexer import Indexer
from ingest.loaders.registry import load
from ingest.pipeline import Ingestion
from ingest.report import KEPT_FAILURES, IngestReport
from ingest.sources.documents import documents
from ingest.sources.found_files import find_files
from ingest.sources.model import Load, Rejected, Source
from ingest.sources.records import RecordSource
from tests.unit.ingest.expanding import expand, sources_in


class FragileEmbedder(FakeEmbedder):
    """Fails once it has been asked for more than ``lasts`` batches."""

    def __init__(self, lasts: int = 10**9) -> None:
        super().__init__()
        self.lasts = lasts
        self.batches: list[int] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.batches.append(len(texts))
        if len(self.batches) > self.lasts:
            raise RemoteUnavailable("the embedder does not answer")
        return super().embed_passages(texts)


class World:
    """A folder of documents and a collection to ingest them into."""

    def __init__(self, directory: Path) -> None:
        self.docs = directory / "docs"
        self.docs.mkdir()
        self.settings = Settings(
            store=StoreSettings(directory=directory / "data"),
            chunking=ChunkingSettings(chunk_tokens=16),
        )
        self.store = LocalStore(self.settings.store, FakeAnalyzer())
        self.embedder = FragileEmbedder()
        self.indexer = Indexer(self.embedder, FakeAnalyzer(), self.settings)
        self.progress: list[IngestReport] = []

    @property
    def collection(self) -> LocalCollection:
        return self.store.create("a", self.indexer.fingerprint)

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.docs / f"{name}.md").write_text(text)

    def run(
        self,
        sources: Sequence[Source] | None = None,
        *,
        prune: bool = False,
        force: bool = False,
        batch_chunks: int = 128,
        max_bytes: int = 10_000,
        loader: Callable[[str, bytes], object] = load,
        on_progress: Callable[[IngestReport], None] = lambda _: None,
    ) -> IngestReport:
        files = find_files([self.docs], max_bytes=max_bytes)

        def progress(report: IngestReport) -> None:
            self.progress.append(report)
            on_progress(report)

        run = Ingestion(
            self.collection,
            self.indexer,
            load=loader,  # type: ignore[arg-type]  # tests give loaders that fail
            batch_chunks=batch_chunks,
            progress=progress,
            force=force,
        )
        chosen = documents(files.files, expand) if sources is None else sources
        return run.run(chosen, prune=files.roots if prune else ())

    def ids(self) -> list[str]:
        return [record.id for record in self.collection.records()]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.chdir(tmp_path)
    world = World(tmp_path)
    yield world
    world.store.close()


def account(report: IngestReport) -> tuple[int, int, int, int, int]:
    assert report.received == report.indexed + report.skipped + len(report.failures)
    return (
        report.received, report.indexed, report.skipped, len(report.failures), report.pruned
    )  # fmt: skip


# --- the account ---------------------------------------------------------------------------------


def test_every_document_is_indexed_skipped_or_failed(world: World) -> None:
    world.write(one="first text", two="second text", empty="", scanned="%PDF-1.4 not really")
    report = world.run()
    assert account(report) == (4, 2, 0, 2, 0)
    assert {(f.name, f.code) for f in report.failures} == {
        ("docs/empty.md", "empty"),
        ("docs/scanned.md", "corrupt"),
    }
    assert report.summary() == "received 4 = indexed 2 + skipped 0 + failed 2"
    assert world.ids() == ["docs/one.md", "docs/two.md"]


def test_progress_adds_up_at_every_step_and_ends_at_the_report(world: World) -> None:
    world.write(**{f"d{n}": f"text {n}" for n in range(5)}, empty="")
    report = world.run(batch_chunks=2)
    assert world.progress[-1] == report
    assert [account(step)[0] for step in world.progress] == sorted(
        step.received for step in world.progress
    )


def test_a_report_says_where_the_time_went(world: World) -> None:
    def slowly(name: str, data: bytes) -> object:
        time.sleep(0.02)
        return load(name, data)

    world.write(one="first text", two="second text")
    report = world.run(loader=slowly)

    assert list(report.timings_s) == ["read", "identify", "load", "chunk", "embed", "store"]
    assert report.timings_s["load"] >= 0.04
    assert world.progress[-1].timings_s["load"] == report.timings_s["load"]
    assert list(world.run().timings_s) == ["read", "identify", "store"]  # all is skipped


def test_the_time_to_open_files_is_that_of_reading(world: World) -> None:
    def opened() -> Iterator[Source]:
        time.sleep(0.02)
        yield RecordSource("a", {"id": "a", "text": "one"}, fallback_id="a")

    assert world.run(opened()).timings_s["read"] >= 0.02


def test_an_empty_folder_is_an_account_of_nothing(world: World) -> None:
    assert account(world.run()) == (0, 0, 0, 0, 0)


def test_unchanged_documents_are_skipped_without_being_loaded(world: World) -> None:
    world.write(one="first text", two="second text")
    world.run()

    def unwanted(name: str, data: bytes) -> object:
        raise AssertionError(f"{name} was loaded")

    assert account(world.run(loader=unwanted)) == (2, 0, 2, 0, 0)


def test_changed_documents_are_replaced(world: World) -> None:
    world.write(one="first text", two="second text")
    world.run()
    world.write(one="changed words")
    assert account(world.run()) == (2, 1, 1, 0, 0)
    assert world.collection.search_lexical(["first"], limit=5) == []
    assert [c.chunk_id for c in world.collection.search_lexical(["changed"], limit=5)] == [
        "docs/one.md#0"
    ]
    record = world.collection.record("docs/one.md")
    assert record is not None
    assert record.version == 2


def test_a_document_that_can_no_longer_be_read_keeps_its_old_version(world: World) -> None:
    world.write(one="first text")
    world.run()
    world.write(one="")
    assert account(world.run(prune=True)) == (1, 0, 0, 1, 0)
    assert len(world.collection.search_lexical(["first"], limit=5)) == 1


def test_two_documents_of_one_id_in_a_run_are_a_conflict(world: World) -> None:
    sources = [
        RecordSource("one", {"id": "same", "text": "first"}),
        RecordSource("two", {"id": "same", "text": "second"}),
    ]
    report = world.run(sources)
    assert account(report) == (2, 1, 0, 1, 0)
    assert (report.failures[0].name, report.failures[0].code) == ("two", "id_conflict")
    assert len(world.collection.search_lexical(["first"], limit=5)) == 1


def test_bad_lines_of_jsonl_fail_alone(world: World) -> None:
    lines = ['{"text": "good"}', "{bad", '{"text": ""}', '{"text": "x", "metadata": {"a": NaN}}']
    (world.docs / "r.jsonl").write_text("\n".join(lines))
    report = world.run()
    assert account(report) == (4, 1, 0, 3, 0)
    assert [failure.name for failure in report.failures] == [
        "docs/r.jsonl:2",
        "docs/r.jsonl:3",
        "docs/r.jsonl:4",
    ]


def test_what_was_stored_is_plain_json(world: World) -> None:
    text = "---\nscore: .nan\nlimit: .inf\ntags: [a, 1, true]\n---\nwords"
    world.write(one=text)
    world.run()
    document = world.collection.document("docs/one.md")
    assert document is not None
    assert document.metadata["tags"] == ("a", 1, True)
    json.dumps(dict(document.metadata), allow_nan=False)  # raises for NaN and Infinity


# --- pruning -------------------------------------------------------------------------------------


def test_documents_whose_files_are_gone_leave_only_if_asked(world: World) -> None:
    world.write(one="first", two="second")
    world.run()
    (world.docs / "two.md").unlink()
    assert account(world.run()) == (1, 0, 1, 0, 0)
    assert world.ids() == ["docs/one.md", "docs/two.md"]
    report = world.run(prune=True)
    assert account(report) == (1, 0, 1, 0, 1)
    assert report.summary().endswith("; pruned 1")
    assert world.ids() == ["docs/one.md"]


def test_documents_of_other_roots_are_never_pruned(world: World) -> None:
    world.run([RecordSource(id_, {"id": id_, "text": "t"}) for id_ in ("docs2/x", "x", "docs")])
    world.write(one="first")
    assert account(world.run(prune=True)) == (1, 1, 0, 0, 0)
    assert world.ids() == ["docs", "docs/one.md", "docs2/x", "x"]


def test_a_folder_that_cannot_be_listed_at_all_prunes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write(one="text")
    assert account(world.run()) == (1, 1, 0, 0, 0)
    listed = os.scandir

    def denied(path: str | Path) -> object:
        if Path(path) == world.docs:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listed(path)

    with monkeypatch.context() as patched:
        patched.setattr("os.scandir", denied)
        assert account(world.run(prune=True)) == (1, 0, 0, 1, 0)
    assert account(world.run(prune=True)) == (1, 0, 1, 0, 0)


def test_what_cannot_be_read_now_is_not_pruned(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write(one="first", two="second")
    (world.docs / "r.jsonl").write_text('{"text": "line one"}\n{"text": "line two"}')
    world.run()
    before = world.ids()
    world.write(one="x" * 20_000)  # larger than what is read
    (world.docs / "r.jsonl").write_text("x" * 20_000)
    assert account(world.run(prune=True)) == (3, 0, 1, 2, 0)
    assert world.ids() == before


def test_parts_of_an_archive_are_documents_of_its_folder(world: World) -> None:
    """They are skipped, replaced and pruned one by one, as files are."""

    def pack(**files: str) -> None:
        with zipfile.ZipFile(world.docs / "a.zip", "w") as archive:
            for name, text in files.items():
                archive.writestr(f"{name}.md", text)

    pack(one="first", two="second", empty="")
    report = world.run()
    assert account(report) == (3, 2, 0, 1, 0)
    assert report.failures[0].name == "docs/a.zip!/empty.md"
    assert world.ids() == ["docs/a.zip!/one.md", "docs/a.zip!/two.md"]

    pack(one="first", three="third")
    assert account(world.run(prune=True)) == (2, 1, 1, 0, 1)
    assert world.ids() == ["docs/a.zip!/one.md", "docs/a.zip!/three.md"]

    (world.docs / "a.zip").write_bytes(b"damaged")
    assert account(world.run(prune=True)) == (1, 0, 0, 1, 0)
    assert len(world.ids()) == 2

    (world.docs / "a.zip").unlink()
    assert account(world.run(prune=True)) == (0, 0, 0, 0, 2)


def test_what_lies_below_something_unreadable_is_not_pruned(world: World) -> None:
    """Where a folder can't even be looked at, it may pass for a file."""
    (world.docs / "sub").mkdir()
    (world.docs / "sub" / "one.md").write_text("first")
    world.write(sub2="second")
    world.run()
    unread = Rejected("docs/sub", DocumentRejected("corrupt", "The file can't be read."))
    assert account(world.run([unread], prune=True)) == (1, 0, 0, 1, 1)
    assert world.ids() == ["docs/sub/one.md"]


# --- failures on the way -------------------------------------------------------------------------


def test_an_embedder_that_fails_leaves_what_was_committed(world: World) -> None:
    world.write(**{f"d{n}": f"text {n}" for n in range(6)})
    world.embedder.lasts = 2
    with pytest.raises(RemoteUnavailable):
        world.run(batch_chunks=2)
    assert account(world.progress[-1]) == (4, 4, 0, 0, 0)
    assert len(world.collection.search_lexical(["text"], limit=10)) == 4
    assert world.collection.verify() == []

    world.embedder.lasts = 10**9
    assert account(world.run(batch_chunks=2)) == (6, 2, 4, 0, 0)
    assert world.collection.stats().documents == 6


def test_a_run_that_is_stopped_between_documents_keeps_what_it_reported(world: World) -> None:
    world.write(**{f"d{n}": f"text {n}" for n in range(6)})

    def stop(report: IngestReport) -> None:
        if report.indexed >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.run(batch_chunks=1, on_progress=stop)
    assert world.ids() == ["docs/d0.md", "docs/d1.md"]
    assert world.collection.verify() == []


def test_nothing_is_pruned_when_a_run_fails(world: World) -> None:
    world.write(one="first", two="second")
    world.run()
    (world.docs / "two.md").unlink()
    world.write(one="changed")
    world.embedder.lasts = 0
    with pytest.raises(RemoteUnavailable):
        world.run(prune=True)
    assert world.ids() == ["docs/one.md", "docs/two.md"]


def test_a_busy_collection_ends_the_run_with_that_error(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(documents: object) -> None:
        raise CollectionBusy("another writer")

    world.write(one="first")
    monkeypatch.setattr(world.collection, "put", busy)
    with pytest.raises(CollectionBusy):
        world.run()
    assert world.progress == []


def test_chunks_are_embedded_and_committed_in_batches(world: World) -> None:
    world.write(**{f"d{n}": f"text {n}" for n in range(7)})
    world.run(batch_chunks=3)
    assert world.embedder.batches == [3, 3, 1]
    assert [step.indexed for step in world.progress] == [3, 6, 7]


# --- documents to chunks -------------------------------------------------------------------------


def test_the_language_is_detected_unless_it_is_given(world: World) -> None:
    chinese = world.indexer.chunk(Document("d", "中文文本"), "hash")
    assert chinese.document.metadata == {"lang": "zh"}
    given = world.indexer.chunk(Document("d", "中文文本", metadata={"lang": "lzh"}), "hash")
    assert given.document.metadata == {"lang": "lzh"}
    assert given.chunks[0].metadata == {"lang": "lzh"}


def test_a_document_without_anything_to_index_is_rejected(world: World) -> None:
    with pytest.raises(DocumentRejected) as caught:
        world.indexer.chunk(Document("d", " \n "), "hash")
    assert caught.value.code == "empty"


def test_a_long_title_is_cut_since_every_passage_carries_it(world: World) -> None:
    item = world.indexer.chunk(Document("d", "text", "T" * 5_000), "hash")
    assert item.document.title == item.chunks[0].title == "T" * 200


def test_each_chunk_gets_its_own_vector(world: World) -> None:
    documents = [
        world.indexer.chunk(Document(f"d{n}", " ".join(f"w{n}x{i}" for i in range(20 * n + 1))), "")
        for n in range(3)
    ]
    embedded = world.indexer.embed(documents)
    for item in embedded:
        expected = FakeEmbedder().embed_passages([chunk.indexed_text for chunk in item.chunks])
        assert item.vectors.tolist() == expected.tolist()
    assert [len(item.chunks) for item in embedded] == [1, 2, 3]


def test_records_of_a_file_are_sources_of_their_own(world: World) -> None:
    sources = list(sources_in("r.jsonl", b'{"id": "a", "text": "one"}\n{"text": "two"}'))
    assert account(world.run(sources)) == (2, 2, 0, 0, 0)
    assert world.ids() == ["a", "r.jsonl:2"]


# --- one bad document ----------------------------------------------------------------------------


class PoisonedEmbedder(FakeEmbedder):
    """Can't take one word, in one of several ways."""

    def __init__(self, poison: str, harm: Callable[[Vectors], Vectors]) -> None:
        super().__init__()
        self._poison = poison
        self._harm = harm

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = super().embed_passages(texts)
        return self._harm(vectors) if any(self._poison in text for text in texts) else vectors


class PanicException(BaseException):
    """As pyo3 raises where Rust panics."""


PanicException.__module__ = "pyo3_runtime"


def raising(error: BaseException) -> Callable[[Vectors], Vectors]:
    def harm(_: Vectors) -> Vectors:
        raise error

    return harm


@pytest.mark.parametrize(
    "harm",
    [lambda vectors: vectors * np.nan, raising(ValueError("no")), raising(PanicException("index"))],
    ids=["not a number", "an error", "a panic"],
)
def test_a_document_that_cannot_be_embedded_fails_alone(
    world: World, harm: Callable[[Vectors], Vectors]
) -> None:
    world.write(one="first text", two="hemlock text", three="third text")
    world.indexer = Indexer(PoisonedEmbedder("hemlock", harm), FakeAnalyzer(), world.settings)
    report = world.run()
    assert account(report) == (3, 2, 0, 1, 0)
    assert [(f.name, f.code) for f in report.failures] == [("docs/two.md", "unprocessable")]
    assert world.ids() == ["docs/one.md", "docs/three.md"]
    assert world.collection.verify() == []


@pytest.mark.parametrize(
    ("harm", "raised"),
    [
        (lambda vectors: vectors * np.nan, ModelIncompatible),
        (raising(ValueError("the device is lost")), ValueError),
    ],
    ids=["not a number", "an error"],
)
def test_an_embedder_that_takes_no_text_at_all_stops_the_run(
    world: World, harm: Callable[[Vectors], Vectors], raised: type[Exception]
) -> None:
    world.write(one="first text", two="second text")
    world.indexer = Indexer(PoisonedEmbedder("", harm), FakeAnalyzer(), world.settings)
    with pytest.raises(raised):
        world.run()
    assert world.ids() == []


@pytest.mark.parametrize("error", [ValueError("no"), PanicException("index")])
def test_a_document_that_breaks_the_chunker_fails_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    world.write(one="first text", two="hemlock text", three="third text")
    chunk = world.indexer._chunker.chunk

    def fragile(document: Document) -> object:
        if "hemlock" in document.text:
            raise error
        return chunk(document)

    monkeypatch.setattr(world.indexer._chunker, "chunk", fragile)
    report = world.run()
    assert account(report) == (3, 2, 0, 1, 0)
    assert world.ids() == ["docs/one.md", "docs/three.md"]


def test_a_document_that_the_store_cannot_hold_fails_alone(world: World) -> None:
    good = RecordSource("good", {"id": "good", "text": "text"})
    bad = RecordSource("bad", {"id": "bad", "text": "text"})

    class Unstorable(RecordSource):
        def load(self, load: Load, *, max_characters: int = 10) -> Document:
            return replace(super().load(load, max_characters=max_characters), uri="half \ud800")

    report = world.run([good, Unstorable(bad.name, bad.record)])
    assert account(report) == (2, 1, 0, 1, 0)
    assert world.ids() == ["good"]


def test_what_has_not_changed_is_indexed_again_when_forced(world: World) -> None:
    world.write(one="first text")
    world.run()
    assert account(world.run()) == (1, 0, 1, 0, 0)
    assert account(world.run(force=True)) == (1, 1, 0, 0, 0)


def test_of_many_failures_the_first_are_listed_and_all_are_counted(world: World) -> None:
    good = b'{"id": "good", "text": "A good text."}\n'
    report = world.run([*sources_in("lines.jsonl", b"bad\n" * 2_500 + good)])

    assert (report.received, report.indexed, report.failed) == (2_501, 1, 2_500)
    assert [failure.name for failure in report.failures] == [
        f"lines.jsonl:{n}" for n in range(1, KEPT_FAILURES + 1)
    ]
    assert "failed 2500" in report.summary()


def test_the_time_for_bad_lines_grows_with_their_number(world: World) -> None:
    def seconds(lines: int) -> float:
        started = time.process_time()
        assert world.run([*sources_in("lines.jsonl", b"bad\n" * lines)]).failed == lines
        return time.process_time() - started

    seconds(100)
    few, many = seconds(5_000), seconds(40_000)

    assert many < 8 * few * 3


def test_pruning_spares_documents_of_failures_that_are_not_listed(world: World) -> None:
    lines = [json.dumps({"text": f"Text {n}."}) for n in range(KEPT_FAILURES + 5)]
    file = world.docs / "lines.jsonl"
    file.write_text("\n".join(lines))
    assert world.run(max_bytes=100_000).failed == 0

    file.write_text("\n".join("bad" for _ in lines[:-1]))
    pruned = world.run(prune=True, max_bytes=100_000)

    assert pruned.unlisted == 4
    assert (pruned.pruned, len(world.ids())) == (1, len(lines) - 1)
