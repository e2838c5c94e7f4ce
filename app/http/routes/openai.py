"""The OpenAI shape, for clients that speak it: a collection is a model.

Fields that have no meaning here (``temperature``, ``tools``, …) are taken and left alone.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, Self, TypeAlias

from fastapi import APIRouter
from pydantic import BaseModel, Field, StrictBool
from starlette.requests import Request
from starlette.responses import Response

from app.domain.answers import Answer, AnswerEvent, SentenceEvent
from app.domain.questions import Turn
from app.errors import InvalidRequest
from app.http.edge import sse
from app.http.edge.auth import PrincipalOf
from app.http.edge.errors import problem_of
from app.http.edge.json_bodies import read_json
from app.http.edge.parts import Edge, EdgeOf
from app.http.edge.relay import AnswerRelay, complete_answer, open_answer
from app.http.edge.responses import json_response, to_json
from app.http.schemas.answers import (
    MAX_HISTORY_CHARACTERS,
    MAX_QUERY_CHARACTERS,
    MAX_TURN_CHARACTERS,
    MAX_TURNS,
)
from app.http.schemas.citations import AnswerCitation
from app.http.schemas.markdown import shown, shown_answer
from app.http.schemas.openapi import EVENTS, json_body
from app.requests import AnswerRequest

router = APIRouter(tags=["openai"])

MAX_PARTS: Final = 100
"""Most parts of one message."""
DONE: Final = sse.event(None, "[DONE]")
OWNER: Final = "attest"

Role: TypeAlias = Literal["system", "user", "assistant"]
_ROLES: Final[dict[str, Role]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}
"""What each role is here; messages of others (``tool``, ``function``) are left out."""


class Part(BaseModel):
    """A content part of a message; only ``text`` parts are read."""

    type: Annotated[str, Field(max_length=64)]
    text: str = ""


class Message(BaseModel):
    """One message; its content is a text, or parts."""

    role: Annotated[str, Field(max_length=64)]
    content: str | Annotated[list[Part], Field(max_length=MAX_PARTS)] | None = None

    def text(self) -> str:
        """The text parts, one per line."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class ChatCompletionRequest(BaseModel):
    """The body of ``POST /v1/chat/completions``.

    Clients send the whole conversation each time, however long it has become; the turns that
    exceed the limits of a history are dropped here.
    """

    model: Annotated[str, Field(min_length=1, max_length=256)]
    messages: Annotated[list[Message], Field(min_length=1)]
    stream: StrictBool | None = None

    def to_domain(self) -> AnswerRequest:
        """Takes the last message as the question. Raises `InvalidRequest` if it is no question."""
        *before, last = self.messages
        query = last.text()
        if last.role != "user" or not query.strip():
            raise InvalidRequest("The last message must be the user's, and have a text.")
        if len(query) > MAX_QUERY_CHARACTERS:
            raise InvalidRequest(
                f"The last message is longer than {MAX_QUERY_CHARACTERS:,} characters."
            )
        return AnswerRequest(query=query, history=_turns(before))


class Attest(BaseModel):
    """Fields of an answer that the OpenAI format lacks."""

    mode: Literal["generated", "extractive", "abstained"]
    reason: str | None
    citations: tuple[AnswerCitation, ...]
    degraded: tuple[str, ...]

    @classmethod
    def from_domain(cls, answer: Answer) -> Self:
        """Converts the domain object."""
        return cls(
            mode=answer.mode,
            reason=answer.reason,
            citations=AnswerCitation.all_from_domain(answer.citations),
            degraded=answer.degraded,
        )


class Delta(BaseModel):
    """A message, or the next part of a streamed one."""

    role: Literal["assistant"] | None = None
    content: str | None = None


class Choice(BaseModel):
    """The only choice of a whole answer."""

    index: Literal[0] = 0
    message: Delta
    finish_reason: Literal["stop"] = "stop"


class ChatCompletionResponse(BaseModel):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    attest: Attest


class ChunkChoice(BaseModel):
    """The only choice of a chunk."""

    index: Literal[0] = 0
    delta: Delta
    finish_reason: Literal["stop"] | None


class ChatCompletionChunk(BaseModel):
    """A chunk of a streamed answer; the last one has ``attest``."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    attest: Attest | None = None


class Model(BaseModel):
    """A collection as a model. Its creation time is not known, so ``created`` is 0."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = OWNER


class ModelListResponse(BaseModel):
    """Every collection as a model."""

    object: Literal["list"] = "list"
    data: list[Model]


@router.get("/v1/models")
async def list_models(request: Request, edge: EdgeOf, principal: PrincipalOf) -> ModelListResponse:
    """The collections that can be asked."""
    stats = await edge.call(
        request, edge.lanes.reads, lambda service: service.collections(principal)
    )
    return ModelListResponse(data=[Model(id=one.name) for one in stats])


@router.post(
    "/v1/chat/completions",
    response_model=ChatCompletionResponse,
    responses={200: EVENTS},
    openapi_extra=json_body(ChatCompletionRequest),
)
async def complete(request: Request, edge: EdgeOf, principal: PrincipalOf) -> Response:
    """An answer with its citations in the text and, structured, in ``attest``."""
    with edge.lanes.answers.take() as place:
        body = await read_json(request, ChatCompletionRequest)
        asked = body.to_domain()
        head = _Head(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), body.model)
        if body.stream:
            relay = await open_answer(edge, request, place, principal, body.model, asked)
            return sse.EventStream(_events(edge, relay, head), on_end=relay.abandon)
        answer = await complete_answer(edge, request, place, principal, body.model, asked)
    said = Delta(role="assistant", content=shown_answer(answer) or answer.reason or "")
    return json_response(
        ChatCompletionResponse(
            id=head.id,
            created=head.created,
            model=head.model,
            choices=[Choice(message=said)],
            attest=Attest.from_domain(answer),
        )
    )


@dataclass(frozen=True, slots=True)
class _Head:
    """What every chunk of one answer repeats."""

    id: str
    created: int
    model: str

    def chunk(self, said: Delta, *, end: Answer | None = None) -> bytes:
        choice = ChunkChoice(delta=said, finish_reason="stop" if end else None)
        chunk = ChatCompletionChunk(
            id=self.id,
            created=self.created,
            model=self.model,
            choices=[choice],
            attest=Attest.from_domain(end) if end else None,
        )
        return sse.event(None, to_json(chunk))


async def _events(edge: Edge, relay: AnswerRelay, head: _Head) -> AsyncIterator[bytes]:
    """The role, each sentence, the end, ``[DONE]``; an error is an object in place of a chunk."""
    try:
        yield head.chunk(Delta(role="assistant", content=""))
        gap = ""
        async for event in relay.events(edge.heartbeat_s):
            match event:
                case None:
                    yield sse.HEARTBEAT
                case SentenceEvent(sentence):
                    yield head.chunk(Delta(content=gap + shown(sentence)))
                    gap = " "
                case AnswerEvent(answer):
                    edge.metrics.answered(answer)
                    if answer.mode == "abstained":
                        yield head.chunk(Delta(content=answer.reason))
                    for note in answer.notes:
                        yield head.chunk(Delta(content=f"\n{note}"))
                    yield head.chunk(Delta(), end=answer)
    except Exception as error:  # noqa: BLE001 - its status is sent already, so it becomes an event
        yield sse.event(None, problem_of(error).json())
    yield DONE


def _turns(messages: Sequence[Message]) -> tuple[Turn, ...]:
    """The newest `MAX_TURNS`, each up to `MAX_TURN_CHARACTERS`, that a history has room for."""
    turns = [
        Turn(_ROLES[message.role], text[:MAX_TURN_CHARACTERS])
        for message in messages
        if message.role in _ROLES and (text := message.text())
    ]
    kept, room = list[Turn](), MAX_HISTORY_CHARACTERS
    for turn in reversed(turns[-MAX_TURNS:]):
        room -= len(turn.content)
        if room < 0:
            break
        kept.append(turn)
    return tuple(reversed(kept))
