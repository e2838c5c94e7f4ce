"""The target of an evaluation: judged questions and the collection to ask them of.

Questions come with a corpus, which is indexed into a cached collection, or are asked of files
(``--docs``), which are indexed likewise, or of an existing collection (``--collection``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

from rich.console import Console
from rich.progress import Progress

from app.domain.collections import Fingerprint
from app.errors import NotFound, StoreCorrupted
from app.main import Application
from app.ports.store import Collection
from app.settings import Settings
from eval.answers.service_answerer import unhurried
from eval.datasets.beir import read_corpus, read_dataset
from eval.datasets.dataset import Corpus, Dataset, EvalDocument, pool
from eval.errors import EvaluationError
from eval.retrieval.evaluate import Progress as Advance
from ingest.jobs.store import TABLE
from ingest.report import IngestReport
from ingest.sources.documents import HandedOver
from ingest.sources.found_files import find_files
from ingest.sources.records import RecordSource

T = TypeVar("T")

_EVERYTHING: Final = ("",)
"""Id prefixes that belong to a run: its collection has no other documents."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions and the documents to ask them of, as given on the command line."""

    folder: Path
    distractors: tuple[Path, ...] = ()
    documents: Path | None = None
    collection: str | None = None

    def __post_init__(self) -> None:
        """Raises `EvaluationError` if options exclude each other."""
        given = [self.distractors or None, self.documents, self.collection]
        if sum(item is not None for item in given) > 1:
            raise EvaluationError("--with, --docs and --collection exclude each other; give one")


def parse_questions(text: str) -> Questions:
    """Reads ``FOLDER``, ``FOLDER@DOCUMENTS`` or ``FOLDER+DISTRACTORS+…``.

    Raises:
        EvaluationError: documents and distractors are both given.
    """
    folder, *distractors = text.split("+")
    folder, _, documents = folder.partition("@")
    return Questions(
        Path(folder), tuple(map(Path, distractors)), Path(documents) if documents else None
    )


@dataclass(frozen=True, slots=True)
class Target:
    """Judged questions and the open collection to ask them of."""

    dataset: Dataset
    collection: Collection


def evaluation_settings(settings: Settings) -> Settings:
    """Settings whose collections and vectors are in the cache, without time limits."""
    store = settings.store.model_copy(update={"directory": settings.models.cache / "eval"})
    models = settings.models.model_copy(update={"embedding_cache": True})
    return unhurried(settings).model_copy(update={"store": store, "models": models})


@contextmanager
def application(settings: Settings, questions: Questions) -> Iterator[Application]:
    """An application over the configured store for a named collection, else over the cache."""
    own = unhurried(settings) if questions.collection else evaluation_settings(settings)
    app = Application(own)
    try:
        yield app
    finally:
        app.close()


def prepare(app: Application, questions: Questions, console: Console) -> Target:
    """Reads the questions, indexes the documents if needed, and opens the collection.

    Raises:
        EvaluationError: the dataset can't be read. Documents that can't be indexed are named, and
            count as never found.
        NotFound: there is no such collection.
    """
    if questions.collection is not None:
        collection = app.store.open(questions.collection)
        corpus = _corpus(collection, questions.collection)
        return Target(read_dataset(questions.folder, corpus=corpus), collection)
    if questions.documents is not None:
        return _ask_files(app, questions.folder, questions.documents, console)
    name, dataset = index_dataset(app, questions.folder, questions.distractors, console)
    return Target(dataset, app.store.open(name))


def index_dataset(
    app: Application, folder: Path, distractors: tuple[Path, ...], console: Console
) -> tuple[str, Dataset]:
    """Reads a dataset and indexes its corpus if needed; returns the collection's name and it."""
    dataset = pool(read_dataset(folder), *map(read_corpus, distractors))

    def index(name: str) -> str:
        sources = records(dataset.documents)
        _ingest(app, name, sources, total=len(dataset.documents), console=console)
        return name

    return in_cache(app, dataset.hash, app.indexer.fingerprint, index, console), dataset


def in_cache(
    app: Application,
    content: str,
    fingerprint: Fingerprint,
    index: Callable[[str], T],
    console: Console,
) -> T:
    """Applies ``index`` to the cached collection of some content, indexed in one way.

    A collection that is damaged, or that another version wrote, is deleted and indexed again: it
    holds nothing that can't be made from the content.
    """
    key = f"{content} {asdict(fingerprint)}"
    name = f"eval-{hashlib.sha256(key.encode()).hexdigest()[:24]}"
    try:
        return index(name)
    except StoreCorrupted:
        console.print(f"the cached collection {name} can't be read; it is made anew")
        # No job waits in a cache; its table is only told of what is deleted.
        for end in ("", "-wal", "-shm"):
            (app.settings.store.directory / f"{TABLE}{end}").unlink(missing_ok=True)
        with suppress(NotFound):  # only the table of jobs may have been damaged, or it was dropped
            app.store.drop(name)
    return index(name)


def records(documents: Mapping[str, EvalDocument]) -> Iterator[RecordSource]:
    """Yields the documents of a dataset as sources."""
    for document in documents.values():
        record = {"id": document.id, "title": document.title, "text": document.text}
        yield RecordSource(document.id, record)


def _ask_files(app: Application, folder: Path, documents: Path, console: Console) -> Target:
    files = find_files([documents], max_bytes=app.settings.ingest.max_file_bytes)
    place = documents.resolve()

    def index(name: str) -> tuple[Collection, Corpus, IngestReport]:
        report = _ingest(
            app, name, files.files, total=len(files.files), console=console, prune=_EVERYTHING
        )
        collection = app.store.open(name)
        _forget_unread(collection, report)
        return collection, _corpus(collection, place.name), report

    # By the place and not by what is there, so that only what changes is indexed anew.
    fingerprint = app.indexer.fingerprint
    collection, corpus, report = in_cache(app, str(place), fingerprint, index, console)
    unread = {name: EvalDocument(name, "", "") for name in report.failed_names}
    dataset = read_dataset(folder, corpus=Corpus(corpus.name, unread | dict(corpus.documents)))
    judged = {id_ for judgments in dataset.qrels.values() for id_ in judgments}
    kept = {
        id_: document
        for id_, document in dataset.documents.items()
        if id_ in judged or id_ in corpus.documents
    }
    return Target(replace(dataset, documents=kept), collection)


def _ingest(
    app: Application,
    name: str,
    handed_over: Iterable[HandedOver],
    *,
    total: int,
    console: Console,
    prune: Sequence[str] = (),
) -> IngestReport:
    with Progress(console=console) as bar:
        tracked = bar.track(handed_over, total=total, description="indexing")
        report = app.ingest(name, tracked, prune=prune)
    for failure in report.failures:
        console.print(f"not indexed: {failure.name}: {failure.reason}")
    return report


def _forget_unread(collection: Collection, report: IngestReport) -> None:
    """Removes documents that an earlier run could read and this one could not."""
    taken = {failure.name for failure in report.failures if failure.code == "id_conflict"}
    unread = report.unread(record.id for record in collection.records()) - taken
    collection.delete(sorted(unread))


def _corpus(collection: Collection, name: str) -> Corpus:
    documents: dict[str, EvalDocument] = {}
    for record in collection.records():
        document = collection.document(record.id)
        if document is not None:
            documents[record.id] = EvalDocument(document.id, document.title, document.text)
    return Corpus(name, documents)


@contextmanager
def progress_bar(console: Console, what: str) -> Iterator[Advance]:
    """Shows a progress bar, which takes ``(done, total)``."""
    with Progress(console=console) as bar:
        task = bar.add_task(what, total=None)
        advance: Callable[[int, int], None] = lambda done, total: bar.update(  # noqa: E731 - typed here
            task, completed=done, total=total
        )
        yield advance
