"""The models that are loaded, for whoever wants them without a collection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from app.domain.documents import Vectors
from app.errors import AttestError, InvalidRequest, NotFound
from app.ports.models import Embedder, Generator, Reranker
from app.settings import ModelSettings

InputKind: TypeAlias = Literal["query", "passage"]


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors of texts, and how many tokens the texts have."""

    model: str
    vectors: Vectors
    tokens: int


@dataclass(frozen=True, slots=True)
class Scored:
    """A score a passage, higher is better, and how many tokens query and passages have."""

    model: str
    scores: list[float]
    tokens: int


class Inference:
    """Embeds, scores and counts. Every method may be called from any thread."""

    def __init__(
        self,
        embedder: Embedder,
        scorer: Reranker | None,
        generator: Generator | None,
        settings: ModelSettings,
    ) -> None:
        """``settings`` have the names by which the models may be asked for, beside their ids."""
        self._embedder = embedder
        self._scorer = scorer
        self._generator = generator
        self._settings = settings

    def embed(
        self,
        texts: Sequence[str],
        kind: InputKind,
        *,
        model: str | None = None,
        dimensions: int | None = None,
    ) -> Embedded:
        """Vectors as a collection has them: of passages, or of queries for these.

        Raises:
            NotFound: another ``model`` is meant than the one that is loaded.
            InvalidRequest: a text is longer than the embedder reads, or other ``dimensions`` are
                wanted than it has.
            RemoteUnavailable: it is behind HTTP and did not answer.
        """
        embedder = self._embedder
        _require(model, embedder.id, self._settings.embedder)
        if dimensions not in (None, embedder.dimension):
            raise InvalidRequest(
                f"The vectors of this embedder have {embedder.dimension} dimensions and were not "
                "trained to be shortened; leave out `dimensions`."
            )
        lengths = [embedder.count_tokens(text) for text in texts]
        for place, length in enumerate(lengths):
            if length > embedder.max_tokens:
                raise InvalidRequest(
                    f"input[{place}] has {length:,} tokens, and the embedder reads "
                    f"{embedder.max_tokens:,}; cut it into several."
                )
        embed = embedder.embed_queries if kind == "query" else embedder.embed_passages
        return Embedded(embedder.id, embed(texts), sum(lengths))

    def score(self, query: str, passages: Sequence[str], *, model: str | None = None) -> Scored:
        """How well each passage answers the query, in their order.

        Raises:
            NotFound: nothing is loaded that scores, or another ``model`` is meant.
            RemoteUnavailable: it is behind HTTP and did not answer.
        """
        scorer = self._scorer
        if scorer is None:
            raise NotFound(
                "Nothing that reranks is loaded; the operator of the service can name a model in "
                "models.reranker or models.reader."
            )
        _require(model, scorer.id, self._settings.reranker, self._settings.reader)
        tokens = sum(map(self._embedder.count_tokens, (query, *passages)))
        return Scored(scorer.id, scorer.score(query, passages), tokens)

    def count_tokens(self, text: str) -> int:
        """Tokens by the generator's tokenizer, or the embedder's where none is at hand."""
        if self._generator is not None:
            try:
                return self._generator.count_tokens(text)
            except AttestError:
                pass  # the answer was made without it, and says so
        return self._embedder.count_tokens(text)


def _require(wanted: str | None, *loaded: str) -> None:
    if wanted is not None and wanted not in loaded:
        raise NotFound(f'There is no model "{wanted}" for this; "{loaded[0]}" is loaded.')
