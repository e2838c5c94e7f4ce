"""Evaluates the answers to every question of a dataset."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, Protocol

import numpy as np

from app.domain.answers import Answer
from app.domain.documents import Scalar
from app.domain.questions import Turn
from app.ports.models import Generator
from app.text.language import detect_language
from eval.answers.answer_report import AnswerReport, Milliseconds
from eval.answers.grouping import group, group_by
from eval.answers.judge import AnswerJudge
from eval.answers.measures.abstention import score_abstention
from eval.answers.measures.calibration import Calibration, score_calibration
from eval.answers.outcomes.shares import count_outcomes
from eval.answers.scoring import AnswerScores, score_answer
from eval.answers.shown import ShownAnswer, show_answer
from eval.datasets.dataset import Dataset, EvalQuery
from eval.errors import InvalidRun
from eval.metrics.relevance_grades import is_relevant
from eval.retrieval.evaluate import Progress
from eval.retrieval.table import DEFAULT_RESAMPLING, Resampling

WITHHELD: Final = "withheld"
"""Kind of a question whose relevant documents are hidden from the answerer."""


class Answerer(Protocol):
    """Answers questions from a collection that holds only the corpus of the dataset."""

    def answer(
        self, question: str, *, without: Collection[str] = (), history: Sequence[Turn] = ()
    ) -> Answer:
        """Answers a question that follows the turns of ``history``.

        The documents ``without`` are ignored.
        """

    def document_text(self, document_id: str) -> str:
        """Text of a document as the collection holds it; spans refer to it."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """A question to ask; ``judgments`` are ``None`` if nothing answers it."""

    query: EvalQuery
    judgments: Mapping[str, int] | None
    without: frozenset[str] = frozenset()


def evaluate_answers(
    dataset: Dataset,
    answerer: Answerer,
    *,
    generator: str,
    provenance: Mapping[str, Scalar],
    judge: Generator | None = None,
    limit: int | None = None,
    withhold: bool = False,
    resampling: Resampling = DEFAULT_RESAMPLING,
    progress: Progress = lambda _done, _total: None,
    on_answer: Callable[[ShownAnswer], None] = lambda _shown: None,
) -> AnswerReport:
    """Evaluates the answerable questions of a dataset, then the unanswerable ones.

    Args:
        dataset: Documents and questions.
        answerer: The system to evaluate.
        generator: The id of the model that writes, ``none`` where answers are only quoted.
        provenance: Facts needed to repeat the run.
        judge: A model that judges each given answer.
        limit: How many questions of each kind to ask at most, the first ones; ``None`` for all.
        withhold: Ask each answerable question again without its relevant documents, as one that
            can't be answered; its id is headed by `WITHHELD`. Another document may answer it all
            the same, so that abstention recall over these questions is a lower bound.
        resampling: How intervals are computed.
        progress: Called after each question.
        on_answer: Called with each question and its full answer, which reports omit.

    Raises:
        InvalidRun: an answer cites a document that the dataset does not hold.
    """
    started = time.perf_counter()
    asked = list(_questions(dataset, limit=limit, withhold=withhold))
    judging = AnswerJudge(judge) if judge else None
    degraded: Counter[str] = Counter()
    stages: defaultdict[str, list[float]] = defaultdict(list)
    questions: list[AnswerScores] = []
    for done, item in enumerate(asked, start=1):
        query = item.query
        language = query.lang or detect_language(query.text)
        asked_at = time.perf_counter()
        answer = answerer.answer(query.text, without=item.without, history=query.history)
        milliseconds = 1_000 * (time.perf_counter() - asked_at)
        _check_corpus(dataset, query, answer)
        degraded.update(set(answer.degraded))
        for stage, spent in answer.timings_ms.items():
            stages[stage].append(spent)
        scores = score_answer(
            query,
            answer,
            item.judgments,
            language=language,
            text_of=answerer.document_text,
            milliseconds=milliseconds,
        )
        questions.append(scores)
        on_answer(show_answer(query, answer, scores))
        if judging and answer.sentences:
            judging.judge(query.id, query.text, answer, language=language)
        progress(done, len(asked))
    own = [q for q in questions if q.kind != WITHHELD]
    return AnswerReport(
        dataset=dataset.name,
        dataset_hash=dataset.hash,
        documents=len(dataset.documents),
        unjudged=dataset.unjudged,
        generator=generator,
        outcomes=count_outcomes(own, resampling),
        overall=group(own, resampling),
        groups={
            "mode": group_by(lambda q: q.mode, own, resampling),
            "language": group_by(lambda q: q.language, own, resampling),
            "kind": group_by(lambda q: q.kind, own, resampling),
        },
        abstention=score_abstention(own, resampling=resampling),
        withheld=score_abstention(
            [q for q in questions if q.answerable or q.kind == WITHHELD], resampling=resampling
        )
        if withhold
        else None,
        calibration=_calibrations(own),
        quotations=sum(q.quotations for q in questions),
        misquoted=sum(len(q.misquoted) for q in questions),
        milliseconds=_percentiles([q.milliseconds for q in questions], stages),
        judge=judging.report(questions, resampling=resampling) if judging else None,
        degraded=dict(degraded),
        provenance=provenance,
        questions=tuple(questions),
        seconds=time.perf_counter() - started,
    )


def _calibrations(questions: Sequence[AnswerScores]) -> dict[str, Calibration]:
    """Calibration over all questions and by language, where there is any."""
    languages = sorted({question.language for question in questions})
    groups = {"all": questions} | {
        language: [q for q in questions if q.language == language] for language in languages
    }
    found = {name: score_calibration(part) for name, part in groups.items()}
    return {name: calibration for name, calibration in found.items() if calibration is not None}


def _questions(dataset: Dataset, *, limit: int | None, withhold: bool) -> Iterator[_Trial]:
    answerable = list(islice(dataset.queries.values(), limit))
    for query in answerable:
        yield _Trial(query, dataset.qrels[query.id])
    for query in islice(dataset.unanswerable.values(), limit):
        yield _Trial(query, None)
    for query in answerable if withhold else ():
        judgments = dataset.qrels[query.id]
        relevant = frozenset(id_ for id_ in judgments if is_relevant(id_, judgments))
        alone = replace(query, id=f"{WITHHELD} {query.id}", kind=WITHHELD)
        yield _Trial(alone, None, relevant)


def _check_corpus(dataset: Dataset, query: EvalQuery, answer: Answer) -> None:
    """Refuses an answer from a collection with other documents: its scores would not compare."""
    for citation in answer.citations:
        if citation.document_id not in dataset.documents:
            raise InvalidRun(
                f'the answer to "{query.id}" cites document "{citation.document_id}", which '
                f"{dataset.name} does not hold; evaluate a collection that was built from its "
                "corpus alone"
            )


def _percentiles(
    milliseconds: Sequence[float], stages: Mapping[str, Sequence[float]]
) -> Milliseconds:
    p50, p95 = np.percentile(milliseconds, [50, 95])
    medians = {stage: float(np.median(spent)) for stage, spent in stages.items()}
    return Milliseconds(float(p50), float(p95), medians)
