"""Commands that put documents into a collection and take them out."""

# ruff: noqa: PLC0415 - libraries load when a command needs them, so that `rag --help` is quick
# ruff: noqa: FBT002 - typer reads flags from boolean defaults

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.application import application
from app.cli.commands.options import CollectionName
from app.cli.terminal import EXIT_INCOMPLETE, err, out
from app.errors import NotFound, StoreCorrupted

if TYPE_CHECKING:
    from app.ports.store import Collection

documents = typer.Typer()


@documents.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    collection: CollectionName = "default",
    prune: Annotated[
        bool, typer.Option(help="Delete documents whose files are gone from the folders.")
    ] = False,
    force: Annotated[bool, typer.Option(help="Index files that have not changed again.")] = False,
) -> None:
    """Index files; unchanged ones are skipped, changed ones replaced."""
    from app.cli.preflight import require_usable
    from ingest.progress import ingest_progress
    from ingest.sources.found_files import find_files

    with application() as app:
        require_usable(app.settings.store.directory)
        found = find_files(paths, max_bytes=app.settings.ingest.max_file_bytes)
        with ingest_progress(err, total=len(found.files)) as progress:
            report = app.ingest(
                collection,
                progress.over(found.files),
                progress,
                prune=found.roots if prune else (),
                force=force,
            )
    for failure in report.failures:
        out.print(f"failed: {failure.name}: {failure.reason} [{failure.code}]")
    if report.unlisted:
        out.print(f"failed: {report.unlisted} more")
    out.print(report.summary())
    if spent := report.time_by_stage():
        out.print(f"time: {spent}")
    if report.failures:
        others = "; all others are in the collection" if report.indexed + report.skipped else ""
        err.print(f"not indexed: {report.failed} of {report.received}{others}")
        raise typer.Exit(EXIT_INCOMPLETE)


@documents.command()
def delete(
    documents: Annotated[list[str], typer.Argument(help="Ids of documents.")],
    collection: CollectionName = "default",
) -> None:
    """Remove documents from a collection, and from uploads that still wait for it."""
    from app.removal import remove

    with application() as app:
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
