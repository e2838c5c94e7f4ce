"""``rag eval answers``: asks questions as a user would, and evaluates the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from app.domain.documents import Scalar
from app.models.registry import build_generator
from app.settings import Settings
from eval.answers.outcomes.comparison import ASKED
from eval.answers.run_answers import AnswerGates, AnswerOutputs, run_answers
from eval.answers.service_answerer import ServiceAnswerer, answer_facts
from eval.commands.provenance import provenance
from eval.commands.target import Questions, application, prepare
from eval.datasets.expected import Half


@dataclass(frozen=True, slots=True)
class QuestionSelection:
    """Selection of questions: one half, some kinds, the first ``limit``; by default all."""

    half: Half = ""
    kinds: Sequence[str] = ()
    limit: int | None = None

    def facts(self) -> dict[str, Scalar]:
        """The selection by dotted name, for the provenance of a report; empty for all questions."""
        given: dict[str, Scalar] = {}
        if self.half:
            given["half"] = self.half
        if self.kinds:
            given["kinds"] = ", ".join(sorted(self.kinds))
        if self.limit is not None:
            given["limit"] = self.limit
        return {f"{ASKED}{name}": value for name, value in given.items()}


def run_answer_evaluation(
    questions: Questions,
    *,
    settings: Settings,
    judge: str | None,
    asked: QuestionSelection,
    withhold: bool,
    outputs: AnswerOutputs,
    gates: AnswerGates,
    console: Console,
) -> list[str]:
    """Evaluates generated answers, or extractive ones if no generator is configured.

    Args:
        questions: The questions and the documents to ask them of.
        settings: The settings to evaluate; time budgets are lifted.
        judge: A generator that judges answers too, named as in ``models.generator``.
        asked: The selection of questions.
        withhold: Ask each answerable question again with its relevant documents hidden.
        outputs: Files for the report and the texts.
        gates: Checks that must pass.
        console: Shows tables and progress.

    Returns:
        Messages of the gates that failed.

    Raises:
        EvaluationError: the dataset, a threshold or the base can't be read, or don't fit.
        ModelMissing: the judge is not there.
    """
    with application(settings, questions) as app:
        target = prepare(app, questions, console)
        service = app.make_service(reader=app.reader, generator=app.generator)
        judging = app.settings.models.model_copy(update={"generator": judge or "none"})
        pipeline = app.pipeline(target.collection)
        facts = provenance(app, target.collection.fingerprint, pipeline.in_force.settings)
        _, failures = run_answers(
            target.dataset.only(half=asked.half, kinds=asked.kinds),
            ServiceAnswerer(service, target.collection.name),
            generator=app.generator.id if app.generator else "none",
            provenance={**facts, **answer_facts(app.settings), **asked.facts()},
            judge=build_generator(judging),
            limit=asked.limit,
            withhold=withhold,
            outputs=outputs,
            gates=gates,
            console=console,
        )
    return failures
