"""What a job does: the documents that were uploaded go into its collection."""

from __future__ import annotations

from app.observing.stages import Stages
from app.ports.store import Collection
from ingest.expansion.model import Expand
from ingest.indexer import Indexer
from ingest.jobs.sources import JobSources
from ingest.pipeline import Ingestion, Progress
from ingest.report import IngestReport
from ingest.sources.documents import documents
from ingest.sources.model import Load


def run_job(
    uploads: JobSources,
    progress: Progress,
    *,
    collection: Collection,
    indexer: Indexer,
    load: Load,
    expand: Expand,
    batch_chunks: int,
    stages: Stages | None = None,
) -> IngestReport:
    """Indexes the documents of a job, without those that it must not commit any more.

    Raises what `Ingestion.run` raises.
    """
    ingestion = Ingestion(
        collection,
        indexer,
        load=load,
        batch_chunks=batch_chunks,
        progress=progress,
        stages=stages,
        admit=uploads.admit,
        overtaken=uploads.overtaken,
    )
    return ingestion.run(documents(uploads, expand))
