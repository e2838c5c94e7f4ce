"""Options of the commands of ``rag train``; each calls a function of its module."""

# ruff: noqa: PLC0415 - libraries load when a command needs them, so that `rag --help` is quick
# ruff: noqa: PLR0917 - typer calls with keywords

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.terminal import load_settings, out

if TYPE_CHECKING:
    from train.mining.training_pairs import Pair

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
Questions = Annotated[int, typer.Option(min=1, help="Most questions made from the collection.")]
Out = Annotated[Path, typer.Option("--out", help="Folder of the run; an interrupted run resumes.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="A setting of the run, as learning_rate=5e-5; see the handbook."),
]
Licence = Annotated[str, typer.Option(help="Licence of the weights, for the model card.")]
Licences = Annotated[Path | None, typer.Option(help="JSON object of the licence of each source.")]


@training.command()
def reranker(
    folder: Out,
    data: Data = None,
    collection: FromCollection = None,
    questions: Questions = 2_000,
    base: Annotated[
        str | None, typer.Option(help="A cross-encoder, or an encoder that becomes one.")
    ] = None,
    layers: Annotated[int | None, typer.Option(min=1, help="Keep only the first layers.")] = None,
    teacher: Annotated[
        str | None, typer.Option(help="Reranker to distil from, named as in models.reranker.")
    ] = None,
    settings: Set = None,
    licence: Licence = "",
    licences: Licences = None,
) -> None:
    """Train a cross-encoder with hard negatives from hybrid recall."""
    from app.models.registry import model_folder
    from app.models.rerankers.registry import build_reranker
    from train.commands.arguments import read_licences, read_run
    from train.commands.training_run import Provenance, run_training
    from train.cross_encoder.reranker import RerankerTrainee
    from train.run_settings import RerankerRun

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
    """Train an embedder with hard negatives from hybrid recall."""
    from app.models.registry import model_folder
    from train.commands.arguments import read_licences, read_run
    from train.commands.training_run import Provenance, run_training
    from train.embedder import EmbedderTrainee
    from train.run_settings import EmbedderRun

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
        typer.Option(
            "--held-out", help="Held-out data in the same format; default: a share of DATA."
        ),
    ] = None,
    base: Annotated[str | None, typer.Option(help="An encoder that becomes a reader.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Minutes of training.")] = None,
    settings: Set = None,
    licence: Licence = "",
    licences: Licences = None,
    to_carry: Annotated[
        Path | None,
        typer.Option("--prepare", help="Write the input of a run on another machine, and stop."),
    ] = None,
    trained: Annotated[
        list[Path] | None,
        typer.Option(help="Weights of such a run, OUT/whole or OUT/small; several are averaged."),
    ] = None,
) -> None:
    """Train a reader, which estimates whether a statement in its setting answers a question."""
    from app.models.registry import build_embedder, model_folder
    from train.commands.arguments import read_licences, read_run
    from train.commands.reader import prepare_run, run_reader
    from train.commands.training_run import Provenance
    from train.reader.run_settings import ReaderRun

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
    out_json: Annotated[Path, typer.Option("--out", help="JSON file for the result.")],
    limit: Annotated[
        int | None, typer.Option(min=1, help="Use only the first questions of each set.")
    ] = None,
) -> None:
    """Fit the weights of term match and reranker; each dataset is left out in turn."""
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
    out_json: Annotated[Path, typer.Option("--out", help="JSON file for the result.")],
    *,
    keep_selection: Annotated[
        bool,
        typer.Option("--keep-selection", help="Keep the current selection of statements."),
    ] = False,
) -> None:
    """Fit the weights of statement features to judged questions."""
    from train.commands.evidence import read_judged_set, run_evidence

    run_evidence(
        [read_judged_set(item) for item in data],
        settings=load_settings(),
        out=out_json,
        console=out,
        keep_selection=keep_selection,
    )


def _pairs(data: list[Path] | None, collection: str | None, questions: int) -> list[Pair]:
    from train.commands.arguments import read_data
    from train.errors import InvalidPairs

    if not (data or collection):
        raise InvalidPairs("give pairs, or --collection to make questions from its passages")
    pairs = read_data(data) if data else []
    if collection:
        from train.commands.collection_pairs import pairs_of_collection

        pairs += pairs_of_collection(
            collection, questions=questions, settings=load_settings(), console=out
        )
    return pairs
