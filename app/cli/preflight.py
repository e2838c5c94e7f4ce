"""What a service needs of the machine, looked at before any model is loaded."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path
from typing import Final

from app.errors import ConfigurationError

LEAST_SQLITE: Final = (3, 38, 0)
"""The first release that always has the JSON functions of which catalogs make use."""


def require_usable(directory: Path) -> None:
    """Makes the folder of the store where it is missing.

    Raises:
        ConfigurationError: nothing can be kept in ``directory``, or SQLite is too old.
    """
    if problem := sqlite_problem(sqlite3.sqlite_version_info):
        raise ConfigurationError(problem)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(_unwritable(directory, error)) from None
    if problem := folder_problem(directory):
        raise ConfigurationError(problem)


def sqlite_problem(version: tuple[int, ...]) -> str | None:
    """What is wrong with this version of SQLite, if anything is."""
    if version >= LEAST_SQLITE:
        return None
    shown, least = (".".join(map(str, numbers)) for numbers in (version, LEAST_SQLITE))
    return (
        f"Python's SQLite is {shown}, and collections need {least} or later. Use a newer Python, "
        "or one that was built with a newer SQLite."
    )


def folder_problem(directory: Path) -> str | None:
    """Why nothing can be kept in a folder that exists, if so; no trace is left."""
    try:
        with tempfile.TemporaryFile(dir=directory):
            return None
    except OSError as error:
        return _unwritable(directory, error)


def _unwritable(directory: Path, error: OSError) -> str:
    return (
        f"the store's folder {directory} can't be written ({error.strerror}). Give it to the user "
        "that runs this, or set store.directory to another."
    )
