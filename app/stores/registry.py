"""From ``store.kind`` to a store."""

# ruff: noqa: PLC0415 - each branch imports what it alone needs

from __future__ import annotations

from app.ports.analyzer import Analyzer
from app.ports.store import Store
from app.settings import StoreSettings


def build_store(settings: StoreSettings, analyzer: Analyzer) -> Store:
    """The store that ``settings.kind`` names."""
    if settings.kind == "memory":
        from app.stores.memory.store import MemoryStore

        return MemoryStore(settings, analyzer)
    from app.stores.local.store import LocalStore

    return LocalStore(settings, analyzer)
