"""Every setting, with its default and its bounds, one file a section.

Entry points build one `Settings` and pass it, or a section of it, down; import all of them from
here.
"""

from app.settings.answer import AnswerSettings
from app.settings.chunking import ChunkingSettings
from app.settings.configuration import Settings
from app.settings.ingest import IngestSettings
from app.settings.models import ModelSettings
from app.settings.retrieval import RetrievalSettings, WeightRule
from app.settings.server import ServerSettings
from app.settings.store import StoreSettings

__all__ = [
    "AnswerSettings",
    "ChunkingSettings",
    "IngestSettings",
    "ModelSettings",
    "RetrievalSettings",
    "ServerSettings",
    "Settings",
    "StoreSettings",
    "WeightRule",
]
