"""``rag eval chunking``: indexes a dataset with several chunkings and compares them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from rich.console import Console
from rich.progress import Progress, TaskID

from app.durability.files import write_text
from app.errors import DocumentRejected
from app.main import Application
from app.ports.models import Embedder
from app.ports.store import Collection
from app.settings import ChunkingSettings, Settings
from eval.commands.provenance import provenance
from eval.commands.target import evaluation_settings, in_cache, records
from eval.datasets.dataset import Corpus, EvalDocument
from eval.errors import InvalidDataset
from eval.spans.configuration import Configuration, Strategy, grid
from eval.spans.measures.region import Passage
from eval.spans.render_sweep import to_markdown, to_terminal
from eval.spans.searcher import PipelineChunkSearch
from eval.spans.span_dataset import SpanDataset
from eval.spans.span_dataset_files import read_span_dataset
from eval.spans.sweep import DEFAULT_BUDGETS, sweep
from eval.spans.sweep_report import SweepReport
from ingest.indexer import Indexer
from ingest.pipeline import Ingestion
from ingest.sources.documents import documents as opened
from ingest.sources.found_files import find_files
from ingest.sources.model import Source

STRATEGIES: Final[tuple[Strategy, ...]] = ("structure", "sentence", "fixed")
CHUNK_TOKENS: Final = (128, 192, 256, 384)
OVERLAP_SHARES: Final = (0.0, 0.125, 0.25)
"""Default values to try: chunk sizes that most embedders can read whole, with no overlap, little
overlap, and as much as is commonly advised."""


def run_chunking(
    dataset_folder: Path,
    *,
    settings: Settings,
    documents: Path | None = None,
    configurations: Sequence[Configuration] | None = None,
    budgets_tokens: Sequence[int] = DEFAULT_BUDGETS,
    out: Path | None = None,
    markdown: Path | None = None,
    console: Console,
) -> SweepReport:
    """Compares chunkings with that of the settings on a dataset with answer spans.

    Collections are cached by what made them, and vectors by their text. An interrupted run resumes,
    and a run over the same chunks embeds nothing.

    Args:
        dataset_folder: In a layout of `eval.spans.span_dataset_files`.
        settings: Its chunking and embedder are the baseline; all else is as in every configuration.
        documents: A folder of files to ask the questions of, where the dataset has no documents.
        configurations: What to try; ``None`` for every strategy, size and overlap named above.
        budgets_tokens: Contexts; configurations are compared at the first. Tokens are those of the
            settings' embedder, also for chunks that another one is tried on.
        out: JSON file for the report.
        markdown: Markdown file for the report.
        console: Shows tables and progress.

    Raises:
        EvaluationError: the dataset can't be read or the search failed in part. Documents that
            can't be indexed are named, and count as never found.
    """
    settings = evaluation_settings(settings)
    baseline = configured(settings)
    if configurations is None:
        configurations = grid(
            strategies=STRATEGIES,
            chunk_tokens=CHUNK_TOKENS,
            overlap_shares=OVERLAP_SHARES,
            embedders=(baseline.embedder,),
        )
    with Progress(console=console) as bar, _Applications(settings) as applications:
        app = applications.of(baseline.embedder)
        dataset, sources = _read(dataset_folder, documents, app, console)
        preparation = _Preparation(dataset, sources, applications, bar, counter=app.embedder)
        tasks: dict[Configuration, TaskID] = {}

        def show(configuration: Configuration, done: int, total: int) -> None:
            if configuration not in tasks:
                tasks[configuration] = bar.add_task(f"asking {configuration.label}", total=total)
            bar.update(tasks[configuration], completed=done)

        report = sweep(
            dataset,
            configurations,
            preparation.prepare,
            baseline=baseline,
            budgets_tokens=budgets_tokens,
            provenance=provenance(app, app.indexer.fingerprint, app.settings.retrieval),
            progress=show,
        )
    console.print(to_terminal(report))
    if out is not None:
        report.save(out)
        console.print(f"written: {out}")
    if markdown is not None:
        write_text(markdown, to_markdown(report))
        console.print(f"written: {markdown}")
    return report


def configured(settings: Settings) -> Configuration:
    """The chunking and embedder of the settings."""
    return Configuration(
        settings.chunking.strategy,
        settings.chunking.chunk_tokens,
        settings.chunking.overlap_tokens,
        settings.models.embedder,
    )


def _read(
    folder: Path, documents: Path | None, app: Application, console: Console
) -> tuple[SpanDataset, Sequence[Source]]:
    """Reads the dataset and the sources of its documents."""
    if documents is None:
        dataset = read_span_dataset(folder)
        return dataset, tuple(records(dataset.documents))
    files = find_files([documents], max_bytes=app.settings.ingest.max_file_bytes)
    sources = tuple(opened(files.files, app.loader.expand))
    loaded: dict[str, EvalDocument] = {}
    for source in sources:  # references point into the text that a loader makes
        try:
            document = source.load(app.loader.load)
        except DocumentRejected as reason:
            console.print(f"not loaded: {source.name}: {reason}")
        else:
            loaded[document.id] = EvalDocument(document.id, document.title, document.text)
    return read_span_dataset(folder, corpus=Corpus(documents.name, loaded)), sources


class _Applications:
    """One application per embedder, each with one set of models; they are closed together."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: dict[str, Application] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for application in self._made.values():
            application.close()

    def of(self, embedder: str) -> Application:
        """The application with this embedder."""
        if embedder not in self._made:
            models = self._settings.models.model_copy(update={"embedder": embedder})
            self._made[embedder] = Application(self._settings.model_copy(update={"models": models}))
        return self._made[embedder]


class _Preparation:
    """Indexes a dataset with many chunkings. ``counter`` counts the tokens of all of them."""

    def __init__(
        self,
        dataset: SpanDataset,
        sources: Sequence[Source],
        applications: _Applications,
        bar: Progress,
        *,
        counter: Embedder,
    ) -> None:
        self._dataset = dataset
        self._dataset_hash = dataset.hash
        self._sources = sources
        self._applications = applications
        self._bar = bar
        self._counter = counter

    def prepare(self, configuration: Configuration) -> PipelineChunkSearch:
        """Implements `eval.spans.sweep.Prepare`."""
        app = self._applications.of(configuration.embedder)
        chunking = ChunkingSettings(
            strategy=configuration.strategy,
            chunk_tokens=configuration.chunk_tokens,
            overlap_tokens=configuration.overlap_tokens,
        )
        settings = app.settings.model_copy(update={"chunking": chunking})
        indexer = Indexer(app.embedder, app.analyzer, settings, app.sparse_embedder)

        def index(name: str) -> tuple[Collection, Mapping[str, Passage], str]:
            collection = self._index(app, indexer, name, configuration.label)
            return collection, *self._chunks(collection)

        fingerprint, console = indexer.fingerprint, self._bar.console
        collection, chunks, digest = in_cache(app, self._dataset_hash, fingerprint, index, console)
        return PipelineChunkSearch(
            app.pipeline(collection),
            chunks,
            digest=f"{fingerprint.embedder} {digest}",
            routes=app.settings.retrieval.routes,
        )

    def _index(self, app: Application, indexer: Indexer, name: str, label: str) -> Collection:
        collection = app.store.create(name, indexer.fingerprint)
        task = self._bar.add_task(f"indexing {label}", total=len(self._sources))
        ingestion = Ingestion(
            collection,
            indexer,
            load=app.loader.load,
            batch_chunks=app.settings.ingest.batch_chunks,
            progress=lambda report: self._bar.update(task, completed=report.received),
        )
        for failure in ingestion.run(self._sources).failures:
            self._bar.console.print(f"not indexed: {failure.name}: {failure.reason}")
        return collection

    def _chunks(self, collection: Collection) -> tuple[Mapping[str, Passage], str]:
        """Spans of all chunks, and a digest of everything indexed.

        Raises:
            InvalidDataset: what was indexed is not the text that references point into.
        """
        passages: dict[str, Passage] = {}
        digest = hashlib.sha256()
        for document in self._dataset.documents.values():
            for chunk in collection.document_chunks(document.id):
                if chunk.text != document.text[slice(*chunk.span)]:
                    raise InvalidDataset(
                        f'document "{document.id}" changed on its way into the index; '
                        "its references point into nothing"
                    )
                tokens = self._counter.count_tokens(chunk.text)
                passages[chunk.id] = Passage(chunk.document_id, chunk.span, tokens)
                digest.update(f"{chunk.id} {chunk.span} {chunk.indexed_text}\0".encode())
        return passages, digest.hexdigest()
