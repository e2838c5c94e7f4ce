"""What an ingestion did, in numbers that add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain import Failure


@dataclass(frozen=True, slots=True)
class IngestReport:
    """``received == indexed + skipped + len(failures)``; ``pruned`` documents were not received."""

    indexed: int = 0
    skipped: int = 0
    failures: tuple[Failure, ...] = ()
    pruned: int = 0

    @property
    def received(self) -> int:
        """Documents that were handed over."""
        return self.indexed + self.skipped + len(self.failures)

    def unread(self, document_ids: Iterable[str]) -> set[str]:
        """Those that belong to what failed: a file, the lines of one, or all below a folder."""
        names = {failure.name for failure in self.failures}
        return {id_ for id_ in document_ids if not names.isdisjoint(_holders(id_))}

    def summary(self) -> str:
        """One line for a person."""
        line = (
            f"received {self.received} = indexed {self.indexed} + skipped {self.skipped} "
            f"+ failed {len(self.failures)}"
        )
        return f"{line}; pruned {self.pruned}" if self.pruned else line


def _holders(document_id: str) -> Iterator[str]:
    """The document, and the files and folders that it may be from; a folder may pass for a file."""
    yield document_id
    for at, character in enumerate(document_id):
        if character in ":/":
            yield document_id[:at]
            yield document_id[: at + 1]
