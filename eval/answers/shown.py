"""A question and its answer in full, for a person to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from json import dumps

from app.domain.answers import Answer
from app.domain.questions import Turn
from eval.answers.scoring import AnswerScores
from eval.datasets.dataset import EvalQuery


@dataclass(frozen=True, slots=True)
class ShownSentence:
    """A shown sentence with its setting and the numbers of its citations."""

    text: str
    setting: str
    citations: tuple[int, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class ShownCitation:
    """A citation by its number."""

    n: int
    document: str
    title: str
    quote: str


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group of alternatives, one of which is required, and whether the answer contains one.

    ``held`` is ``None`` if there was no answer.
    """

    alternatives: tuple[str, ...]
    held: bool | None


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A question, its answer, and the outcome.

    ``text`` is the answer as a terminal shows it, refusals included. ``forbidden`` are the
    forbidden texts that it contains, ``must_not_hold`` all of them. ``near`` says what the
    documents have that is closest to an unanswerable question, if the dataset has that. ``outcome``
    is empty if nothing is required of an answer.
    """

    id: str
    question: str
    history: tuple[Turn, ...]
    answerable: bool
    language: str
    kind: str
    half: str
    outcome: str
    mode: str
    reason: str
    text: str
    sentences: tuple[ShownSentence, ...]
    citations: tuple[ShownCitation, ...]
    must_hold: tuple[ShownGroup, ...]
    must_not_hold: tuple[str, ...]
    forbidden: tuple[str, ...]
    near: str
    milliseconds: float


def show_answer(query: EvalQuery, answer: Answer, scores: AnswerScores) -> ShownAnswer:
    """Makes the full text of an answer from its scores.

    Args:
        query: The question as it was asked.
        answer: The answer.
        scores: Its scores, from `eval.answers.scoring.score_answer`.
    """
    groups = query.must_hold or ((query.answers,) if query.answers else ())
    near = query.metadata.get("near")
    judged = scores.outcome is not None and scores.mode != "abstained"
    return ShownAnswer(
        id=query.id,
        question=query.text,
        history=query.history,
        answerable=scores.answerable,
        language=scores.language,
        kind=scores.kind,
        half=scores.half,
        outcome=scores.outcome.value if scores.outcome else "",
        mode=scores.mode,
        reason=answer.reason or "",
        text=answer.text,
        sentences=tuple(
            ShownSentence(s.text, s.setting, s.citations, s.verdict.value) for s in answer.sentences
        ),
        citations=tuple(
            ShownCitation(c.n, c.document_id, c.title, c.quote) for c in answer.citations
        ),
        must_hold=tuple(
            ShownGroup(alternatives, (n not in scores.missing) if judged else None)
            for n, alternatives in enumerate(groups if scores.answerable else ())
        ),
        must_not_hold=query.must_not_hold,
        forbidden=tuple(query.must_not_hold[n] for n in scores.forbidden),
        near=near if isinstance(near, str) else "",
        milliseconds=round(scores.milliseconds, 1),
    )


def to_json_lines(answers: Iterable[ShownAnswer]) -> str:
    """One line of JSON per answer; half of a surrogate pair becomes a question mark."""
    lines = (dumps(asdict(answer), ensure_ascii=False, allow_nan=False) for answer in answers)
    return writable("".join(f"{line}\n" for line in lines))


def writable(text: str) -> str:
    """Replaces what UTF-8 can not encode."""
    return text.encode("utf-8", "replace").decode("utf-8")
