"""From a file to its parts: which formats hold several documents, and what is refused."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, Final

from app.errors import DocumentRejected
from ingest.expansion.budget import Budget, BudgetExceeded, ExpansionLimits
from ingest.expansion.jsonl import expand_jsonl
from ingest.expansion.model import Expander, FilePart, Member, Part, RefusedPart
from ingest.expansion.tar_archive import expand_tar
from ingest.expansion.zip_archive import expand_zip

_EXPANDERS: Final[Mapping[str, Expander]] = {
    ".jsonl": expand_jsonl,
    ".ndjson": expand_jsonl,
    ".zip": expand_zip,
    ".tar": expand_tar,
    ".tar.gz": expand_tar,
    ".tgz": expand_tar,
    ".tar.bz2": expand_tar,
    ".tbz2": expand_tar,
    ".tar.xz": expand_tar,
    ".txz": expand_tar,
}

_log = logging.getLogger(__name__)


def is_container(name: str) -> bool:
    """Whether a file of this name may hold several documents."""
    return _expander(name) is not None


def expand(name: str, file: IO[bytes], limits: ExpansionLimits) -> Iterator[Part]:
    """The parts of a file that can be read in any order, each made when it is asked for.

    What can't be read is refused with its reason: one part, or the rest of the file under
    ``name``. A file that is one document is its only part.

    Raises:
        MemoryError: reading takes more than there is. Nothing else is raised.
    """
    budget = Budget(limits, file.seek(0, io.SEEK_END))
    file.seek(0)
    found = False
    try:
        for part in _parts(name, file, budget, depth=1):
            budget.count_part()
            found = True
            yield part
    except DocumentRejected as rejection:
        yield RefusedPart.of(name, rejection)
    else:
        if not found:
            yield RefusedPart(name, "empty", "The file holds no document.")


def _parts(name: str, file: IO[bytes], budget: Budget, *, depth: int) -> Iterator[Part]:
    expander = _expander(name)
    if expander is None:
        yield FilePart(name, budget.read(file))
        return
    if depth > budget.limits.max_depth:
        raise DocumentRejected(
            "nested_too_deep",
            f"The file lies {depth - 1} archives deep; unpack some, or raise ingest.max_depth.",
        )
    with _damage_refused():
        for part in expander(name, file, budget):
            if isinstance(part, Member):
                yield from _member(part, budget, depth=depth)
            else:
                yield part


def _member(member: Member, budget: Budget, *, depth: int) -> Iterator[Part]:
    """The parts of a file in an archive; one that can't be read costs the others nothing."""
    try:
        with _damage_refused():
            if not is_container(member.name):
                yield FilePart(member.name, budget.read(member.file))
                return
            with budget.copy(member.file) as copy:
                yield from _parts(member.name, copy, budget, depth=depth + 1)
    except BudgetExceeded:
        raise
    except DocumentRejected as rejection:
        yield RefusedPart.of(member.name, rejection)


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Raises `DocumentRejected` for whatever a parser raises on a damaged file."""
    try:
        yield
    except (DocumentRejected, MemoryError):
        raise
    except Exception as error:
        _log.debug("expanding a file failed: %s", type(error).__name__)
        raise DocumentRejected(
            "corrupt",
            "The file could not be read as its type says, or not to its end; get a complete copy.",
        ) from error


def _expander(name: str) -> Expander | None:
    file_name = PurePosixPath(name).name.lower()
    return next((e for suffix, e in _EXPANDERS.items() if file_name.endswith(suffix)), None)
