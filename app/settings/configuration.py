"""The whole configuration, and where its values come from.

Sources, strongest first: arguments, environment (``ATTEST_SERVER__PORT=8080``), ``attest.toml`` in
the working directory or the file that ``ATTEST_CONFIG`` names, defaults.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Self

from pydantic import Field, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from app.errors import ConfigurationError
from app.settings.answer import AnswerSettings
from app.settings.chunking import ChunkingSettings
from app.settings.ingest import IngestSettings
from app.settings.models import ModelSettings
from app.settings.retrieval import RetrievalSettings
from app.settings.server import ServerSettings
from app.settings.store import StoreSettings

CONFIG_VARIABLE: Final = "ATTEST_CONFIG"


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

    @model_validator(mode="after")
    def _what_is_written_needs_a_writer(self) -> Self:
        if self.retrieval.writes and self.models.generator == "none":
            raise ValueError("retrieval.rewordings and retrieval.hypothesis need models.generator")
        return self

    @model_validator(mode="after")
    def _the_graph_is_kept_where_it_is_searched(self) -> Self:
        if "graph" in self.retrieval.routes and not self.store.entity_graph:
            raise ValueError("retrieval.routes names graph, which takes store.entity_graph = true")
        return self

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
        file = settings_file()
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)


def settings_file() -> Path | None:
    """The file that settings are read from, if there is one.

    Raises:
        ConfigurationError: ``ATTEST_CONFIG`` names a file that does not exist.
    """
    named = os.environ.get(CONFIG_VARIABLE)
    file = Path(named or "attest.toml").absolute()
    if file.is_file():
        return file
    if named:
        raise ConfigurationError(
            f"{CONFIG_VARIABLE} names {named}, and there is no such file. Correct the variable, or "
            "unset it to read attest.toml in the working directory."
        )
    return None
