"""Files opened in this process, for tests of what becomes of their parts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO

from app.settings import IngestSettings
from ingest.expansion import registry
from ingest.expansion.budget import ExpansionLimits
from ingest.expansion.model import Part
from ingest.sources.files import source_of
from ingest.sources.model import Source

LIMITS = ExpansionLimits.of(IngestSettings())


def expand(name: str, file: IO[bytes]) -> Iterator[Part]:
    """As a service does by default."""
    return registry.expand(name, file, LIMITS)


def sources_in(name: str, data: bytes) -> list[Source]:
    """The documents in a file of these bytes."""
    return [source_of(part) for part in expand(name, io.BytesIO(data))]
