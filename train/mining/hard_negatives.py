"""Hard negatives from hybrid recall, the candidates that a reranker has to tell apart.

The passages of each source are indexed like documents, and its questions are searched. Candidates
other than the question's own passages are its negatives, except those that are likely to be
unmarked answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.documents import Chunk
from app.domain.hits import Fused
from app.ports.analyzer import Analyzer
from app.ports.store import Collection
from app.requests import SearchRequest
from app.retrieval.fusion.fuse import fuse
from app.retrieval.pipeline import SearchPipeline
from app.retrieval.recall.registry import least_scores
from train.mining.candidate_groups import CandidateGroup, CandidatePassage
from train.mining.training_pairs import Pair


@dataclass(frozen=True, slots=True)
class MiningSettings:
    """Number of candidates kept, and limits beyond which they count as unmarked answers.

    A candidate is dropped if its fused score exceeds that of the best relevant passage by more than
    ``margin`` (in standard deviations, see `zscore_combination`), or if it shares more than
    ``overlap`` of its terms with a relevant passage.
    """

    candidates: int = 24
    margin: float = 1.0
    overlap: float = 0.8


@dataclass(frozen=True, slots=True)
class Corpus:
    """The distinct passages of a source by document id, and its questions with their answers."""

    documents: Mapping[str, Pair]
    questions: Mapping[str, frozenset[str]]


def corpus_of(pairs: Sequence[Pair]) -> Corpus:
    """Merges equal passages into one document, and repeated questions into one with all answers."""
    ids: dict[tuple[str, str], str] = {}
    documents: dict[str, Pair] = {}
    questions: defaultdict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        key = (pair.title, pair.positive)
        document = ids.setdefault(key, f"p{len(ids)}")
        documents.setdefault(document, pair)
        questions[pair.query].add(document)
    return Corpus(documents, {query: frozenset(found) for query, found in questions.items()})


def mine(
    corpus: Corpus,
    pipeline: SearchPipeline,
    collection: Collection,
    *,
    analyzer: Analyzer,
    settings: MiningSettings = MiningSettings(),
) -> Iterator[CandidateGroup | None]:
    """Yields the group of each question; ``None`` if recall misses its passages or has no others.

    Raises:
        AttestError: a route failed.
    """
    for query, relevant in corpus.questions.items():
        recalled = pipeline.recall(SearchRequest(query))
        fused = fuse(
            recalled.rankings,
            weights=pipeline.weights(recalled),
            settings=pipeline.in_force.settings,
            minima=least_scores(),
        )
        chunks = {chunk.id: chunk for chunk in collection.chunks([c.chunk_id for c in fused])}
        passages = tuple(_kept(fused, chunks, relevant, analyzer, settings))
        if any(p.relevant for p in passages) and not all(p.relevant for p in passages):
            source = next(corpus.documents[document] for document in relevant)
            language = source.language or analyzer.language(query)
            yield CandidateGroup(query, passages, source.source, language)
        else:
            yield None


def _kept(
    fused: Sequence[Fused],
    chunks: Mapping[str, Chunk],
    relevant: frozenset[str],
    analyzer: Analyzer,
    settings: MiningSettings,
) -> Iterator[CandidatePassage]:
    """The best chunk of a relevant document, and candidates that are probably no answer."""
    best = next((c for c in fused if chunks[c.chunk_id].document_id in relevant), None)
    if best is None:
        return
    answer = _terms(analyzer, chunks[best.chunk_id])
    kept = 0
    for candidate in fused:
        chunk = chunks[candidate.chunk_id]
        is_relevant = candidate is best
        if not is_relevant and (
            chunk.document_id in relevant
            or kept >= settings.candidates
            or candidate.score > best.score + settings.margin
            or _share(_terms(analyzer, chunk), answer) > settings.overlap
        ):
            continue
        kept += 1
        yield CandidatePassage(
            chunk.indexed_text, is_relevant, candidate.rank, candidate.score, candidate.routes
        )


def _terms(analyzer: Analyzer, chunk: Chunk) -> frozenset[str]:
    return frozenset(analyzer.terms(chunk.indexed_text))


def _share(terms: frozenset[str], of: frozenset[str]) -> float:
    return len(terms & of) / max(1, min(len(terms), len(of)))
