"""The commands of ``rag train``; each is a few lines over its module."""

# ruff: noqa: PLC0415 - libraries load when a command needs them, so that `rag --help` is quick
# ruff: noqa: PLR0917 - typer calls with keywords

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.terminal import load_settings, out

if TYPE_CHECKING:
    from train.mined.pairs import Pair

training = typer.Typer(
    help="Train rerankers, readers and embedders, and learn how far they are to be trusted.",
    no_args_is_help=True,
)

Data = Annotated[
    list[Path] | None,
    typer.Argument(help='JSON Lines of {"query", "positive"}, or folders in BEIR layout.'),
]
FromCollection = Annotated[
    str | None, typer.Option("--collection", help="Add questions made from its passages.")
]
Questions = Annotated[int, typer.Option(min=1, help="At most, made from the collection.")]
Out = Annotated[Path, typer.Option("--out", help="The run's folder; given again, it goes on.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="A setting of the run, as learning_rate=5e-5; see the handbook."),
]
Licence = Annotated[str, typer.Option(help="Of the weights, for the card.")]
Licences = Annotated[
    Path | None, typer.Option(help="JSON object: the licence of each source, for the card.")
]


@training.command()
def reranker(
    folder: Out,
    data: Data = None,
    collection: FromCollection = None,
    questions: Questions = 2_000,
    base: Annotated[
        str | None, typer.Option(help="A cross-encoder, or an encoder that becomes one.")
    ] = None,
    layers: Annotated[int | None, typer.Option(min=1, help="Keep the first ones only.")] = None,
    teacher: Annotated[
        str | None, typer.Option(help="Learn from this reranker too, as models.reranker names it.")
    ] = None,
    settings: Set = None,
    licence: Licence = "",
    licences: Licences = None,
) -> None:
    """Train a cross-encoder with negatives from hybrid recall."""
    from app.models.registry import build_reranker, model_folder
    from train.commands.run import Provenance, run_training
    from train.commands.target import read_licences, read_run
    from train.cross_encoder.reranker import RerankerTrainee
    from train.settings import RerankerRun

    configured = load_settings()
    models = configured.models
    run = read_run(RerankerRun, settings, base=base, layers=layers)
    start = model_folder(run.base, models.cache)
    pairs = _pairs(data, collection, questions)

    def make() -> RerankerTrainee:
        named = models.model_copy(update={"reranker": teacher})
        return RerankerTrainee(start, folder, run, build_reranker(named, None) if teacher else None)

    run_training(
        pairs,
        make,
        run=run,
        settings=configured,
        folder=folder,
        base=f"{start.id}, taught by {teacher}" if teacher else start.id,
        provenance=Provenance(licence, read_licences(licences)),
        console=out,
    )


@training.command()
def embedder(
    folder: Out,
    data: Data = None,
    collection: FromCollection = None,
    questions: Questions = 2_000,
    base: Annotated[str | None, typer.Option(help="An embedder that runs here.")] = None,
    settings: Set = None,
    licence: Licence = "",
    licences: Licences = None,
) -> None:
    """Train an embedder with negatives from hybrid recall."""
    from app.models.registry import model_folder
    from train.commands.run import Provenance, run_training
    from train.commands.target import read_licences, read_run
    from train.embedder import EmbedderTrainee
    from train.settings import EmbedderRun

    configured = load_settings()
    run = read_run(EmbedderRun, settings, base=base)
    start = model_folder(run.base, configured.models.cache)
    pairs = _pairs(data, collection, questions)
    run_training(
        pairs,
        lambda: EmbedderTrainee(start, folder, run),
        run=run,
        settings=configured,
        folder=folder,
        base=start.id,
        provenance=Provenance(licence, read_licences(licences)),
        console=out,
    )


@training.command()
def reader(
    data: Annotated[
        list[Path],
        typer.Argument(help="JSON Lines of query, passage and answers (text and start)."),
    ],
    folder: Out,
    held_out: Annotated[
        list[Path] | None,
        typer.Option("--held-out", help="The same, to measure on; a share of DATA without it."),
    ] = None,
    base: Annotated[str | None, typer.Option(help="An encoder that becomes a reader.")] = None,
    minutes: Annotated[float | None, typer.Option(help="How long it learns.")] = None,
    settings: Set = None,
    licence: Licence = "",
    licences: Licences = None,
    to_carry: Annotated[
        Path | None,
        typer.Option("--prepare", help="Write what a run on another machine needs, and stop."),
    ] = None,
    trained: Annotated[
        list[Path] | None,
        typer.Option(
            help="What such a run brought back, OUT/whole or OUT/small; of several, the mean."
        ),
    ] = None,
) -> None:
    """Train a reader, which says how likely a statement in its setting answers a question."""
    from app.models.registry import build_embedder, model_folder
    from train.commands.reader import prepare_run, run_reader
    from train.commands.run import Provenance
    from train.commands.target import read_licences, read_run
    from train.reader.settings import ReaderRun

    models = load_settings().models
    run = read_run(ReaderRun, settings, base=base, minutes=minutes)
    start = model_folder(run.base, models.cache)
    if to_carry is not None:
        prepare_run(data, held_out or [], run=run, base=start, folder=to_carry, console=out)
        return
    run_reader(
        data,
        held_out or [],
        run=run,
        base=start,
        embedder=build_embedder(models),
        folder=folder,
        provenance=Provenance(licence, read_licences(licences)),
        console=out,
        trained=trained or (),
    )


@training.command()
def combination(
    data: Annotated[
        list[str],
        typer.Argument(help="Folders in BEIR layout, at least three; FOLDER+MORE adds a corpus."),
    ],
    out_json: Annotated[Path, typer.Option("--out", help="Write what was learned here.")],
    limit: Annotated[
        int | None, typer.Option(min=1, help="The first questions of each set only.")
    ] = None,
) -> None:
    """Learn how far the configured reranker is to be trusted, each dataset left out in turn."""
    from train.commands.combination import run_combination

    folders = [[Path(part) for part in item.split("+")] for item in data]
    run_combination(
        [(first, tuple(rest)) for first, *rest in folders],
        settings=load_settings(),
        limit=limit,
        out=out_json,
        console=out,
    )


@training.command()
def evidence(
    data: Annotated[
        list[str],
        typer.Argument(
            help="Folders of judged questions; FOLDER@DOCS asks files, FOLDER:N draws N of a kind."
        ),
    ],
    out_json: Annotated[Path, typer.Option("--out", help="Write what was learned here.")],
    *,
    keep_selection: Annotated[
        bool,
        typer.Option("--keep-selection", help="Leave alone what chooses the statements to read."),
    ] = False,
) -> None:
    """Learn which statements answer, from judged questions, with or without a reader."""
    from train.commands.evidence import read_judged_set, run_evidence

    run_evidence(
        [read_judged_set(item) for item in data],
        settings=load_settings(),
        out=out_json,
        console=out,
        keep_selection=keep_selection,
    )


def _pairs(data: list[Path] | None, collection: str | None, questions: int) -> list[Pair]:
    from train.commands.target import read_data
    from train.errors import InvalidPairs

    if not (data or collection):
        raise InvalidPairs("give pairs, or --collection to make questions from its passages")
    pairs = read_data(data) if data else []
    if collection:
        from train.commands.collection import pairs_of_collection

        pairs += pairs_of_collection(
            collection, questions=questions, settings=load_settings(), console=out
        )
    return pairs
