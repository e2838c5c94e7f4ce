"""How documents are cut."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.settings.section import Section


class ChunkingSettings(Section):
    """How documents are cut. Recorded with each collection."""

    strategy: Literal["structure", "sentence", "fixed"] = "structure"
    chunk_tokens: int = Field(256, ge=16, le=8_192)
    overlap_tokens: int = Field(0, ge=0, le=4_096)
