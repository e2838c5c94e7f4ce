"""A query is understood here, once, before any route runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.domain.queries import Query
from app.errors import InvalidRequest
from app.filters import Filter
from app.ports.analyzer import Analyzer
from app.retrieval.understanding import history, script, spelling, times, written
from app.retrieval.understanding.steps import Draft, Means, Step, Steps
from app.retrieval.understanding.syntax import operators
from app.text.query_kind import query_kind

STEPS: Final[Steps] = (
    Step("operator", operators.operators),
    Step("time", times.times),
    Step("script", script.in_words_held),
    Step("spelling", spelling.put_right),
    Step("history", history.after_others),
    Step("rewording", written.reworded),
    Step("hypothesis", written.supposed),
)
"""In the order in which they are taken."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A query, what its hits must fulfil, and which step of understanding failed.

    They must fulfil the request's filter and what the text says.
    """

    query: Query
    where: Filter | None
    degraded: tuple[str, ...] = ()


def understand(means: Means, steps: Steps = STEPS) -> Understood:
    """What the text of a request asks for.

    Raises:
        InvalidRequest: the text is blank, or what a step says of it.
    """
    request = means.request
    if not request.query.strip():
        raise InvalidRequest("The query is empty; ask something.")
    draft = Draft(request.query, request.where)
    for step in steps:
        if step.kind not in (*request.ignore, *means.settings.ignore):
            draft = step.understand(draft, means)
    return Understood(_query(draft, means.analyzer), draft.where, draft.degraded)


def as_query(text: str, analyzer: Analyzer) -> Query:
    """``text`` as a query, word by word: no step is taken."""
    return _query(Draft(text), analyzer)


def _query(draft: Draft, analyzer: Analyzer) -> Query:
    return Query(
        text=draft.text,
        language=analyzer.language(draft.text),
        kind=query_kind(draft.text),
        terms=tuple(analyzer.query_terms(draft.text)),
        readings=draft.readings,
        variants=draft.variants,
        follow_up=draft.follow_up,
    )
