"""An answer in the generator's words, of which a user sees what one statement bears out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.answering.composition import Composition
from app.answering.evidence.candidates import Judged
from app.answering.generating.drafting import read_draft
from app.answering.generating.prompt import build_turns
from app.answering.quoting.chosen import Chosen
from app.answering.verifying.verifier import Verifier
from app.domain.answers import DraftSentence, SentenceEvent, Verdict
from app.domain.questions import Turn
from app.domain.statements import Statement
from app.errors import AttestError
from app.ports.models import Generator
from app.requests import AnswerRequest
from app.settings import AnswerSettings

logger = logging.getLogger(__name__)

TRIED: Final = 3
"""Statements beside those that a sentence cites which may bear it; it bounds the work of checks."""


class Writer:
    """Asks a generator and checks each sentence of its draft against single statements.

    A sentence is said if one statement, in its setting, bears all of it and answers the question at
    all (`AnswerSettings.least_said`). One that fails is replaced by the quotation that says what it
    tried to say, where that was chosen as an answer, or dropped. A generator is also asked where no
    statement is probable enough to be quoted: it may see what the judge did not.
    """

    def __init__(self, generator: Generator, verifier: Verifier, settings: AnswerSettings) -> None:
        self._generator = generator
        self._verifier = verifier
        self._settings = settings

    def write(
        self,
        request: AnswerRequest,
        chosen: Sequence[Chosen],
        ranked: Sequence[Sequence[Judged]],
        composition: Composition,
        stop: Callable[[], bool],
    ) -> Iterator[SentenceEvent]:
        """Adds to ``composition`` what stands; nothing, where nothing does.

        A generator that fails is named in ``composition.degraded``, and what was verified before
        stands.
        """
        statements = self._shown(chosen, ranked)
        if not statements:
            return
        deadline = time.monotonic() + self._settings.generate_budget_ms / 1_000

        def over() -> bool:
            return stop() or time.monotonic() > deadline

        probable = {j.statement: j.probability for part in ranked for j in part}
        quotable = [s for choice in chosen for s in choice.statements]
        try:
            pieces = self._generator.stream(
                self._turns(request, statements),
                max_tokens=self._settings.max_answer_tokens,
                stop=over,
            )
            for sentence in read_draft(pieces, cut_short=over):
                yield from self._said(sentence, statements, probable, quotable, composition)
                if over() or len(composition.sentences) >= self._settings.drafted_sentences:
                    return
        except AttestError as error:
            composition.degraded.append(f"generator: {error.public_message}")
            logger.warning("generation failed: %s", error)

    def _shown(
        self, chosen: Sequence[Chosen], ranked: Sequence[Sequence[Judged]]
    ) -> list[Statement]:
        """What was chosen first, then the best of each part that may answer at all."""
        most = self._settings.prompt_statements
        shown = [statement for choice in chosen for statement in choice.statements]
        for part in ranked:
            shown += [
                j.statement
                for j in part[:most]
                if j.probability >= self._settings.least_said and j.probability > 0
            ]
        return list(dict.fromkeys(shown))[:most]

    def _said(
        self,
        drafted: DraftSentence,
        statements: Sequence[Statement],
        probable: dict[Statement, float],
        quotable: Sequence[Statement],
        composition: Composition,
    ) -> Iterator[SentenceEvent]:
        """The sentence, or the verbatim one that says what it tried to say, or nothing."""
        sentence = self._verifier_citing(drafted, statements)
        cited = [statements[n - 1] for n in sentence.citations if 0 < n <= len(statements)]
        bearing, reason = self._bearing(sentence.text, cited, statements)
        if bearing is not None and probable.get(bearing, 1.0) < self._settings.least_said:
            reason = "what it rests on does not answer the question"
        elif (
            bearing is not None
            and bearing not in quotable
            and self._verifier.is_value(sentence.text)
        ):
            # "480 €" claims to be what was asked for.
            reason = "it does not say of what"
        elif bearing is not None and any(
            self._verifier.refuse(sentence.text, _as_statement(said.text, bearing)) is None
            for said in composition.sentences
        ):
            reason = "it says nothing that was not said before"
        composition.draft.append(replace(sentence, reason=reason))
        if reason is None and bearing is not None:
            yield composition.add(sentence.text, Verdict.SUPPORTED, [bearing])
            return
        for quotation in self._verifier.closest(sentence.text, quotable)[:1]:
            shared = self._verifier.shared(sentence.text, quotation)
            if shared >= self._settings.stand_in_share and not composition.holds(quotation):
                about = quotation.setting.path[-1:] or ("",)
                yield composition.add(
                    quotation.text, Verdict.VERBATIM, [quotation], setting=about[0]
                )

    def _verifier_citing(
        self, sentence: DraftSentence, statements: Sequence[Statement]
    ) -> DraftSentence:
        """The sentence with the statement nearest to it, where it cites none itself."""
        if sentence.citations:
            return sentence
        nearest = self._verifier.closest(sentence.text, statements)[:1]
        return replace(sentence, citations=tuple(statements.index(s) + 1 for s in nearest))

    def _bearing(
        self, text: str, cited: Sequence[Statement], statements: Sequence[Statement]
    ) -> tuple[Statement | None, str | None]:
        """The statement that bears ``text``, those cited first, or why none does."""
        if not cited:
            return None, "it cites no statement that exists"
        reason: str | None = None
        for statement in dict.fromkeys((*cited, *self._verifier.closest(text, statements)[:TRIED])):
            refused = self._verifier.refuse(text, statement)
            if refused is None:
                return statement, None
            reason = reason or refused
        return None, reason

    def _turns(self, request: AnswerRequest, statements: Sequence[Statement]) -> list[Turn]:
        """The conversation, of which statements and history take ``prompt_tokens`` each at most.

        Both take less where the model's context is smaller; the oldest turns go first, and the
        least probable statements. Wishes about the wording stay.
        """
        count = self._generator.count_tokens
        wishes = tuple(turn for turn in request.history if turn.role == "system")
        history = tuple(turn for turn in request.history if turn.role != "system")
        room = self._generator.context_tokens - self._settings.max_answer_tokens
        room -= sum(count(turn.content) for turn in build_turns(request.query, (), wishes))
        budget = min(self._settings.prompt_tokens, max(1, room // 2))
        spent = 0
        for place in range(len(history) - 1, -1, -1):
            spent += count(history[place].content)
            if spent > budget:
                history = history[place + 1 :]
                break
        shown: list[Statement] = []
        spent = 0
        for statement in statements:
            spent += count(statement.in_setting)
            if spent > budget and shown:
                break
            shown.append(statement)
        return build_turns(request.query, shown, (*wishes, *history))


def _as_statement(text: str, like: Statement) -> Statement:
    return replace(like, text=text, cells=())
