"""A query is understood here, once, before any route runs."""

from __future__ import annotations

from app.domain.queries import Query
from app.errors import InvalidRequest
from app.ports.analyzer import Analyzer
from app.text.query_kind import query_kind


def understand(text: str, analyzer: Analyzer) -> Query:
    """The query that ``text`` is.

    Raises:
        InvalidRequest: it is blank.
    """
    if not text.strip():
        raise InvalidRequest("The query is empty; ask something.")
    return Query(
        text=text,
        language=analyzer.language(text),
        kind=query_kind(text),
        terms=tuple(analyzer.query_terms(text)),
    )
