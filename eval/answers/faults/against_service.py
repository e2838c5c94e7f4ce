"""Runs the cases against the verifier of the service; no other module here imports it."""

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
    """Judges a drafted sentence by a passage, the only source."""

    def verify(self, draft: str, passage: Passage) -> str | None:
        """Reason to refuse the draft, or ``None`` if the passage supports it.

        Args:
            draft: The sentence that would be shown.
            passage: Its ``markdown`` is the document as it would be ingested: title, heading, text;
                ``title``, ``heading``, ``text``, ``layout`` and ``lang`` are its parts.
        """
        ...


def judge_with(verifier: Verifier) -> Callable[[Case], str | None]:
    """Adapts a verifier to `score`; it sees only the texts of a case."""
    return lambda case: verifier.verify(case.draft, case.passage)


class ServiceVerifier:
    """Loads a passage as the service does and verifies a draft with its statements."""

    def __init__(self, cache: Path) -> None:
        """``cache`` holds the analyzer's dictionary."""
        self._verifier = StatementVerifier(StandardAnalyzer(cache).terms)

    def verify(self, draft: str, passage: Passage) -> str | None:
        """See `Verifier.verify`. Each sentence of the draft must be supported.

        The reason is that of the statement closest to the first unsupported sentence.
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
    """Makes the verifier that the service runs."""
    return ServiceVerifier(Settings().models.cache / "analyzer")
