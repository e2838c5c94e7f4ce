from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.observing.logs import LogHandler
from tests.http.world import MakeWorld, StoreKind, World


@pytest.fixture
def store_kind() -> StoreKind:
    """Modules whose tests are for every store give another fixture of this name."""
    return "local"


@pytest.fixture
def make_world(tmp_path: Path, store_kind: StoreKind) -> Iterator[MakeWorld]:
    with ExitStack() as stack:
        yield MakeWorld(tmp_path, stack, store_kind)


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> TestClient:
    return world.client


@pytest.fixture
def log() -> Iterator[StringIO]:
    """The lines that a server of ours would write to standard error."""
    lines, root = StringIO(), logging.getLogger()
    handler, level = LogHandler(lines), root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lines
    root.setLevel(level)
    root.removeHandler(handler)
