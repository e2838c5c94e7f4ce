"""An answer in the generator's words, of which a user sees what is verified and to the point."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from app.answering.citations import CitationChecker
from app.answering.composition import Composition
from app.answering.drafting import read_draft
from app.answering.excerpts import excerpt
from app.answering.extractive import MARGIN
from app.answering.passages import Passage, Quotation
from app.answering.prompt import build_turns
from app.answering.relevance import Relevance, ScoredSentence
from app.domain import DraftSentence, SentenceEvent, Turn, Verdict
from app.errors import AttestError
from app.ports import Generator
from app.requests import AnswerRequest
from app.settings import AnswerSettings

logger = logging.getLogger(__name__)


class Writer:
    """Asks a generator and checks each sentence of its draft.

    A sentence is said if its passages support it. The first must also be as relevant as a quotation
    would have to be, no more than a margin less than the best one; those behind it complete what it
    says, and must add to it. A sentence that fails is replaced by the quotation that
    says what it tried to say, if that is as relevant.
    """

    def __init__(
        self, generator: Generator, checker: CitationChecker, settings: AnswerSettings
    ) -> None:
        self._generator = generator
        self._checker = checker
        self._settings = settings

    def write(
        self,
        request: AnswerRequest,
        passages: Sequence[Passage],
        ranked: Sequence[ScoredSentence],
        relevance: Relevance,
        composition: Composition,
        stop: Callable[[], bool],
    ) -> Iterator[SentenceEvent]:
        """Adds to ``composition`` what stands; nothing, where nothing does.

        ``ranked`` holds at least one sentence, best first. A generator that fails is named in
        ``composition.degraded``, and what was verified before stands.
        """
        deadline = time.monotonic() + self._settings.generate_budget_ms / 1_000

        def over() -> bool:
            return stop() or time.monotonic() > deadline

        turns = self._turns(request, passages, ranked)
        judge = _Judge(passages, ranked, relevance, self._checker)
        try:
            pieces = self._generator.stream(
                turns, max_tokens=self._settings.max_answer_tokens, stop=over
            )
            for sentence in read_draft(pieces, cut_short=over):
                yield from self._said(sentence, judge, composition)
                if len(composition.sentences) >= self._settings.max_sentences:
                    return
        except AttestError as error:
            composition.degraded.append(f"generator: {error.public_message}")
            logger.warning("generation failed: %s", error)

    def _said(
        self, drafted: DraftSentence, judge: _Judge, composition: Composition
    ) -> Iterator[SentenceEvent]:
        """The sentence, or the verbatim one that says what it tried to say, or nothing."""
        sentence, reason = judge.verdict(drafted, [s.text for s in composition.sentences])
        composition.draft.append(replace(sentence, reason=reason))
        if reason is None:
            yield composition.add(sentence.text, Verdict.SUPPORTED, judge.support(sentence))
            return
        quotation = judge.repair(sentence)
        if quotation is not None and not composition.holds(quotation):
            yield composition.add(quotation.text, Verdict.VERBATIM, [quotation])

    def _turns(
        self,
        request: AnswerRequest,
        passages: Sequence[Passage],
        ranked: Sequence[ScoredSentence],
    ) -> list[Turn]:
        """The conversation, of which passages and history take ``prompt_tokens`` each at most.

        Both take less where the model's context is smaller; the oldest turns go first.
        """
        count = self._generator.count_tokens
        room = self._generator.context_tokens - self._settings.max_answer_tokens
        room -= sum(count(turn.content) for turn in build_turns(request.query, ()))
        budget = min(self._settings.prompt_tokens, max(1, room // 2))
        history, spent = request.history, 0
        for place in range(len(history) - 1, -1, -1):
            spent += count(history[place].content)
            if spent > budget:
                history = history[place + 1 :]
                break
        shown = excerpt(passages, ranked, max_tokens=budget, count_tokens=count)
        return build_turns(request.query, shown, history)


class _Judge:
    """Whether sentences of one draft are supported and relevant."""

    def __init__(
        self,
        passages: Sequence[Passage],
        ranked: Sequence[ScoredSentence],
        relevance: Relevance,
        checker: CitationChecker,
    ) -> None:
        self._passages = passages
        self._enough = ranked[0].score - MARGIN
        self._scores = {sentence.quotation: sentence.score for sentence in ranked}
        self._relevance = relevance
        self._checker = checker

    def verdict(
        self, drafted: DraftSentence, said: Sequence[str]
    ) -> tuple[DraftSentence, str | None]:
        """The sentence with the passages it rests on, and why it can't be said, if so."""
        sentence = self._checker.attribute(drafted, self._passages)
        reason = self._checker.verify(sentence, self._passages)
        if reason is None and not said and not self._relevant(sentence):
            reason = "it has less to do with the question than the passages have"
        if reason is None and not self._checker.adds_to(sentence.text, said):
            reason = "it says nothing that was not said before"
        return sentence, reason

    def support(self, sentence: DraftSentence) -> list[Quotation]:
        """What each citation of a verified sentence quotes."""
        found = [
            self._checker.support(replace(sentence, citations=(n,)), self._passages)
            for n in sentence.citations
        ]
        return [quotation for quotation in found if quotation is not None]

    def repair(self, sentence: DraftSentence) -> Quotation | None:
        """The quotation to say instead, where one is as relevant."""
        quotation = self._checker.repair(sentence, self._passages)
        if quotation is None or self._scores.get(quotation, 0.0) < self._enough:
            return None
        return quotation

    def _relevant(self, sentence: DraftSentence) -> bool:
        support = self.support(sentence)
        return bool(support) and self._relevance.score(sentence.text, support[0]) >= self._enough
