"""Collects the candidates of every question of a dataset once, for tuning."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors import OperatorError
from app.ports.store import Collection
from app.requests import SearchRequest
from app.retrieval.pipeline import SearchPipeline
from eval.datasets.dataset import Dataset
from eval.retrieval.evaluate import Progress
from eval.tuning.candidate_arrays import CandidateArrays, Question, to_arrays
from eval.tuning.reranking import RerankedCandidates


def recall_candidates(
    pipeline: SearchPipeline,
    collection: Collection,
    dataset: Dataset,
    *,
    routes: Sequence[str],
    progress: Progress = lambda _done, _total: None,
) -> CandidateArrays:
    """Collects what each route returns for each judged question, at the configured depth.

    Raises:
        AttestError: a route failed; tuning on what is left would tune something else.
    """
    questions: list[Question] = []
    documents: dict[str, str] = {}
    for done, query in enumerate(dataset.queries.values(), start=1):
        recalled = pipeline.recall(SearchRequest(query.text, routes=tuple(routes)))
        found = {c.chunk_id for ranking in recalled.rankings.values() for c in ranking}
        chunks = collection.chunks(sorted(found - documents.keys()))
        documents |= {chunk.id: chunk.document_id for chunk in chunks}
        questions.append(
            Question(
                id=query.id,
                language=recalled.query.language,
                kind=recalled.query.kind,
                rankings=recalled.rankings,
                factors=pipeline.factors(recalled),
            )
        )
        progress(done, len(dataset.queries))
    return to_arrays(
        questions, routes=routes, qrels=dataset.qrels, document_of=documents.__getitem__
    )


def rerank_candidates(
    pipeline: SearchPipeline, dataset: Dataset, progress: Progress = lambda _done, _total: None
) -> list[RerankedCandidates]:
    """Collects the candidates of each judged question with term matches and rerank scores.

    ``pipeline`` reranks as deep as `DEEPEST` and does not stop early.

    Raises:
        OperatorError: a route or the reranker failed; what is left would tune something else.
    """
    found: list[RerankedCandidates] = []
    for done, query in enumerate(dataset.queries.values(), start=1):
        result = pipeline.search(SearchRequest(query.text, rerank=True, explain=True))
        if result.degraded:
            raise OperatorError(f"reranking failed: {'; '.join(result.degraded)}")
        assert result.trace is not None  # it was asked for
        found.append(RerankedCandidates(query.id, result.trace.candidates))
        progress(done, len(dataset.queries))
    return found
