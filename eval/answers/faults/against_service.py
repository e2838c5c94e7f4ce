"""The one place where the cases meet the service's verifier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from app.answering.context.statements import DocumentStatements
from app.answering.generating.draft import parse_draft
from app.answering.verifying.verifier import Verifier as StatementVerifier
from app.domain.documents import Document
from app.domain.statements import Statement
from app.settings import Settings
from app.text.analyzer import StandardAnalyzer
from eval.answers.faults.cases import Case, Passage
from ingest.loaders.registry import load


class Verifier(Protocol):
    """Judges one drafted sentence by one passage, which is all that the documents say."""

    def verify(self, draft: str, passage: Passage) -> str | None:
        """Why the draft is refused; None where the passage bears it.

        Args:
            draft: The sentence that would be shown.
            passage: Its ``markdown`` is the document as it would be ingested: title, heading, text;
                ``title``, ``heading``, ``text``, ``layout`` and ``lang`` are its parts.
        """
        ...


def judge_with(verifier: Verifier) -> Callable[[Case], str | None]:
    """What `score` asks of a case, answered by a verifier that is told its texts alone."""
    return lambda case: verifier.verify(case.draft, case.passage)


class ServiceVerifier:
    """Loads a passage as the service does, and lets each of its statements bear the draft."""

    def __init__(self, cache: Path) -> None:
        """``cache`` holds the analyzer's dictionary."""
        self._verifier = StatementVerifier(StandardAnalyzer(cache).terms)

    def verify(self, draft: str, passage: Passage) -> str | None:
        """See `Verifier.verify`; the draft is read as sentences, each of which must be borne.

        The reason is that of the statement nearest to the first sentence that is not.
        """
        sentences = parse_draft(draft)
        if not sentences:
            return "it says nothing"
        refusals = [self._refuse(one.text, _statements(passage)) for one in sentences]
        return next((refusal for refusal in refusals if refusal is not None), None)

    def _refuse(self, sentence: str, statements: Sequence[Statement]) -> str | None:
        nearest = self._verifier.closest(sentence, statements) or list(statements)
        reasons = [self._verifier.refuse(sentence, statement) for statement in nearest]
        if None in reasons:
            return None
        return reasons[0] if reasons else "the passage has no statement"


@lru_cache(maxsize=4_096)
def _statements(passage: Passage) -> tuple[Statement, ...]:
    loaded = load("passage.md", passage.markdown.encode())
    document = Document(
        passage.id, loaded.text, loaded.title or passage.title, blocks=loaded.blocks
    )
    return tuple(DocumentStatements(document).within((0, len(loaded.text)), n=1))


def service_verifier() -> Verifier:
    """The verifier that the service runs."""
    return ServiceVerifier(Settings().models.cache / "analyzer")
