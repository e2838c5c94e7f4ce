"""What an ingestion did, in numbers that add up."""

from __future__ import annotations

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

    def summary(self) -> str:
        """One line for a person."""
        line = (
            f"received {self.received} = indexed {self.indexed} + skipped {self.skipped} "
            f"+ failed {len(self.failures)}"
        )
        return f"{line}; pruned {self.pruned}" if self.pruned else line
