"""``rag eval answers``: asks the questions as a user would, and judges the answers."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from app.models.registry import build_generator
from app.settings import Settings
from eval.answers.report import AnswerReport
from eval.answers.run import run_answers
from eval.answers.service_answerer import ServiceAnswerer, answer_facts
from eval.commands.provenance import provenance
from eval.commands.target import Questions, application, prepare


def run_answer_evaluation(
    questions: Questions,
    *,
    settings: Settings,
    judge: str | None,
    limit: int | None,
    withhold: bool,
    out: Path | None,
    console: Console,
) -> AnswerReport:
    """Evaluates the answers of the configured generator, or extractive ones where there is none.

    Args:
        questions: Where they are and what they are asked of.
        settings: What to evaluate; no budget of time is in force.
        judge: A generator by name, as in ``models.generator``, that judges besides.
        limit: How many questions of each kind; ``None`` for all.
        withhold: Ask each answerable question again with its relevant documents hidden.
        out: Where the report's JSON goes.
        console: Where tables and progress go.

    Raises:
        EvaluationError: the dataset can't be read.
        ModelMissing: the judge is not there.
    """
    with application(settings, questions) as app:
        target = prepare(app, questions, console)
        service = app.make_service(generator=app.generator)
        judging = app.settings.models.model_copy(update={"generator": judge or "none"})
        pipeline = app.pipeline(target.collection)
        facts = provenance(app, target.collection.fingerprint, pipeline.in_force.settings)
        return run_answers(
            target.dataset,
            ServiceAnswerer(service, target.collection.name),
            generator=app.generator.id if app.generator else "none",
            provenance={**facts, **answer_facts(app.settings)},
            judge=build_generator(judging),
            limit=limit,
            withhold=withhold,
            out=out,
            console=console,
        )
