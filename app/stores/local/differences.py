"""How an index differs from the catalog that it follows."""

from __future__ import annotations

import numpy as np

from app.stores.local.filtering.key_set import Keys


def differences(index: str, truth: Keys, keys: Keys) -> list[str]:
    """In words; empty where ``keys`` of the index are those that the catalog has."""
    missing, ghosts = np.setdiff1d(truth, keys), np.setdiff1d(keys, truth)
    problems: list[str] = []
    if len(missing):
        problems.append(f"{index}: {len(missing)} chunks are missing")
    if len(ghosts):
        problems.append(f"{index}: {len(ghosts)} chunks no longer exist")
    if len(keys) != len(np.unique(keys)):
        problems.append(f"{index}: some chunks are held twice")
    return problems
