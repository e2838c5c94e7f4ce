"""Options of the commands of ``rag eval``; each calls a function of its module."""

# ruff: noqa: PLC0415 - libraries load when a command needs them, so that `rag --help` is quick
# ruff: noqa: FBT002 - typer reads flags from boolean defaults
# ruff: noqa: PLR0917 - typer calls with keywords

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from app.cli.terminal import err, load_settings, out
from eval.commands.options import (
    AskedCollection,
    Dataset,
    Distractors,
    Documents,
    HalfChoice,
    Out,
    RunByDefault,
    StrategyChoice,
)

if TYPE_CHECKING:
    from eval.commands.target import Questions

EXIT_GATE: Final = 1
"""Exit code if a threshold is missed or something is worse than in the base."""


evaluation = typer.Typer(
    help="Measure, tune and compare retrieval and answers on judged questions.",
    no_args_is_help=True,
    cls=RunByDefault,
)


def _questions(
    dataset: Path, distractors: list[Path] | None, documents: Path | None, collection: str | None
) -> Questions:
    from eval.commands.target import Questions

    return Questions(dataset, tuple(distractors or ()), documents, collection)


def _fail(failures: list[str]) -> None:
    """Prints the gates that failed, if any, and exits."""
    for failure in failures:
        err.print(f"failed: {failure}", style="red")
    if failures:
        raise typer.Exit(EXIT_GATE)


@evaluation.command()
def run(
    dataset: Dataset,
    distractors: Distractors = None,
    documents: Documents = None,
    collection: AskedCollection = None,
    out_json: Out = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the report as Markdown.")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a page with plots and every question.")
    ] = None,
    baselines: Annotated[
        list[str] | None,
        typer.Option("--baseline", help="tfidf or bm25:K1,B beside the routes; repeatable."),
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show questions won and lost.")] = False,
    fail_under: Annotated[
        list[str] | None, typer.Option(help="Threshold such as ensemble.hit@1>=0.8; repeatable.")
    ] = None,
    no_regression: Annotated[
        Path | None, typer.Option(help="Fail where something is worse than in this report.")
    ] = None,
) -> None:
    """Evaluate each route and their ensemble by hit rate and MRR, with significance tests."""
    from eval.commands.run import Gates, Outputs
    from eval.commands.run import run as evaluate

    failures = evaluate(
        _questions(dataset, distractors, documents, collection),
        settings=load_settings(),
        outputs=Outputs(out_json, markdown, html),
        gates=Gates(tuple(fail_under or ()), no_regression),
        baselines=baselines or (),
        show_diff=diff,
        console=out,
    )
    _fail(failures)


@evaluation.command()
def tune(
    dataset: Dataset,
    distractors: Distractors = None,
    documents: Documents = None,
    collection: AskedCollection = None,
    out_json: Out = None,
    apply: Annotated[
        bool, typer.Option(help="Save accepted settings with the collection, for the service.")
    ] = True,
) -> None:
    """Tune weights, fusion and depth; accept only gains on held-out questions."""
    from eval.commands.tune import run_tune

    run_tune(
        _questions(dataset, distractors, documents, collection),
        settings=load_settings(),
        apply=apply and collection is not None,
        out=out_json,
        console=out,
    )


@evaluation.command()
def ablate(
    datasets: Annotated[
        list[str], typer.Argument(help="FOLDER, FOLDER@DOCUMENTS or FOLDER+DISTRACTORS; several.")
    ],
    changes: Annotated[
        list[str] | None,
        typer.Option("--change", help="As in `ranks: retrieval.fusion=rrf`; repeatable."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Ask only the first questions of each set.")
    ] = None,
    out_json: Out = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the table as Markdown.")] = None,
) -> None:
    """Search with each part of retrieval on and off, and test what it is worth on every set."""
    from eval.ablation.changes import changes as every_part
    from eval.ablation.changes import parse_change
    from eval.commands.ablate import run_ablation
    from eval.commands.target import parse_questions

    settings = load_settings()
    run_ablation(
        [parse_questions(text) for text in datasets],
        settings=settings,
        changes=[parse_change(text) for text in changes] if changes else every_part(settings),
        limit=limit,
        out=out_json,
        markdown=markdown,
        console=out,
    )


@evaluation.command()
def compare(
    before: Annotated[Path, typer.Argument(help="JSON of a report.")],
    after: Annotated[Path, typer.Argument(help="JSON of another report on the same questions.")],
    shared: Annotated[
        bool, typer.Option("--shared", help="Compare on the questions that both have.")
    ] = False,
    out_json: Annotated[Path | None, typer.Option("--out", help="Write it as JSON.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the comparison as Markdown.")] = None,
) -> None:
    """Compare two reports: what changed, on which questions, and whether it is significant."""
    from app.durability.files import write_text
    from eval.reports.compare import compare as compared
    from eval.reports.render_comparison import comparison_to_markdown, comparison_to_terminal
    from eval.reports.retrieval_report import RetrievalReport

    found = compared(
        RetrievalReport.read(before), RetrievalReport.read(after), shared_questions=shared
    )
    out.print(comparison_to_terminal(found))
    if out_json is not None:
        found.save(out_json)
    if markdown is not None:
        write_text(markdown, comparison_to_markdown(found))


@evaluation.command()
def answers(
    dataset: Dataset,
    distractors: Distractors = None,
    documents: Documents = None,
    collection: AskedCollection = None,
    out_json: Out = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Ask only the first questions of each kind.")
    ] = None,
    withhold: Annotated[
        bool, typer.Option("--withhold", help="Ask again with the relevant documents hidden.")
    ] = False,
    judge: Annotated[
        str | None, typer.Option(help="Generator that judges answers, such as openai:URL#MODEL.")
    ] = None,
    half: Annotated[HalfChoice | None, typer.Option(help="Ask the questions of this half.")] = None,
    kinds: Annotated[
        list[str] | None, typer.Option("--kind", help="Ask the questions of this kind; repeatable.")
    ] = None,
    texts: Annotated[
        Path | None, typer.Option(help="Write questions and answers here as JSON Lines.")
    ] = None,
    keep_texts: Annotated[
        bool, typer.Option("--keep-texts", help="Include the texts in the report.")
    ] = False,
    html: Annotated[Path | None, typer.Option(help="Write a page with every answer.")] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(help="Threshold such as right>=0.85 or wrong<=0.05; repeatable."),
    ] = None,
    no_regression: Annotated[
        Path | None, typer.Option(help="Fail where answers are worse than in this report.")
    ] = None,
) -> None:
    """Evaluate answers: right, wrong and refused ones, exact match, F1 and citations."""
    from eval.answers.run_answers import AnswerGates, AnswerOutputs
    from eval.commands.answers import QuestionSelection, run_answer_evaluation

    failures = run_answer_evaluation(
        _questions(dataset, distractors, documents, collection),
        settings=load_settings(),
        judge=judge,
        asked=QuestionSelection(half.value if half else "", tuple(kinds or ()), limit),
        withhold=withhold,
        outputs=AnswerOutputs(out_json, texts, html, keep_texts),
        gates=AnswerGates(tuple(fail_under or ()), no_regression),
        console=out,
    )
    _fail(failures)


@evaluation.command()
def synthesize(
    collection: Annotated[str, typer.Argument(help="Name of the collection.")],
    folder: Annotated[Path, typer.Option("--out", help="Folder to write.")],
    limit: Annotated[int, typer.Option(min=1, help="Most questions to make.")] = 200,
    seed: int = 0,
    generate: Annotated[
        bool, typer.Option("--generate", help="Let the configured generator write questions too.")
    ] = False,
) -> None:
    """Write synthetic questions from the passages of a collection."""
    from eval.commands.synthesize import run_synthesis
    from eval.synthesis.synthesize import SynthesisSettings

    run_synthesis(
        collection,
        settings=load_settings(),
        synthesis=SynthesisSettings(limit=limit, seed=seed),
        generate=generate,
        out=folder,
        console=out,
    )


@evaluation.command()
def chunking(
    dataset: Annotated[Path, typer.Argument(help="Questions with the spans that answer them.")],
    documents: Documents = None,
    strategies: Annotated[
        list[StrategyChoice] | None,
        typer.Option("--strategy", help="Chunking strategy; repeatable."),
    ] = None,
    sizes: Annotated[
        list[int] | None, typer.Option("--tokens", min=16, help="Tokens of a chunk; repeatable.")
    ] = None,
    overlaps: Annotated[
        list[float] | None,
        typer.Option("--overlap", min=0.0, max=0.5, help="Share of a chunk; repeatable."),
    ] = None,
    embedders: Annotated[
        list[str] | None,
        typer.Option("--embedder", help="Embedder to try; repeatable."),
    ] = None,
    out_json: Out = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the report as Markdown.")] = None,
) -> None:
    """Compare chunk sizes, overlaps and embedders by how much answer text they retrieve."""
    from eval.commands.chunking import CHUNK_TOKENS, OVERLAP_SHARES, run_chunking
    from eval.spans.configuration import grid

    settings = load_settings()
    run_chunking(
        dataset,
        settings=settings,
        documents=documents,
        configurations=grid(
            strategies=[s.value for s in strategies or StrategyChoice],
            chunk_tokens=sizes or CHUNK_TOKENS,
            overlap_shares=overlaps or OVERLAP_SHARES,
            embedders=embedders or [settings.models.embedder],
        ),
        out=out_json,
        markdown=markdown,
        console=out,
    )
