"""What an answer says of itself, and why there is none where nothing can be said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from app.answering.evidence.confidence import JudgedPart
from app.answering.examining import Examined
from app.answering.quoting import wording
from app.answering.quoting.chosen import Chosen
from app.domain.statements import Statement
from app.text.names.named import Named


class Remarks:
    """Remarks in the language of the question.

    ``terms`` are the analyzer's; ``occurs`` says whether the collection holds one of them.
    """

    def __init__(self, *, terms: Callable[[str], list[str]], occurs: Callable[[str], bool]) -> None:
        self._terms = terms
        self._occurs = occurs

    def notes(self, found: Examined, chosen: Sequence[Chosen]) -> Iterator[str]:
        """What is to be known of an answer: contradictions, counts, what it leaves out and why."""
        language = found.asked.language
        for choice, judged in zip(chosen, found.parts, strict=True):
            if choice.differ:
                yield wording.sources_differ(language)
            if choice.listed is not None:
                yield wording.counted(language, choice.listed)
            if choice.left_out:
                yield wording.left_out(language, choice.left_out)
            if not choice.statements and len(found.parts) > 1:
                reason = self._why_not(judged, language)
                yield wording.part_not_answered(language, judged.part.shown, reason)

    def refusal(self, found: Examined) -> str:
        """Why there is no answer."""
        language = found.asked.language
        if not found.search.hits:
            return wording.nothing_matches(language)
        for judged in found.parts:
            if self._missing(judged):
                return self._why_not(judged, language)
        documents = {hit.chunk.document_id for hit in found.search.hits}
        return wording.not_answered(language, len(documents))

    def _why_not(self, judged: JudgedPart, language: str) -> str:
        missing = self._missing(judged)
        if not missing:
            documents = {one.statement.document_id for one in judged.ranked}
            return wording.not_answered(language, max(1, len(documents)))
        nowhere = [
            named for named in missing if not any(map(self._occurs, self._terms(named.text)[:1]))
        ]
        return wording.not_named(language, nowhere or missing, everywhere=bool(nowhere))

    def _missing(self, judged: JudgedPart) -> list[Named]:
        """The names of a part that none of its statements holds.

        Statements of a language that spells names otherwise tell nothing of it.
        """
        alike = [one for one in judged.ranked if not one.features.across] or judged.ranked
        return [n for n in judged.part.names if all(n in one.missing for one in alike)]


def nearest_statements(found: Examined, *, most: int) -> list[Statement]:
    """The ``most`` statements that came nearest to an answer, each document once."""
    ranked = sorted(
        (one for judged in found.parts for one in judged.ranked),
        key=lambda j: (j.probability, j.features.similarity + j.features.covered),
        reverse=True,
    )
    by_document: dict[str, Statement] = {}
    for j in ranked:
        by_document.setdefault(j.statement.document_id, j.statement)
    return list(by_document.values())[:most]
