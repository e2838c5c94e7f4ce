"""``rag eval``: indexes a dataset, asks its questions, prints the table, writes JSON."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress

from app.domain import Scalar
from app.main import Application
from app.settings import Settings
from eval.beir import read_corpus, read_dataset
from eval.dataset import Corpus, Dataset, EvalDocument, pool
from eval.evaluate import evaluate
from eval.pipeline_searcher import PipelineSearcher
from eval.render import to_terminal
from eval.report import Report
from ingest.sources import FoundFiles, RecordSource, find_files

LIBRARIES: Final = ("faiss-cpu", "sentence-transformers", "tantivy", "torch", "transformers")
"""Whose versions a report records."""

UNHURRIED_MS: Final = 3_600_000.0
"""A rerank budget that no query spends."""


def run(
    dataset_folder: Path,
    *,
    settings: Settings,
    distractors: tuple[Path, ...] = (),
    documents: Path | None = None,
    out: Path | None = None,
    console: Console,
) -> Report:
    """Evaluates the settings on a dataset in BEIR layout.

    Args:
        dataset_folder: Holds queries, qrels and, unless ``documents`` is given, the corpus.
        settings: What to evaluate. Collections are kept in the cache, by dataset and fingerprint.
        distractors: Folders whose corpora are added to the dataset's.
        documents: A folder of files to ask the questions of, instead of a corpus.
        out: Where the report's JSON goes.
        console: Where the table and the progress go.

    Raises:
        EvaluationError: the dataset can't be read. Documents that can't be indexed are named, and
            count as never found.
    """
    app = Application(evaluation_settings(settings))
    try:
        return _run(app, dataset_folder, distractors, documents, out, console)
    finally:
        app.close()


def evaluation_settings(settings: Settings) -> Settings:
    """``settings`` with collections and vectors kept in the cache, and all the time to rerank."""
    store = settings.store.model_copy(update={"directory": settings.models.cache / "eval"})
    models = settings.models.model_copy(update={"embedding_cache": True})
    retrieval = settings.retrieval.model_copy(update={"rerank_budget_ms": UNHURRIED_MS})
    return settings.model_copy(update={"store": store, "models": models, "retrieval": retrieval})


def _run(
    app: Application,
    dataset_folder: Path,
    distractors: tuple[Path, ...],
    documents: Path | None,
    out: Path | None,
    console: Console,
) -> Report:
    if documents is None:
        name, dataset = index_dataset(app, dataset_folder, distractors, console)
    else:
        files = find_files([documents], max_bytes=app.settings.ingest.max_file_bytes)
        name = _collection_name(app, documents.name)
        with Progress(console=console) as bar:
            task = bar.add_task("indexing", total=len(files.sources))
            app.ingest(
                name,
                files.sources,
                lambda report: bar.update(task, completed=report.received),
                prune=files.roots,
            )
        dataset = read_dataset(dataset_folder, corpus=_corpus(app, name, files))
    collection = app.store.open(name)
    searcher = PipelineSearcher(
        app.pipeline(collection),
        routes=app.settings.retrieval.routes,
        rerank=app.reranker is not None,
    )
    with Progress(console=console) as bar:
        task = bar.add_task("asking", total=len(dataset.queries))
        report = evaluate(
            dataset,
            searcher,
            provenance=_provenance(app),
            progress=lambda done, _: bar.update(task, completed=done),
        )
    console.print(to_terminal(report))
    if out is not None:
        report.save(out)
        console.print(f"written: {out}")
    return report


def _collection_name(app: Application, content: str) -> str:
    """The same content indexed the same way is found again."""
    key = f"{content} {asdict(app.indexer.fingerprint)}"
    return f"eval-{hashlib.sha256(key.encode()).hexdigest()[:24]}"


def index_dataset(
    app: Application, folder: Path, distractors: tuple[Path, ...], console: Console
) -> tuple[str, Dataset]:
    """A dataset, and the name of the collection that its corpus is indexed in, made if need be."""
    dataset = pool(read_dataset(folder), *map(read_corpus, distractors))
    name = _collection_name(app, dataset.hash)
    with Progress(console=console) as bar:
        task = bar.add_task("indexing", total=len(dataset.documents))
        report = app.ingest(
            name,
            _records(dataset),
            lambda report: bar.update(task, completed=report.received),
        )
    for failure in report.failures:
        console.print(f"not indexed: {failure.name}: {failure.reason}")
    return name, dataset


def _records(dataset: Dataset) -> Iterator[RecordSource]:
    for document in dataset.documents.values():
        record = {"id": document.id, "title": document.title, "text": document.text}
        yield RecordSource(document.id, record)


def _corpus(app: Application, name: str, files: FoundFiles) -> Corpus:
    collection = app.store.open(name)
    documents: dict[str, EvalDocument] = {}
    for record in collection.records():
        document = collection.document(record.id)
        if document is not None:
            documents[record.id] = EvalDocument(document.id, document.title, document.text)
    return Corpus(",".join(root.rstrip("/") for root in files.roots), documents)


def _provenance(app: Application) -> Mapping[str, Scalar]:
    """What a reader needs to repeat the run."""
    facts: dict[str, Scalar] = {"commit": _commit(), "python": platform.python_version()}
    facts |= {f"version.{name}": importlib.metadata.version(name) for name in LIBRARIES}
    facts |= {f"fingerprint.{k}": v for k, v in asdict(app.indexer.fingerprint).items()}
    facts["reranker"] = app.reranker.id if app.reranker else "none"
    for name, value in app.settings.retrieval.model_dump().items():
        facts[f"retrieval.{name}"] = value if isinstance(value, int | float) else str(value)
    return facts


def _commit() -> str:
    """The checked-out commit, ``unknown`` outside a checkout."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607 - git of the PATH
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parent,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
