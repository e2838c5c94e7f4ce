"""What the settings or a request ignore is not read into a query."""

from __future__ import annotations

from app.domain.queries import Reading
from app.ports.store import Collection
from app.requests import SearchRequest
from app.retrieval.understanding.steps import Means
from app.retrieval.understanding.understand import understand
from app.settings import RetrievalSettings
from app.text.analyzer import StandardAnalyzer


def test_the_settings_and_a_request_ignore_kinds_together(
    collection: Collection, analyzer: StandardAnalyzer
) -> None:
    def read(ignored: tuple[str, ...] = (), **fields: object) -> list[Reading]:
        settings = RetrievalSettings.model_validate({"ignore": ignored})
        request = SearchRequest("pyhton errors -draft", **fields)  # type: ignore[arg-type] - a test's own
        return list(understand(Means(request, collection, analyzer, settings)).query.readings)

    assert {reading.kind for reading in read()} == {"operator", "spelling"}
    assert {reading.kind for reading in read(("spelling",))} == {"operator"}
    assert not read(("spelling",), ignore=frozenset({"operator"}))
