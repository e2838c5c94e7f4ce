from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.text.analyzer import StandardAnalyzer
from tests.unit.app.answering.desk import Desk
from tests.unit.ending import end_within


@pytest.fixture
def desk(tmp_path: Path, analyzer: StandardAnalyzer) -> Iterator[Desk]:
    with ThreadPoolExecutor(2) as executor:
        made = Desk(tmp_path, analyzer, executor)
        yield made
        made.store.close()


@pytest.fixture
def _ends() -> Iterator[None]:
    """For a test that must end: what is linear takes a hundredth of this, what is not minutes."""
    with end_within(30.0, "the test"):
        yield
