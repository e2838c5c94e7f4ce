"""The service as an answerer for evaluations, and the settings that it is evaluated with."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from app.access.principal import LOCAL
from app.domain.answers import Answer
from app.domain.documents import Scalar
from app.domain.questions import Turn
from app.filters import parse_filter
from app.requests import AnswerRequest
from app.service import Service
from app.settings import Settings

UNHURRIED_MS: Final = 3_600_000.0
"""A time budget that no answer exceeds."""


class ServiceAnswerer:
    """Implements `eval.answers.evaluate.Answerer` over one collection of a service."""

    def __init__(self, service: Service, collection: str) -> None:
        self._service = service
        self._collection = collection

    def answer(
        self, question: str, *, without: Collection[str] = (), history: Sequence[Turn] = ()
    ) -> Answer:
        """See `Answerer.answer`."""
        hidden = {"not": {"document_id": {"in": sorted(without)}}}
        where = parse_filter(hidden) if without else None
        request = AnswerRequest(question, history=tuple(history), where=where)
        return self._service.answer(LOCAL, self._collection, request)

    def document_text(self, document_id: str) -> str:
        """See `Answerer.document_text`. Raises `NotFound`."""
        return self._service.document(LOCAL, self._collection, document_id)[1].text


def unhurried(settings: Settings) -> Settings:
    """Settings without time limits, so that answers do not depend on the clock."""
    answer = settings.answer.model_copy(update={"generate_budget_ms": UNHURRIED_MS})
    retrieval = settings.retrieval.model_copy(update={"rerank_budget_ms": UNHURRIED_MS})
    return settings.model_copy(update={"answer": answer, "retrieval": retrieval})


def answer_facts(settings: Settings) -> Mapping[str, Scalar]:
    """The settings of answering by dotted name, for the provenance of a report."""
    facts: dict[str, Scalar] = {
        f"answer.{name}": value for name, value in settings.answer.model_dump().items()
    }
    return facts
