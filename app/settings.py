"""Every setting, with its default and its bounds. Entry points build one object and pass it down.

Sources, strongest first: arguments, environment (``ATTEST_SERVER__PORT=8080``), ``attest.toml`` in
the working directory or the file that ``ATTEST_CONFIG`` names, defaults.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from app.domain.queries import QueryKind


def _user_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "attest"


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


Directory = Annotated[Path, AfterValidator(_absolute)]
File = Annotated[Path, AfterValidator(_absolute)]
Weight = Annotated[float, Field(ge=0.0, le=1.0)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreSettings(_Section):
    """Where collections live and how their indexes behave."""

    kind: Literal["local", "memory"] = Field(
        "local", description="memory: collections end with the process"
    )
    directory: Directory = Field(Path("data"), validate_default=True)
    lexical_engine: Literal["tantivy", "rank_bm25"] = "tantivy"
    bm25_k1: float = Field(1.2, ge=0.0, le=10.0, description="not Tantivy's, which is 1.2")
    bm25_b: float = Field(0.75, ge=0.0, le=1.0, description="not Tantivy's, which is 0.75")
    metric: Literal["cosine", "dot", "l2"] = "cosine"
    hnsw_threshold: int = Field(200_000, ge=1, description="chunks above which search is by HNSW")
    hnsw_links: int = Field(32, ge=4, le=128)
    hnsw_ef_construction: int = Field(80, ge=8, le=2_000)
    hnsw_ef_search: int = Field(128, ge=8, le=4_000)
    lock_timeout_s: float = Field(30.0, ge=0.0)
    open_collections: int = Field(
        32, ge=1, description="collections asked for last that keep files and memory"
    )


class ModelSettings(_Section):
    """Which models answer. See ``docs/handbook/en/models.md`` for the names that are understood."""

    cache: Directory = Field(default_factory=_user_cache, validate_default=True)
    embedder: str = "bundled:multilingual-e5-small"
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
    glossary: str = Field(
        "bundled:cc-cedict", description="what words are called in the other language; or none"
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


class ChunkingSettings(_Section):
    """How documents are cut. Recorded with each collection."""

    strategy: Literal["structure", "sentence", "fixed"] = "structure"
    chunk_tokens: int = Field(256, ge=16, le=8_192)
    overlap_tokens: int = Field(0, ge=0, le=4_096)


class IngestSettings(_Section):
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


class WeightRule(_Section):
    """Weights of the routes for some queries; a condition that is not given fits every query."""

    language: str | None = None
    kind: QueryKind | None = None
    weights: dict[str, Weight]


class RetrievalSettings(_Section):
    """Recall, fusion and reranking."""

    routes: tuple[str, ...] = Field(
        ("bm25", "dense"), min_length=1, description="see `app.retrieval.recall.registry`"
    )
    depth: int = Field(100, ge=1, le=1_000, description="candidates that each route returns")
    fusion: Literal["zscore", "convex", "rrf"] = "zscore"
    rrf_k: float = Field(60.0, ge=0.0, description="for rrf")
    weights: dict[str, Weight] = Field(default={"bm25": 0.5, "dense": 0.5})
    bm25_lead: Share = Field(
        0.6,
        description="of a question's terms that BM25's best hit must hold beyond what dense hits "
        "do, for BM25 to count in full; 0: it always does",
    )
    weight_rules: tuple[WeightRule, ...] = Field(
        (), description="the first that fits a query takes the place of weights"
    )
    tuned: bool = True
    """Use what ``rag eval tune`` kept with a collection."""
    match_depth: int = Field(
        50, ge=1, le=1_000, description="candidates whose term matches are measured"
    )
    match_weight: float = Field(
        1.0, ge=0.0, le=10.0, description="of the term match, beside what was learned; 0: none"
    )
    rerank_depth: int = Field(20, ge=1, le=200, description="of these, read by the reranker")
    rerank_weight: float = Field(
        1.0, ge=0.0, le=10.0, description="of the reranker, beside what was learned; 0: none"
    )
    rerank_stop: float = Field(
        0.05,
        ge=0.0,
        le=5.0,
        description="unread candidates to be expected among the first five, below which reranking "
        "stops; 0: all are read",
    )
    rerank_budget_ms: float = Field(1_000.0, ge=0.0)


class AnswerSettings(_Section):
    """From hits to an answer."""

    passages: int = Field(8, ge=1, le=50)
    neighbours: int = Field(0, ge=0, le=10, description="chunks added on each side of a hit")
    context_tokens: int = Field(2_000, ge=64, description="of passages that may be quoted")
    scored_sentences: int = Field(24, ge=1, le=500, description="statements that models compare")
    max_sentences: int = Field(2, ge=1, le=20, description="of one part of a question")
    list_items: int = Field(12, ge=2, le=200, description="of a list or table that is asked for")
    rivals: int = Field(4, ge=1, le=20, description="statements shown that differ in a value")
    rival_share: Share = Field(
        0.6, description="of the best probability, that a statement with another value must have"
    )
    complement_share: Share = Field(
        0.6, description="of the best probability, that a second statement must have"
    )
    sure_probability: Share = Field(
        0.8, description="of the best statement, above which a second must say something new"
    )
    min_probability: Share = Field(0.6, description="of the best statement; below: abstain")
    history_turns: int = Field(1, ge=0, le=10, description="questions before that search sees")
    prompt_tokens: int = Field(600, ge=64, description="of passages shown to the generator")
    max_answer_tokens: int = Field(160, ge=8, le=4_096)
    drafted_sentences: int = Field(3, ge=1, le=20, description="of a generator, that are said")
    least_said: Share = Field(
        0.2, description="probability of a statement from which a generator may rest on it"
    )
    log: Literal["nothing", "outcomes", "questions"] = Field(
        "nothing", description="what the log keeps of an answer: its outcome, the question too"
    )
    generate_budget_ms: float = Field(8_000.0, ge=0.0, description="then what is verified stands")


class ServerSettings(_Section):
    """The HTTP edge."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65_535)
    api_keys: tuple[SecretStr, ...] = ()
    max_body_bytes: int = Field(32 * 2**20, ge=1, description="of an upload")
    max_question_bytes: int = Field(4 * 2**20, ge=1, description="of any other request")
    header_timeout_s: float = Field(10.0, gt=0.0, description="for a request's head to arrive")
    body_timeout_s: float = Field(60.0, gt=0.0, description="for its whole body to arrive")
    max_connections: int = Field(100, ge=1, description="open at once")
    workers: int = Field(2, ge=1, le=64, description="searches that compute at once")
    answers: int = Field(2, ge=1, le=64, description="answers that are made at once")
    uploads: int = Field(4, ge=1, le=64, description="uploads that are received at once")
    queue: int = Field(32, ge=0, description="searches, and answers, that may wait for a worker")
    wait_timeout_s: float = Field(600.0, ge=0.0, description="of uploads with wait=true")
    shutdown_grace_s: float = Field(20.0, ge=0.0)


class Settings(BaseSettings):
    """The whole configuration; immutable."""

    model_config = SettingsConfigDict(
        env_prefix="ATTEST_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
    )

    store: StoreSettings = Field(default_factory=StoreSettings)
    models: ModelSettings = Field(default_factory=ModelSettings)
    chunking: ChunkingSettings = ChunkingSettings()
    ingest: IngestSettings = IngestSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answer: AnswerSettings = AnswerSettings()
    server: ServerSettings = ServerSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Adds the TOML file below the environment."""
        file = os.environ.get("ATTEST_CONFIG", "attest.toml")
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)
