"""Chats in the OpenAI shape, for clients that speak it: a collection is a model."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.domain.answers import Answer, AnswerEvent, SentenceEvent
from app.http.edge import sse
from app.http.edge.auth import PrincipalOf
from app.http.edge.errors import problem_of
from app.http.edge.json_bodies import read_json
from app.http.edge.parts import Edge, EdgeOf
from app.http.edge.relay import AnswerRelay, complete_answer, open_answer
from app.http.edge.responses import json_response, to_json
from app.http.routes.shortening import Shortened
from app.http.schemas.chat import (
    Attest,
    ChatCompletionChunk,
    ChatCompletionRequest,
    ChatCompletionResponse,
    Choice,
    ChunkChoice,
    Delta,
    FinishReason,
    ModelListResponse,
    ModelResponse,
    Usage,
)
from app.http.schemas.markdown import shown, shown_pieces
from app.http.schemas.openapi import EVENTS, json_body
from app.requests import AnswerRequest

router = APIRouter(tags=["openai"])

DONE: Final = sse.event(None, "[DONE]")


@router.get("/v1/models")
async def list_models(request: Request, edge: EdgeOf, principal: PrincipalOf) -> ModelListResponse:
    """The collections that can be asked."""
    stats = await edge.call(
        request, edge.lanes.reads, lambda service: service.collections(principal)
    )
    return ModelListResponse(data=[ModelResponse.from_domain(one) for one in stats])


@router.get("/v1/models/{name}")
async def get_model(
    request: Request, edge: EdgeOf, principal: PrincipalOf, name: str
) -> ModelResponse:
    """One collection that can be asked."""
    stats = await edge.call(
        request, edge.lanes.reads, lambda service: service.collection(principal, name)
    )
    return ModelResponse.from_domain(stats)


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
        chat = _Chat.of(body, edge)
        if body.stream:
            relay = await open_answer(edge, request, place, principal, body.model, chat.question)
            return sse.EventStream(_events(edge, relay, chat), on_end=relay.abandon)
        answer = await complete_answer(edge, request, place, principal, body.model, chat.question)
    return json_response(await asyncio.to_thread(chat.whole, answer))


@dataclass(frozen=True, slots=True)
class _Chat:
    """One request, and what every chunk of its answer repeats."""

    id: str
    created: int
    body: ChatCompletionRequest
    question: AnswerRequest
    count: Callable[[str], int]

    @classmethod
    def of(cls, body: ChatCompletionRequest, edge: Edge) -> _Chat:
        """Raises `InvalidRequest` and `NotReady`."""
        count = edge.startup.service.inference.count_tokens
        return cls(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), body, body.to_domain(), count)

    def shortened(self) -> Shortened:
        """What cuts the answer as the client wants it cut."""
        return Shortened(stops=self.body.stops, max_tokens=self.body.token_limit, count=self.count)

    def usage(self, said: str) -> Usage:
        """Counts, which takes a while for a long conversation."""
        asked = [turn.content for turn in self.question.history] + [self.question.query]
        return Usage.of(sum(map(self.count, asked)), self.count(said))

    def whole(self, answer: Answer) -> ChatCompletionResponse:
        """The answer at once."""
        cut = self.shortened()
        pieces = [answer.reason or ""] if answer.mode == "abstained" else shown_pieces(answer)
        said = "".join([*map(cut.add, pieces), cut.end()])
        message = Delta(role="assistant", content=said)
        return ChatCompletionResponse(
            id=self.id,
            created=self.created,
            model=self.body.model,
            choices=[Choice(message=message, finish_reason=cut.finish_reason)],
            usage=self.usage(said),
            attest=Attest.from_domain(answer, self.body),
        )

    def chunk(
        self, said: Delta, *, answer: Answer | None = None, finish: FinishReason | None = None
    ) -> bytes:
        """The next part of a streamed answer; ``answer`` and ``finish`` come with the last."""
        return self._sent(
            [ChunkChoice(delta=said, finish_reason=finish)],
            attest=Attest.from_domain(answer, self.body) if answer else None,
        )

    def used(self, usage: Usage) -> bytes:
        """What follows the last part where the client wants it."""
        return self._sent([], usage=usage)

    def _sent(
        self,
        choices: list[ChunkChoice],
        *,
        usage: Usage | None = None,
        attest: Attest | None = None,
    ) -> bytes:
        chunk = ChatCompletionChunk(
            id=self.id,
            created=self.created,
            model=self.body.model,
            choices=choices,
            usage=usage,
            attest=attest,
        )
        return sse.event(None, to_json(chunk))


async def _events(edge: Edge, relay: AnswerRelay, chat: _Chat) -> AsyncIterator[bytes]:
    """The role, each sentence, the end, the usage if wanted, ``[DONE]``.

    An error is an object in place of a chunk.
    """
    cut, said = chat.shortened(), ""
    try:
        yield chat.chunk(Delta(role="assistant", content=""))
        async for item in _items(edge, relay):
            match item:
                case None:
                    yield sse.HEARTBEAT
                case str(piece):
                    if part := await asyncio.to_thread(cut.add, piece):
                        said += part
                        yield chat.chunk(Delta(content=part))
                case Answer() as answer:
                    if rest := cut.end():
                        said += rest
                        yield chat.chunk(Delta(content=rest))
                    yield chat.chunk(Delta(), answer=answer, finish=cut.finish_reason)
                    if chat.body.wants_usage_streamed:
                        yield chat.used(await asyncio.to_thread(chat.usage, said))
    except Exception as error:  # noqa: BLE001 - its status is sent already, so it becomes an event
        yield sse.event(None, problem_of(error).json())
    yield DONE


async def _items(edge: Edge, relay: AnswerRelay) -> AsyncIterator[str | Answer | None]:
    """The texts of an answer as they come, then the answer; ``None`` after a silent heartbeat."""
    gap = ""
    async for event in relay.events(edge.heartbeat_s):
        match event:
            case None:
                yield None
            case SentenceEvent(sentence):
                yield gap + shown(sentence)
                gap = " "
            case AnswerEvent(answer):
                edge.metrics.answered(answer)
                if answer.mode == "abstained":
                    yield answer.reason or ""
                for note in answer.notes:
                    yield f"\n{note}"
                yield answer
