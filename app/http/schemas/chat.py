"""Request and response bodies of chats in the OpenAI shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from app.domain.answers import Answer
from app.domain.collections import CollectionStats
from app.domain.questions import Turn
from app.errors import InvalidRequest
from app.http.schemas.answers import (
    MAX_HISTORY_CHARACTERS,
    MAX_QUERY_CHARACTERS,
    MAX_TURN_CHARACTERS,
    MAX_TURNS,
)
from app.http.schemas.citations import AnswerCitation
from app.requests import AnswerRequest

MAX_PARTS: Final = 100
"""Most parts of one message."""
MAX_STOPS: Final = 4
MAX_STOP_CHARACTERS: Final = 256
MAX_IGNORED: Final = 20
"""Most parameters without effect that an answer names."""
OWNER: Final = "attest"
SYSTEM: Final = "messages.system"
"""What an answer calls system messages that had no effect."""

Role: TypeAlias = Literal["system", "user", "assistant"]
_ROLES: Final[dict[str, Role]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}
"""What each role is here; messages of others (``tool``, ``function``) are left out."""

Stop = Annotated[str, Field(min_length=1, max_length=MAX_STOP_CHARACTERS)]
TokenLimit = Annotated[int, Field(ge=1, strict=True)]


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

    def holds_only_text(self) -> bool:
        """Whether `text` is all of it."""
        return not isinstance(self.content, list) or all(p.type == "text" for p in self.content)


class StreamOptions(BaseModel):
    """With ``include_usage`` the last chunk of a stream has the usage, and no choice."""

    include_usage: StrictBool | None = None


class ResponseFormat(BaseModel):
    """An answer is text; nothing else can be asked for."""

    type: Literal["text"]


class ChatCompletionRequest(BaseModel):
    """The body of ``POST /v1/chat/completions``.

    Clients send the whole conversation each time, however long it has become; the turns that
    exceed the limits of a history are dropped here. What would make a client misread the answer is
    refused (more than one choice, formats other than text, log probabilities, a forced tool); other
    parameters that are not named here have no effect, which the answer says.
    """

    model_config = ConfigDict(extra="allow")

    model: Annotated[str, Field(min_length=1, max_length=256)]
    messages: Annotated[list[Message], Field(min_length=1)]
    stream: StrictBool | None = None
    stream_options: StreamOptions | None = None
    stop: Stop | Annotated[list[Stop], Field(max_length=MAX_STOPS)] | None = None
    max_tokens: TokenLimit | None = None
    max_completion_tokens: TokenLimit | None = None
    n: Annotated[int, Field(ge=1, le=1, strict=True)] | None = None
    response_format: ResponseFormat | None = None
    modalities: list[Literal["text"]] | None = None
    audio: None = None
    logprobs: Literal[False] | None = None
    tool_choice: Literal["none", "auto"] | None = None

    def to_domain(self) -> AnswerRequest:
        """Takes the last message as the question. Raises `InvalidRequest` if it is no question."""
        *before, last = self.messages
        query = last.text()
        if last.role != "user" or not query.strip():
            raise InvalidRequest("The last message must be the user's, and have a text.")
        if not last.holds_only_text():
            raise InvalidRequest(
                "The last message has parts that are no text (images, sounds, files), which can't "
                "be read here; send its text alone."
            )
        if len(query) > MAX_QUERY_CHARACTERS:
            raise InvalidRequest(
                f"The last message is longer than {MAX_QUERY_CHARACTERS:,} characters."
            )
        return AnswerRequest(query=query, history=_turns(before))

    @property
    def stops(self) -> Sequence[str]:
        """Texts before which the answer is to end."""
        return [self.stop] if isinstance(self.stop, str) else self.stop or ()

    @property
    def token_limit(self) -> int | None:
        """Tokens that the answer may have."""
        limits = [limit for limit in (self.max_tokens, self.max_completion_tokens) if limit]
        return min(limits, default=None)

    @property
    def wants_usage_streamed(self) -> bool:
        """Whether a stream is to tell its usage."""
        return bool(self.stream_options and self.stream_options.include_usage)

    def without_effect(self, answer: Answer) -> tuple[str, ...]:
        """Names of the parameters that changed nothing about ``answer``."""
        given = self.model_extra or {}
        names = [name[:64] for name in given if given[name] is not None]
        if answer.mode != "generated" and any(
            _ROLES.get(message.role) == "system" for message in self.messages
        ):
            names.insert(0, SYSTEM)
        return tuple(names[:MAX_IGNORED])


class Usage(BaseModel):
    """Tokens of the conversation that was read and of the text that was said.

    They are counted by the generator's tokenizer, or by the embedder's where no generator is
    loaded. Passages, which clients neither send nor receive, are not counted.
    """

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, prompt: int, completion: int) -> Self:
        """Adds up."""
        return cls(
            prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion
        )


class Attest(BaseModel):
    """Fields of an answer that the OpenAI format lacks.

    ``ignored`` names what the client sent without any effect on this answer.
    """

    mode: Literal["generated", "extractive", "abstained"]
    reason: str | None
    citations: tuple[AnswerCitation, ...]
    degraded: tuple[str, ...]
    ignored: tuple[str, ...]

    @classmethod
    def from_domain(cls, answer: Answer, asked: ChatCompletionRequest) -> Self:
        """Converts the domain object."""
        return cls(
            mode=answer.mode,
            reason=answer.reason,
            citations=AnswerCitation.all_from_domain(answer.citations),
            degraded=answer.degraded,
            ignored=asked.without_effect(answer),
        )


FinishReason: TypeAlias = Literal["stop", "length"]


class Delta(BaseModel):
    """A message, or the next part of a streamed one."""

    role: Literal["assistant"] | None = None
    content: str | None = None


class Choice(BaseModel):
    """The only choice of a whole answer."""

    index: Literal[0] = 0
    message: Delta
    finish_reason: FinishReason


class ChatCompletionResponse(BaseModel):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    attest: Attest


class ChunkChoice(BaseModel):
    """The only choice of a chunk."""

    index: Literal[0] = 0
    delta: Delta
    finish_reason: FinishReason | None


class ChatCompletionChunk(BaseModel):
    """A chunk of a streamed answer; the last one with a choice has ``attest``."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: Usage | None = None
    attest: Attest | None = None


class ModelResponse(BaseModel):
    """A collection as a model. Its creation time is not known, so ``created`` is 0."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = OWNER

    @classmethod
    def from_domain(cls, stats: CollectionStats) -> Self:
        """Converts the domain object."""
        return cls(id=stats.name)


class ModelListResponse(BaseModel):
    """Every collection as a model."""

    object: Literal["list"] = "list"
    data: list[ModelResponse]


def _turns(messages: Sequence[Message]) -> tuple[Turn, ...]:
    """System messages as one turn, and the newest others that a history has room for.

    The history has at most `MAX_TURNS`, each of up to `MAX_TURN_CHARACTERS`.
    """
    turns = [
        Turn(_ROLES[message.role], text[:MAX_TURN_CHARACTERS])
        for message in messages
        if message.role in _ROLES and (text := message.text())
    ]
    wishes = "\n".join(turn.content for turn in turns if turn.role == "system")
    first = [Turn("system", wishes[:MAX_TURN_CHARACTERS])] if wishes else []
    said = [turn for turn in turns if turn.role != "system"]
    kept, room = list[Turn](), MAX_HISTORY_CHARACTERS - sum(len(turn.content) for turn in first)
    for turn in reversed(said[-(MAX_TURNS - len(first)) :]):
        room -= len(turn.content)
        if room < 0:
            break
        kept.append(turn)
    return (*first, *reversed(kept))
