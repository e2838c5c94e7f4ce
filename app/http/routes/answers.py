"""``POST /v1/collections/{name}/answer``: as a whole, or sentence by sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.domain.answers import AnswerEvent, SentenceEvent
from app.http.edge import sse
from app.http.edge.auth import PrincipalOf
from app.http.edge.errors import problem_of
from app.http.edge.json_bodies import read_json
from app.http.edge.parts import Edge, EdgeOf
from app.http.edge.relay import AnswerRelay, complete_answer, open_answer
from app.http.edge.responses import json_response, to_json
from app.http.schemas.answers import AnswerRequest, AnswerResponse, StreamedSentence
from app.http.schemas.openapi import EVENTS, json_body

router = APIRouter(tags=["answer"])


@router.post(
    "/v1/collections/{name}/answer",
    response_model=AnswerResponse,
    responses={200: EVENTS},
    openapi_extra=json_body(AnswerRequest),
)
async def answer(request: Request, edge: EdgeOf, principal: PrincipalOf, name: str) -> Response:
    """An answer whose sentences cite passages; with ``stream``, server-sent events."""
    with edge.lanes.answers.take() as place:
        body = await read_json(request, AnswerRequest)
        asked = body.to_domain()
        if body.stream:
            relay = await open_answer(edge, request, place, principal, name, asked)
            return sse.EventStream(_events(edge, relay), on_end=relay.abandon)
        found = await complete_answer(edge, request, place, principal, name, asked)
        return json_response(AnswerResponse.from_domain(found))


async def _events(edge: Edge, relay: AnswerRelay) -> AsyncIterator[bytes]:
    """``sentence`` for each, then ``answer`` with all of it; or ``error``."""
    try:
        async for event in relay.events(edge.heartbeat_s):
            match event:
                case None:
                    yield sse.HEARTBEAT
                case SentenceEvent():
                    yield sse.event("sentence", to_json(StreamedSentence.from_domain(event)))
                case AnswerEvent(answer):
                    edge.metrics.answered(answer)
                    yield sse.event("answer", to_json(AnswerResponse.from_domain(answer)))
    except Exception as error:  # noqa: BLE001 - its status is sent already, so it becomes an event
        yield sse.event("error", problem_of(error).json())
