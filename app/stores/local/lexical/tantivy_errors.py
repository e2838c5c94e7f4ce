"""Translates the errors of Tantivy into the project's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.errors import StoreUnwritable
from app.panics import RustPanic, panics_raised
from app.stores.analysed import Analysed
from app.stores.local.lexical.engine import LexicalDamaged

_OF_THE_MACHINE: Final = re.compile(
    r"os error (?!2\b)\d+|\bcode: (?!2\b)\d+|Failed to acquire (Lockfile|index lock)|LockBusy"
)
"""What Tantivy says where the operating system refuses it something; 2 is a missing file."""


class ReadingFailed(Exception):
    """What was to be added to an index could not be read, for the reason in ``error``."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


def reading_errors_apart(
    added: Iterable[tuple[int, Analysed]],
) -> Iterator[tuple[int, Analysed]]:
    """What is to be added, its errors kept apart from those of Tantivy."""
    try:
        yield from added
    except Exception as error:
        raise ReadingFailed(error) from error


@contextmanager
def errors_translated(folder: Path | None) -> Iterator[None]:
    """Raises the project's own errors for those of Tantivy and of the file system."""
    try:
        with panics_raised():
            yield
    except OSError as error:
        raise _unwritable(folder, error) from error
    except (ValueError, RustPanic) as error:
        if _OF_THE_MACHINE.search(str(error)):
            raise _unwritable(folder, error) from error
        raise LexicalDamaged(
            f"the lexical index in {folder} can't be read ({error}). "
            f"Run `rag rebuild {folder.parent.name if folder else ''}`."
        ) from error


def _unwritable(folder: Path | None, error: Exception) -> StoreUnwritable:
    return StoreUnwritable(
        f"the lexical index in {folder} can't be written ({error}). Make room, or make the folder "
        "writable; what was ingested is kept."
    )
