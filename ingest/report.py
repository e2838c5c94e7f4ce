"""What an ingestion did, in numbers that add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.domain.jobs import Failure
from ingest.expansion.model import INSIDE

KEPT_FAILURES: Final = 1_000
"""Failures that are listed; of those behind them there is only a number."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """``received == indexed + skipped + failed``; ``pruned`` documents were not received.

    ``failures`` are the first `KEPT_FAILURES`, and ``unlisted`` counts the others. Their names are
    in ``unlisted_names`` once the run has ended, but for conflicts of ids. ``timings_s`` are the
    seconds that each stage has taken.
    """

    indexed: int = 0
    skipped: int = 0
    failures: tuple[Failure, ...] = ()
    pruned: int = 0
    unlisted: int = 0
    unlisted_names: frozenset[str] = frozenset()
    timings_s: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def failed(self) -> int:
        """Documents that were not indexed."""
        return len(self.failures) + self.unlisted

    @property
    def failed_names(self) -> set[str]:
        """What failures are reported under."""
        return {failure.name for failure in self.failures} | self.unlisted_names

    @property
    def received(self) -> int:
        """Documents that were handed over."""
        return self.indexed + self.skipped + self.failed

    def unread(self, document_ids: Iterable[str]) -> set[str]:
        """Those that belong to what failed: a file, the lines of one, or all below a folder."""
        names = self.failed_names
        return {id_ for id_ in document_ids if not names.isdisjoint(_holders(id_))}

    def summary(self) -> str:
        """One line for a person."""
        line = (
            f"received {self.received} = indexed {self.indexed} + skipped {self.skipped} "
            f"+ failed {self.failed}"
        )
        return f"{line}; pruned {self.pruned}" if self.pruned else line

    def time_by_stage(self) -> str:
        """One line for a person: where the time went."""
        return ", ".join(f"{stage} {spent:.1f} s" for stage, spent in self.timings_s.items())


def _holders(document_id: str) -> Iterator[str]:
    """The document, and what it may be from: files, archives, folders that may pass for files."""
    yield document_id
    for at, character in enumerate(document_id):
        if character in ":/":
            yield document_id[:at]
            yield document_id[: at + 1]
        elif document_id.startswith(INSIDE, at):
            yield document_id[:at]
