"""Which models are used, and how they run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from app.domain.devices import AUTO, DEVICE_NAME
from app.settings.section import Directory, File, Section


def _user_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "attest"


class ModelSettings(Section):
    """Which models answer. See ``docs/handbook/en/models.md`` for the names that are understood."""

    cache: Directory = Field(default_factory=_user_cache, validate_default=True)
    embedder: str = "bundled:attest-embedder-small"
    embedder_tokens: int = Field(
        512, ge=16, le=32_768, description="of a text, read by an embedder behind HTTP"
    )
    sparse: str = Field("none", description="weighs tokens, for the route sparse; or none")
    reranker: str = "none"
    reranker_tokens: int | None = Field(
        None,
        ge=16,
        le=8_192,
        description="of a passage, read by a cross-encoder here; None: what it was trained to, "
        "or a whole chunk",
    )
    combination: File | None = Field(
        None, description="what `rag train combination` wrote for the reranker; None: what ships"
    )
    reader: str = "bundled:attest-reader-small"
    evidence: File | None = Field(
        None, description="what `rag train evidence` wrote for these models; None: what ships"
    )
    generator: str = "none"
    generator_context_tokens: int = Field(
        4_096,
        ge=512,
        le=1_048_576,
        description="of prompt and answer together, of a generator behind HTTP or in llama.cpp",
    )
    glossary: str = Field(
        "bundled:cc-cedict", description="what words are called in the other language; or none"
    )
    device: str = Field(
        AUTO,
        pattern=DEVICE_NAME,
        description="of models that run here; auto: a card with memory for the model, or the CPU",
    )
    precision: Literal["auto", "float32", "bfloat16", "openvino"] = "auto"
    threads: int = Field(0, ge=0, description="0: as many as the machine has cores")
    query_prefix: str | None = Field(None, description="None: what the model is known to want")
    passage_prefix: str | None = Field(None, description="None: what the model is known to want")
    embedder_api_key: SecretStr | None = None
    reranker_api_key: SecretStr | None = None
    generator_api_key: SecretStr | None = None
    request_timeout_s: float = Field(60.0, gt=0.0, description="for models behind HTTP")
    embedding_cache: bool = False
    """Keep the vectors of texts in a file below ``cache``; evaluation does."""
