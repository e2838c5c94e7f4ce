"""How much a sentence has to do with the question: one score for quotations and for drafts.

::

    relevance = coverage_weight · coverage + similarity_weight · similarity
              + passage_weight · passage + prior_weight · prior

``coverage`` is the share of the question's terms that the sentence holds, each counting by its
inverse document frequency among the candidates; ``similarity`` the nearness of its embedding to the
question's; ``passage`` the nearness of the chunk it stands in, since a sentence says less alone
than where it stands; ``prior`` is 1 / rank of its passage. Each lies in [0, 1], and so does the
sum. The weights were fitted on half of the questions that ``rag eval answers`` asks and
rounded; coverage of neighbours and headings, sentence length, position and kind of line, and the
embedder's token-level similarity were tried and gained nothing on the other half.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.answering.passages import Quotation
from app.answering.question import Question
from app.domain import Vectors


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the parts of relevance; their sum is 1."""

    coverage: float = 0.2
    similarity: float = 0.5
    passage: float = 0.2
    prior: float = 0.1


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A quotation, its terms and its relevance in [0, 1]."""

    quotation: Quotation
    terms: frozenset[str]
    score: float


class Relevance:
    """Judges sentences against one question.

    ``near`` gives the nearness of the chunk that a quotation stands in, 0 where none is known.
    Without the question's meaning, similarity is 0 for all.
    """

    def __init__(
        self,
        question: Question,
        candidates: Sequence[Quotation],
        *,
        terms: Callable[[str], list[str]],
        embed: Callable[[Sequence[str]], Vectors],
        near: Callable[[Quotation], float],
        weights: Weights = Weights(),
    ) -> None:
        self._question = question
        self._terms = terms
        self._embed = embed
        self._near = near
        self._weights = weights
        self._candidates = [(c, frozenset(terms(c.text))) for c in candidates]
        self._term_weights = _inverse_document_frequencies(
            question.terms, [held for _, held in self._candidates]
        )

    def rank(self, *, embedded: int) -> list[ScoredSentence]:
        """The candidates, best first; of equal ones the first given.

        Only the ``embedded`` best by the other parts are embedded, and the rest is left out: what
        neither shares words with the question nor stands in a near passage does not answer it.

        Raises:
            RemoteUnavailable: the embedder is behind HTTP and does not answer.
        """
        scored = [
            ScoredSentence(candidate, held, self._without_similarity(held, candidate))
            for candidate, held in self._candidates
        ]
        best = sorted(scored, key=_score, reverse=True)[:embedded]
        similarities = self._similarities([sentence.quotation.text for sentence in best])
        return sorted(
            (
                ScoredSentence(sentence.quotation, sentence.terms, sentence.score + similarity)
                for sentence, similarity in zip(best, similarities, strict=True)
            ),
            key=_score,
            reverse=True,
        )

    def score(self, text: str, at: Quotation) -> float:
        """The relevance that ``text`` would have in the place of ``at``.

        Raises:
            RemoteUnavailable: the embedder is behind HTTP and does not answer.
        """
        alone = self._without_similarity(frozenset(self._terms(text)), at)
        return alone + self._similarities([text])[0]

    def _without_similarity(self, held: frozenset[str], at: Quotation) -> float:
        total = sum(self._term_weights.values())
        found = sum(weight for term, weight in self._term_weights.items() if term in held)
        return (
            self._weights.coverage * (found / total if total else 0.0)
            + self._weights.passage * self._near(at)
            + self._weights.prior / at.n
        )

    def _similarities(self, texts: Sequence[str]) -> list[float]:
        meaning = self._question.meaning
        if meaning is None or not texts:
            return [0.0] * len(texts)
        nearness = meaning.nearness(self._embed(texts))
        return [self._weights.similarity * float(value) for value in nearness]


def chunk_nearness(
    question: Question, chunk_ids: Sequence[str], vectors: Vectors
) -> Mapping[str, float]:
    """Nearness of each chunk; empty where it is not known.

    ``vectors`` has fewer rows than there are ids when a chunk was deleted since the search; which
    one it was can't be told, and an answer does without this part.
    """
    if question.meaning is None or len(vectors) != len(chunk_ids):
        return {}
    values = question.meaning.nearness(np.asarray(vectors, dtype=np.float32))
    return dict(zip(chunk_ids, values.tolist(), strict=True))


def _score(sentence: ScoredSentence) -> float:
    return sentence.score


def _inverse_document_frequencies(
    question: frozenset[str], sentences: Sequence[frozenset[str]]
) -> dict[str, float]:
    """Lucene's BM25 form, ln(1 + (N − n + ½) / (n + ½)), for terms that some sentence holds.

    A term that none holds tells nothing about which to prefer.
    """
    frequency = Counter(term for held in sentences for term in held & question)
    return {
        term: math.log1p((len(sentences) - n + 0.5) / (n + 0.5))
        for term, n in sorted(frequency.items())
    }
