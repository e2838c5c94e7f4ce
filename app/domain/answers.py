"""Answers, their citations and how they were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from app.domain.documents import Span
from app.domain.hits import SearchResult
from app.domain.statements import Setting


class Verdict(StrEnum):
    """How a sentence of an answer stands to the passages it cites."""

    SUPPORTED = "supported"
    """A generated sentence whose citations exist and carry its numbers, names and words."""
    VERBATIM = "verbatim"
    """A sentence copied from the cited passage, character for character."""


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer and the numbers of the citations it rests on.

    ``setting`` is what a reader has to know to understand a quotation: the part of its setting that
    says what it is about and that its words don't say. It is empty for generated sentences.
    """

    text: str
    verdict: Verdict
    citations: tuple[int, ...]
    setting: str = ""

    @property
    def cited_text(self) -> str:
        """The sentence behind its setting, with its numbers: ``Heron drill › It rains. [1][2]``."""
        about = f"{self.setting} › " if self.setting else ""
        return f"{about}{self.text} {''.join(f'[{n}]' for n in self.citations)}"


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered source. ``quote`` is ``document.text[span[0]:span[1]]``, verbatim.

    ``setting`` is all that stands around the quote and says what it is about; see `Setting`.
    """

    n: int
    chunk_id: str
    document_id: str
    title: str
    span: Span
    quote: str
    setting: Setting = field(default_factory=Setting)


@dataclass(frozen=True, slots=True)
class StatementTrace:
    """One statement that was judged for one part of a question.

    ``probability`` is that it answers, 0 to 1; ``features`` are what that rests on, by name;
    ``missing`` are the names of the question that it lacks. ``verdict`` says what became of it.
    """

    part: str
    document_id: str
    span: Span
    text: str
    setting: str
    probability: float
    features: Mapping[str, float]
    missing: tuple[str, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A generated sentence and why it was kept or dropped; part of the trace of an answer."""

    text: str
    citations: tuple[int, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in which every sentence is supported, or an abstention with its reason.

    ``text`` is the sentences with their settings and numbers, and below them the ``notes``: what
    the service has to say of the answer, in the language of the question (that sources differ, what
    was left out, which part is not answered). ``nearest`` are the statements
    that came nearest, where it abstains. ``probability`` is that of the best statement. Where the
    request asked why, ``statements`` are all that were judged, and ``settings`` those by which they
    were looked for, chosen and said.
    """

    text: str
    mode: Literal["generated", "extractive", "abstained"]
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    degraded: tuple[str, ...]
    timings_ms: Mapping[str, float]
    search: SearchResult
    reason: str | None = None
    draft: tuple[DraftSentence, ...] = ()
    notes: tuple[str, ...] = ()
    nearest: tuple[Citation, ...] = ()
    probability: float | None = None
    statements: tuple[StatementTrace, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SentenceEvent:
    """A sentence of an answer under way, verified, with the citations it is first to use."""

    sentence: AnswerSentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """The end of an answer: all of it."""

    answer: Answer
