"""Bodies of embeddings, in OpenAI's shape, and of reranking, in that of Jina and Cohere."""

from __future__ import annotations

import base64
from typing import Annotated, Final, Literal, Self, TypeAlias

import numpy as np
from pydantic import AfterValidator, BaseModel, Discriminator, Field, StrictBool, Tag

from app.domain.documents import Vector
from app.http.schemas.answers import Query
from app.inference import Embedded, InputKind, Scored

MAX_TEXTS: Final = 256
"""Most texts of one request."""
MAX_TEXT_CHARACTERS: Final = 32_768
MAX_CHARACTERS: Final = 262_144
"""Limit on the sum over all texts."""
_KINDS: Final[dict[str, InputKind]] = {
    "query": "query",
    "search_query": "query",
    "passage": "passage",
    "document": "passage",
    "search_document": "passage",
}

Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT_CHARACTERS)]
Number = Annotated[int, Field(ge=1, strict=True)]
ModelName = Annotated[str, Field(min_length=1, max_length=512)]


def _within_bounds(texts: list[str]) -> list[str]:
    if sum(map(len, texts)) > MAX_CHARACTERS:
        raise ValueError(
            f"The texts should have at most {MAX_CHARACTERS:,} characters in all; send fewer"
        )
    return texts


Texts = Annotated[
    list[Text], Field(min_length=1, max_length=MAX_TEXTS), AfterValidator(_within_bounds)
]


def _input_kind(value: object) -> Literal["list", "text"]:
    return "list" if isinstance(value, list) else "text"


Input: TypeAlias = Annotated[
    Annotated[Text, Tag("text")] | Annotated[Texts, Tag("list")], Discriminator(_input_kind)
]
"""Told apart first, so that what is wrong with a list is told of the list alone."""


class EmbeddingsRequest(BaseModel):
    """The body of ``POST /v1/embeddings``; fields that are not named here have no effect.

    ``model`` is the embedder's id or the name that the settings give it; the loaded one is meant
    where it is missing. ``input_type`` says what the texts are, since many embedders read queries
    and passages differently.
    """

    input: Input
    model: ModelName | None = None
    input_type: Literal["query", "passage", "document", "search_query", "search_document"] = (
        "passage"
    )
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Number | None = None

    @property
    def texts(self) -> list[str]:
        """The texts as a list."""
        return [self.input] if isinstance(self.input, str) else self.input

    @property
    def kind(self) -> InputKind:
        """What the texts are."""
        return _KINDS[self.input_type]


class Embedding(BaseModel):
    """A vector: numbers, or the Base64 of these as little-endian float32."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class InputUsage(BaseModel):
    """Tokens of the texts, without those that a model adds."""

    prompt_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, tokens: int) -> Self:
        """Nothing is written, so both are the same."""
        return cls(prompt_tokens=tokens, total_tokens=tokens)


class EmbeddingsResponse(BaseModel):
    """L2-normalised vectors in the order of the texts."""

    object: Literal["list"] = "list"
    model: str
    data: list[Embedding]
    usage: InputUsage

    @classmethod
    def from_domain(cls, found: Embedded, *, encoding: Literal["float", "base64"]) -> Self:
        """Converts the domain object."""
        data = [
            Embedding(index=index, embedding=_base64(row) if encoding == "base64" else row.tolist())
            for index, row in enumerate(found.vectors)
        ]
        return cls(model=found.model, data=data, usage=InputUsage.of(found.tokens))


def _base64(vector: Vector) -> str:
    return base64.b64encode(vector.astype(np.dtype("<f4")).tobytes()).decode()


class RerankText(BaseModel):
    """A document as an object."""

    text: Text


def _documents_within_bounds(documents: list[Text | RerankText]) -> list[Text | RerankText]:
    _within_bounds([_text(document) for document in documents])
    return documents


def _text(document: str | RerankText) -> str:
    return document if isinstance(document, str) else document.text


RerankDocuments: TypeAlias = Annotated[
    list[Text | RerankText],
    Field(min_length=1, max_length=MAX_TEXTS),
    AfterValidator(_documents_within_bounds),
]


class RerankRequest(BaseModel):
    """The body of ``POST /v1/rerank``; fields that are not named here have no effect."""

    query: Query
    documents: RerankDocuments
    model: ModelName | None = None
    top_n: Number | None = None
    return_documents: StrictBool = False

    @property
    def texts(self) -> list[str]:
        """The documents' texts."""
        return [_text(document) for document in self.documents]


class RerankResult(BaseModel):
    """A document by its ``index`` in the request; ``document`` is there where it was asked for."""

    index: int
    relevance_score: float
    document: RerankText | None


class RerankResponse(BaseModel):
    """The best documents, best first; the range of scores is the model's own."""

    model: str
    results: list[RerankResult]
    usage: InputUsage

    @classmethod
    def from_domain(cls, scored: Scored, asked: RerankRequest) -> Self:
        """Converts the domain object."""
        texts, scores = asked.texts, scored.scores
        order = sorted(range(len(texts)), key=lambda at: (-scores[at], at))
        results = [
            RerankResult(
                index=at,
                relevance_score=scores[at],
                document=RerankText(text=texts[at]) if asked.return_documents else None,
            )
            for at in order[: asked.top_n]
        ]
        return cls(model=scored.model, results=results, usage=InputUsage.of(scored.tokens))
