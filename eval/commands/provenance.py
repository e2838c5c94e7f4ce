"""Facts needed to repeat a run: commit, versions, models, fingerprint, settings."""

from __future__ import annotations

import importlib.metadata
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from app.domain.collections import Fingerprint
from app.domain.documents import Scalar
from app.main import Application
from app.settings import RetrievalSettings

LIBRARIES: Final = ("faiss-cpu", "sentence-transformers", "tantivy", "torch", "transformers")
"""Libraries whose versions are recorded."""


def provenance(
    app: Application, fingerprint: Fingerprint, retrieval: RetrievalSettings
) -> Mapping[str, Scalar]:
    """Facts by dotted name about a collection and the retrieval settings used for it."""
    facts: dict[str, Scalar] = {"commit": _commit(), "python": platform.python_version()}
    facts |= {f"version.{name}": importlib.metadata.version(name) for name in LIBRARIES}
    facts |= {f"fingerprint.{name}": value for name, value in asdict(fingerprint).items()}
    facts["reranker"] = app.reranker.id if app.reranker else "none"
    for name, value in retrieval.model_dump().items():
        facts[f"retrieval.{name}"] = value if isinstance(value, int | float) else str(value)
    return facts


def _commit() -> str:
    """The checked-out commit, or ``unknown`` outside of a checkout."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607 - git of the PATH
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parent,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
