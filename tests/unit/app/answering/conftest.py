from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import pytest

from app.text.analyzer import StandardAnalyzer
from tests.unit.app.answering.desk import Desk

AMPLE_S = 30.0
"""What is linear takes a hundredth of this; what is quadratic in 100 kB takes minutes."""


@pytest.fixture(scope="session")
def analyzer(tmp_path_factory: pytest.TempPathFactory) -> StandardAnalyzer:
    return StandardAnalyzer(tmp_path_factory.mktemp("analyzer"))


@pytest.fixture
def desk(tmp_path: Path, analyzer: StandardAnalyzer) -> Iterator[Desk]:
    with ThreadPoolExecutor(2) as executor:
        made = Desk(tmp_path, analyzer, executor)
        yield made
        made.store.close()


@pytest.fixture
def _ends() -> Iterator[None]:
    """Fails a test that does not come to its end, in the middle of a regular expression too."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        pytest.fail(f"still at work after {AMPLE_S:g} s: not linear")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, AMPLE_S)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)
