"""Limits of ingestion."""

from __future__ import annotations

from pydantic import Field

from app.settings.section import Section


class IngestSettings(Section):
    """Limits of ingestion."""

    max_file_bytes: int = Field(64 * 2**20, ge=1)
    max_document_characters: int = Field(4_000_000, ge=1, description="of one document's text")
    max_parts: int = Field(1_000_000, ge=1, description="documents in one file")
    max_expanded_bytes: int = Field(2**30, ge=1, description="that one archive unpacks to")
    max_expansion_ratio: float = Field(
        200.0, ge=1.0, description="of what an archive unpacks to and its size"
    )
    max_depth: int = Field(3, ge=1, le=16, description="of archives within each other")
    load_timeout_s: float = Field(60.0, gt=0.0)
    loader_memory_bytes: int = Field(
        2**30, ge=2**28, description="that the process which reads files may map"
    )
    batch_chunks: int = Field(128, ge=1, description="chunks embedded and committed together")
