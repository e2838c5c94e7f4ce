"""One question with its answer, in full, for a person to read."""

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
    """A sentence as it was shown: below its setting, with the numbers of its citations."""

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
    """Alternatives of which a right answer holds one, and whether this one does.

    ``held`` is ``None`` where nothing was answered.
    """

    alternatives: tuple[str, ...]
    held: bool | None


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """What was asked, what was said, and what came of it.

    ``text`` is the answer as a terminal shows it, a refusal included. ``forbidden`` is what it
    holds and must not; ``must_not_hold`` is all that it must not. ``near`` is what the documents
    have that an unanswerable question nearly asks for, where the dataset says it. ``outcome`` is
    empty where nothing says what a right answer holds.
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
    """The answer to a question with its scores, in full.

    Args:
        query: The question as it was asked.
        answer: What was said.
        scores: What `eval.answers.scoring.score_answer` made of it.
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
    """One line of JSON an answer; half of a surrogate pair becomes a question mark."""
    lines = (dumps(asdict(answer), ensure_ascii=False, allow_nan=False) for answer in answers)
    return writable("".join(f"{line}\n" for line in lines))


def writable(text: str) -> str:
    """Text of others as UTF-8 can hold it."""
    return text.encode("utf-8", "replace").decode("utf-8")
