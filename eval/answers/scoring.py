"""Scores of one answer against what is known about its question.

Each measure of `MEASURES` is a mean over the questions for which it is defined, as its entry says.
An abstention on an answerable question counts 0 in measures of questions, and is left out of
measures of given answers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from app.domain.answers import Answer
from eval.answers.measures.citation_precision import citation_precision
from eval.answers.measures.citation_recall import citation_recall
from eval.answers.measures.cited_reference import cites_reference
from eval.answers.measures.cited_statements import cited_statements
from eval.answers.measures.containment import contains_answer
from eval.answers.measures.exact_match import exact_match
from eval.answers.measures.quoting import misquotations
from eval.answers.measures.token_f1 import token_f1
from eval.answers.measures.token_recall import token_recall
from eval.answers.outcomes.outcome import AnswerOutcome, judge_answer
from eval.datasets.dataset import EvalQuery
from eval.metrics.relevance_grades import is_relevant

Mode: TypeAlias = Literal["generated", "extractive", "abstained"]

_WITH_ANSWERS: Final = "answerable questions with given answers, 0 where abstained"
_ANSWERABLE: Final = "answerable questions, 0 where abstained"
_ANSWERED: Final = "answers given to answerable questions"

MEASURES: Final[Mapping[str, str]] = {
    "exact_match": _WITH_ANSWERS,
    "f1": _WITH_ANSWERS,
    "recall": _WITH_ANSWERS,
    "contains": _WITH_ANSWERS,
    "contains_first": _WITH_ANSWERS,
    "passage_contains": _WITH_ANSWERS,
    "reference_cited": "answerable questions with references, 0 where abstained",
    "citation_hit": _ANSWERABLE,
    "citation_recall": _ANSWERABLE,
    "citation_precision": _ANSWERED,
    "cited_statements": _ANSWERED,
    "document_found": "answerable questions, whatever was said",
}
"""Every measure in the order of the report, with the questions that its mean is over.

``contains`` is of the whole answer, ``contains_first`` of its first sentence, ``passage_contains``
of the passages that it cites. ``citation_hit`` says whether a relevant document is cited, and
``document_found`` whether the search returned one: an answer can not cite what was not found.
"""


@dataclass(frozen=True, slots=True)
class AnswerScores:
    """Scores of one question; its texts are in the dataset.

    ``asked`` is a prefix of a hash over the question, its metadata and its judgments, so that
    reports can be compared by question. ``outcome`` is ``None`` if nothing is required of an
    answer; see `Judged` for ``missing`` and ``forbidden``. ``scores`` has the measures of
    `MEASURES` that are defined, none for an unanswerable question. ``quotations`` counts what
    `misquotations` checked. ``probability`` is the service's own of its answer, ``None`` where it
    gives none. ``milliseconds`` is the time to the whole answer, including the search.
    """

    id: str
    asked: str
    answerable: bool
    language: str
    kind: str
    half: str
    mode: Mode
    outcome: AnswerOutcome | None
    missing: tuple[int, ...]
    forbidden: tuple[int, ...]
    sentences: int
    quotations: int
    misquoted: tuple[str, ...]
    scores: Mapping[str, float]
    probability: float | None
    milliseconds: float


def score_answer(
    query: EvalQuery,
    answer: Answer,
    judgments: Mapping[str, int] | None,
    *,
    language: str,
    text_of: Callable[[str], str],
    milliseconds: float,
) -> AnswerScores:
    """Scores an answer.

    Args:
        query: The question.
        answer: The answer.
        judgments: Grade of each judged document; ``None`` for an unanswerable question.
        language: Language of the question.
        text_of: The text of a document by its id, as the collection holds it.
        milliseconds: Time to the answer.
    """
    judged = judge_answer(query, answer, answerable=judgments is not None)
    return AnswerScores(
        id=query.id,
        asked=_fingerprint(query, judgments),
        answerable=judgments is not None,
        language=language,
        kind=query.kind,
        half=query.half,
        mode=answer.mode,
        outcome=judged.outcome if judged else None,
        missing=judged.missing if judged else (),
        forbidden=judged.forbidden if judged else (),
        sentences=len(answer.sentences),
        quotations=len(answer.citations) + len(answer.sentences),
        misquoted=misquotations(answer, text_of),
        scores={} if judgments is None else _scores(query, answer, judgments, text_of),
        probability=answer.probability,
        milliseconds=milliseconds,
    )


def _scores(
    query: EvalQuery,
    answer: Answer,
    judgments: Mapping[str, int],
    text_of: Callable[[str], str],
) -> dict[str, float]:
    scores: dict[str, float] = {}
    if query.answers:
        # Numbers in brackets are citations, so the text is put together without them.
        said = " ".join(sentence.text for sentence in answer.sentences)
        first = answer.sentences[0].text if answer.sentences else ""
        passages = cited_passages(answer).values()
        scores |= {
            "exact_match": exact_match(said, query.answers),
            "f1": token_f1(said, query.answers),
            "recall": token_recall(said, query.answers),
            "contains": contains_answer(said, query.answers),
            "contains_first": contains_answer(first, query.answers),
            "passage_contains": max(
                (contains_answer(passage, query.answers) for passage in passages), default=0.0
            ),
        }
    if query.references:
        scores["reference_cited"] = cites_reference(answer.citations, query.references, text_of)
    document_of = {citation.n: citation.document_id for citation in answer.citations}
    cited = tuple(document_of.values())
    scores["citation_hit"] = float(any(is_relevant(d, judgments) for d in cited))
    scores["citation_recall"] = citation_recall(cited, judgments)
    if answer.sentences:
        # An answer that cites nothing is as imprecise as one that cites the wrong documents.
        scores["citation_precision"] = citation_precision(cited, judgments) if cited else 0.0
        scores["cited_statements"] = cited_statements(
            [[document_of[n] for n in sentence.citations] for sentence in answer.sentences],
            judgments,
        )
    found = {hit.chunk.document_id for hit in answer.search.hits}
    scores["document_found"] = float(any(is_relevant(d, judgments) for d in found))
    return scores


def _fingerprint(query: EvalQuery, judgments: Mapping[str, int] | None) -> str:
    """A hash of 12 hex digits over a question, its answers and its judgments."""
    content = [query.text, query.answers, dict(query.metadata), judgments and dict(judgments)]
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]


def cited_passages(answer: Answer) -> dict[str, str]:
    """Texts of cited chunks by id; the quote, if the search did not return the chunk."""
    found = {hit.chunk.id: hit.chunk.text for hit in answer.search.hits}
    quoted: dict[str, list[str]] = {}
    for citation in answer.citations:
        quoted.setdefault(citation.chunk_id, []).append(citation.quote)
    return {chunk_id: found.get(chunk_id, "\n".join(quotes)) for chunk_id, quotes in quoted.items()}
