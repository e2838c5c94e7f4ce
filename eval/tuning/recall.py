"""Recalls every question of a dataset once, for tuning."""

from __future__ import annotations

from collections.abc import Sequence

from app.ports import Analyzer, Collection
from app.requests import SearchRequest
from app.retrieval.pipeline import SearchPipeline
from app.text.query_kind import query_kind
from eval.dataset import Dataset
from eval.evaluate import Progress
from eval.tuning.recalled import Question, Recalled, to_arrays


def recall_all(
    pipeline: SearchPipeline,
    collection: Collection,
    dataset: Dataset,
    *,
    analyzer: Analyzer,
    routes: Sequence[str],
    progress: Progress = lambda _done, _total: None,
) -> Recalled:
    """What each route returns for each judged question, at the depth of the pipeline's settings.

    Raises:
        AttestError: a route failed; tuning on what is left would tune something else.
    """
    questions: list[Question] = []
    documents: dict[str, str] = {}
    for done, query in enumerate(dataset.queries.values(), start=1):
        rankings = pipeline.recall(SearchRequest(query.text, routes=tuple(routes)))
        found = {c.chunk_id for ranking in rankings.values() for c in ranking}
        chunks = collection.chunks(sorted(found - documents.keys()))
        documents |= {chunk.id: chunk.document_id for chunk in chunks}
        questions.append(
            Question(
                id=query.id,
                language=analyzer.language(query.text),
                kind=query_kind(query.text),
                rankings=rankings,
                factors=pipeline.factors(query.text),
            )
        )
        progress(done, len(dataset.queries))
    return to_arrays(
        questions, routes=routes, qrels=dataset.qrels, document_of=documents.__getitem__
    )
