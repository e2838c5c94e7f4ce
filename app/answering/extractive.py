"""An answer made of sentences of the passages, verbatim: what a small model can't spoil.

A sentence scores by where its passage was ranked, by the question's terms that it holds, by how
early it stands, and by what similarity to the question the caller measured, if any::

    score = prior_weight · prior + coverage_weight · coverage
          + position_weight · position + similarity_weight · similarity

Each part lies in [0, 1]. Sentences are then taken greedily by maximal marginal relevance: from each
score, ``redundancy_weight`` times the largest Jaccard overlap of terms with one already taken is
subtracted.

Source: J. Carbonell and J. Goldstein, "The Use of MMR, Diversity-Based Reranking", SIGIR 1998.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.answering.passages import Passage, Quotation, quotable_sentences


@dataclass(frozen=True, slots=True)
class SelectedSentence:
    """A sentence of the answer and the score that it was taken for, before redundancy."""

    quotation: Quotation
    score: float


@dataclass(frozen=True, slots=True)
class _Scored:
    quotation: Quotation
    document_id: str
    terms: frozenset[str]
    score: float


def select_sentences(
    question_terms: Sequence[str],
    passages: Sequence[Passage],
    *,
    terms: Callable[[str], list[str]],
    sentences: Sequence[Quotation] | None = None,
    priors: Sequence[float] | None = None,
    similarity: Sequence[float] | None = None,
    max_sentences: int = 3,
    prior_weight: float = 0.3,
    coverage_weight: float = 1.0,
    position_weight: float = 0.05,
    similarity_weight: float = 1.0,
    context_weight: float = 0.5,
    redundancy_weight: float = 0.5,
    keep_within: float = 0.6,
) -> list[SelectedSentence]:
    """Up to ``max_sentences`` sentences that answer best, those of one document in reading order.

    Args:
        question_terms: The question as ``terms`` gives it.
        passages: In the order of their rank, best first.
        terms: The analyzer's.
        sentences: The candidates; `quotable_sentences` of ``passages`` where none are given.
        priors: One value in [0, 1] for each passage; 1 / rank where none are given.
        similarity: One value in [0, 1] for each of ``sentences``, which must then be given.
        max_sentences: How many at most.
        prior_weight: Of the passage's prior.
        coverage_weight: Of the share of the question's terms that the sentence holds, each
            counting by its inverse document frequency among the sentences.
        position_weight: Of standing early in the passage: 1 for its first sentence, 0 for its last.
        similarity_weight: Of ``similarity``.
        context_weight: What a question term counts that only the headings above the passage hold.
        redundancy_weight: How much a sentence loses by repeating one already taken.
        keep_within: The share of the best score below which, redundancy deducted, none is taken.

    Raises:
        ValueError: ``priors`` or ``similarity`` are not as many as what they describe.
    """
    if similarity is not None and (sentences is None or len(similarity) != len(sentences)):
        raise ValueError("similarity needs the sentences it was measured on, one value for each")
    if priors is not None and len(priors) != len(passages):
        raise ValueError(f"{len(priors)} priors do not fit {len(passages)} passages")
    candidates = quotable_sentences(passages) if sentences is None else sentences
    candidate_terms = [frozenset(terms(candidate.text)) for candidate in candidates]
    positions = _positions(candidates)
    prior_of = {
        passage.n: 1.0 / rank if priors is None else priors[rank - 1]
        for rank, passage in enumerate(passages, start=1)
    }
    context_of = {passage.n: frozenset(terms(passage.context)) for passage in passages}
    weights = _inverse_document_frequencies(
        frozenset(question_terms),
        [
            held | context_of[candidate.n]
            for candidate, held in zip(candidates, candidate_terms, strict=True)
        ],
    )
    document_of = {passage.n: passage.document_id for passage in passages}

    scored: list[_Scored] = []
    for index, (candidate, held) in enumerate(zip(candidates, candidate_terms, strict=True)):
        coverage = _coverage(weights, held, context_of[candidate.n], context_weight)
        if not weights.keys() & held and similarity is None:
            continue  # nothing says that it has to do with the question
        score = (
            prior_weight * prior_of[candidate.n]
            + coverage_weight * coverage
            + position_weight * positions[index]
            + similarity_weight * (similarity[index] if similarity is not None else 0.0)
        )
        scored.append(_Scored(candidate, document_of[candidate.n], held, score))
    taken = _diverse(scored, max_sentences, redundancy_weight, keep_within)
    return [SelectedSentence(chosen.quotation, chosen.score) for chosen in _reading_order(taken)]


def _inverse_document_frequencies(
    question: frozenset[str], sentences: Sequence[frozenset[str]]
) -> dict[str, float]:
    """Lucene's BM25 form, ln(1 + (N − n + ½) / (n + ½)), for terms that some sentence holds.

    Headings count as part of the sentences below them. A term that none holds tells nothing about
    which to prefer.
    """
    frequency = Counter(term for held in sentences for term in held & question)
    return {
        term: math.log1p((len(sentences) - n + 0.5) / (n + 0.5))
        for term, n in sorted(frequency.items())
    }


def _coverage(
    weights: dict[str, float], held: frozenset[str], context: frozenset[str], context_weight: float
) -> float:
    total = sum(weights.values())
    if total == 0.0:
        return 0.0
    found = sum(
        weight if term in held else context_weight * weight
        for term, weight in weights.items()
        if term in held or term in context
    )
    return found / total


def _positions(candidates: Sequence[Quotation]) -> list[float]:
    """1 for the first candidate of a passage, 0 for its last, evenly between."""
    count = Counter(candidate.n for candidate in candidates)
    seen: Counter[int] = Counter()
    positions: list[float] = []
    for candidate in candidates:
        last = count[candidate.n] - 1
        positions.append(1.0 - seen[candidate.n] / last if last else 1.0)
        seen[candidate.n] += 1
    return positions


def _diverse(
    scored: Sequence[_Scored], limit: int, redundancy_weight: float, keep_within: float
) -> list[_Scored]:
    """The best first; of equal ones the first given."""
    taken: list[_Scored] = []
    left = list(scored)
    best = max((candidate.score for candidate in scored), default=0.0)
    while left and len(taken) < limit:
        gains = [
            candidate.score
            - redundancy_weight
            * max((_jaccard(candidate.terms, other.terms) for other in taken), default=0.0)
            for candidate in left
        ]
        index = max(range(len(left)), key=gains.__getitem__)
        if gains[index] < keep_within * best:
            break
        taken.append(left.pop(index))
    return taken


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left and right else 0.0


def _reading_order(taken: Sequence[_Scored]) -> list[_Scored]:
    """Documents in the order of their best sentence, and the sentences of each as they stand."""
    order = {
        document: place
        for place, document in enumerate(dict.fromkeys(chosen.document_id for chosen in taken))
    }
    return sorted(taken, key=lambda chosen: (order[chosen.document_id], chosen.quotation.span))
