"""What indexes uploads in the background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.domain.jobs import JobStatus, QueueHealth, Upload


class Ingestor(Protocol):
    """Takes documents over and indexes them in the background, one job after the other."""

    def submit(self, collection: str, uploads: Sequence[Upload]) -> JobStatus:
        """Keeps the uploads durably and queues them: after return, a crash only delays them.

        The collection is made where it does not exist. Raises `Overloaded` when too many jobs
        wait, `StoreUnwritable`, `FingerprintMismatch`, and `InvalidRequest` for a name that no
        collection can have.
        """

    def status(self, job_id: str) -> JobStatus:
        """What has been done so far. Raises `NotFound`."""

    def overtake(self, collection: str, document_ids: Sequence[str]) -> None:
        """Leaves documents out of every job accepted so far, durably: they were deleted since."""

    def cancel(self, collection: str) -> None:
        """Ends the jobs of a collection that was removed, as failed."""

    def wait(self, job_id: str, timeout_s: float) -> JobStatus:
        """Returns when the job has ended or is parked, or with its state after ``timeout_s``."""

    def health(self) -> QueueHealth:
        """Whether jobs are worked; cheap to ask."""
