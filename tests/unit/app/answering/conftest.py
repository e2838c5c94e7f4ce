from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import FrameType
from typing import TypeAlias

import pytest

from app.text.analyzer import StandardAnalyzer
from tests.unit.app.answering.desk import Desk

EndWithin: TypeAlias = Callable[[float, str], AbstractContextManager[None]]


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
def end_within() -> EndWithin:
    """Fails a test that does not come to its end, in the middle of a regular expression too."""

    @contextmanager
    def within(seconds: float, what: str) -> Iterator[None]:
        def ring(_signal: int, _frame: FrameType | None) -> None:
            pytest.fail(f"{what} is still at work after {seconds:g} s: not linear")

        before = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    return within


@pytest.fixture
def _ends(end_within: EndWithin) -> Iterator[None]:
    """For a test that must end: what is linear takes a hundredth of this, what is not minutes."""
    with end_within(30.0, "the test"):
        yield
