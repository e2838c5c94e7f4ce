"""``rag doctor``: looks at every model and collection, and tells what is wrong with each."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.preflight import folder_problem, sqlite_problem
from app.cli.terminal import out
from app.errors import AttestError, ConfigurationError, NotFound, StoreCorrupted
from app.models.bundled.packages import damaged_files, installed
from app.models.placement import placements
from app.retrieval.health.self_retrieval import remarks
from app.settings.origins import unknown_variables

if TYPE_CHECKING:
    from app.main import Application


def is_sound(app: Application) -> bool:
    """Checks models and collections; jobs that wait for somebody are told of besides."""
    sound = _is_usable(app.settings.store.directory)
    for model in installed(app.settings.models.cache):
        problems = [f"damaged: {file}" for file in damaged_files(model)]
        sound = _told(f"model {model.name}", problems) and sound
    sound = _tell_of_devices(app) and sound
    if app.settings.store.kind == "memory":
        out.print("collections: kept in memory, so there is nothing on disk to check")
    for name in app.store.names():
        sound = _is_whole(app, name) and sound
    _tell_of_jobs(app)
    return sound


def _is_usable(directory: Path) -> bool:
    """Looks at the configuration and at the machine; tells of what is wrong alone."""
    sound = True
    if unknown := unknown_variables():
        named = [
            f"{name} names no setting; the nearest is {near}" for name, near in unknown.items()
        ]
        sound = _told("environment", named)
    problems = [sqlite_problem(sqlite3.sqlite_version_info)]
    if directory.exists():
        problems.append(folder_problem(directory))
    if amiss := [problem for problem in problems if problem]:
        sound = _told("machine", amiss) and sound
    return sound


def _tell_of_devices(app: Application) -> bool:
    """Where models run; false where the settings name a device that is not here."""
    try:
        for line in placements(app.settings.models):
            out.print(line)
    except ConfigurationError as error:
        return _told("devices", [error.message])
    return True


def _is_whole(app: Application, name: str) -> bool:
    """Checks one collection and tells of it, whatever happens, so that the next has its turn."""
    what = f"collection {name}"
    try:
        collection = app.store.open(name)
        problems = collection.verify()
        remarked = remarks(collection, app.settings.retrieval)
    except NotFound:
        return True  # dropped since
    except StoreCorrupted as error:
        return _told(what, [error.message])
    except (AttestError, OSError, sqlite3.Error) as error:
        return _told(what, [str(error)], verdict="not checked")
    sound = _told(what, problems)
    for remark in remarked:
        out.print(f"  {remark}")
    return sound


def _tell_of_jobs(app: Application) -> None:
    """Jobs that wait for their operator; they don't make a collection unsound."""
    if not (app.settings.store.directory / "jobs.db").exists():
        return
    try:
        stuck = [job for job in app.jobs.kept() if job.state in ("parked", "failed")]
    except (AttestError, OSError, sqlite3.Error) as error:
        _told("jobs", [str(error)], verdict="not checked")
        return
    for job in stuck:
        out.print(f"job {job.id}: {job.state}: {job.error}")
    if stuck:
        out.print("  their uploads are kept: `rag jobs retry ID` or `rag jobs remove ID`")


def _told(what: str, problems: Sequence[str], verdict: str = "not sound") -> bool:
    out.print(f"{what}: {verdict if problems else 'sound'}")
    for problem in problems:
        out.print(f"  {problem}")
    return not problems
