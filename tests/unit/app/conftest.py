from __future__ import annotations

import pytest

from app.text.analyzer import StandardAnalyzer


@pytest.fixture(scope="session")
def analyzer(tmp_path_factory: pytest.TempPathFactory) -> StandardAnalyzer:
    """The real one, with its dictionary read, which takes a second."""
    made = StandardAnalyzer(tmp_path_factory.mktemp("analyzer"))
    made.terms("先读词典")
    return made
