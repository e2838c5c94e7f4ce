"""A training run from pairs to a model with its card; it resumes where it stopped."""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console

from app.durability.files import write_text
from app.models.runtimes.precision import library_versions
from app.models.third_party import quiet
from app.settings import Settings
from eval.json_files import dump_json
from train.card import Card, Measured
from train.commands.mine import mined_groups
from train.cross_encoder.samples import Split, split
from train.errors import NotResumable
from train.mining.hard_negatives import MiningSettings
from train.mining.training_pairs import Pair
from train.run_settings import EmbedderRun, RerankerRun
from train.score_combination.held_out import measure_by_source
from train.trainee import Trainee
from train.trainer import CHECKPOINTS, last_step

RUN_FILE: Final = "run.json"
CARD_FILE: Final = "README.md"
MODEL: Final = "model"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Provenance of data and weights for the card; ``licences`` are by source."""

    licence: str = ""
    licences: Mapping[str, str] = field(default_factory=dict)


def run_training(
    pairs: Sequence[Pair],
    make: Callable[[], Trainee],
    *,
    run: RerankerRun | EmbedderRun,
    settings: Settings,
    folder: Path,
    base: str,
    provenance: Provenance,
    console: Console,
) -> Path:
    """Mines negatives, trains the model of ``make``, and writes the best checkpoint with a card.

    Args:
        pairs: Questions and what answers them.
        make: Loads what is trained; called once negatives are there.
        run: The settings of the run.
        settings: Of the recall that negatives come from.
        folder: The run's; what was begun in it with the same data and settings goes on.
        base: What is trained, by name and version.
        provenance: For the card.
        console: Where words and progress go.

    Returns:
        The folder of the model.

    Raises:
        InvalidPairs: there are too few questions.
        NotResumable: ``folder`` holds another run, or one that has ended.
    """
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    _begin(folder, run, pairs, f"{base} {settings.models.embedder}")
    groups = mined_groups(
        pairs, settings=settings, mining=MiningSettings(), folder=folder / "groups", console=console
    )
    parts = split(
        groups,
        share=run.held_out,
        most=run.held_out_most,
        seed=run.seed,
        questions=run.questions,
    )
    console.print(f"training on {len(parts.train)} questions, {len(parts.held_out)} held out")
    taken_up = last_step(folder)
    trainee = make()
    best = trainee.train(parts, console.print)
    card = Card(
        kind=trainee.kind,
        command=shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        run=run,
        base=base,
        licence=provenance.licence,
        trained=parts.train,
        measured=_measured(parts, trainee),
        licences=provenance.licences,
        versions=library_versions(),
        minutes=(time.monotonic() - began) / 60,
        taken_up=taken_up,
        steps=best,
    )
    return _keep(trainee, card, folder, console)


def _begin(
    folder: Path, run: RerankerRun | EmbedderRun, pairs: Sequence[Pair], models: str
) -> None:
    """Records the settings and data of a run, or checks them against the one in ``folder``."""
    digest = hashlib.sha256(models.encode())
    for pair in pairs:
        digest.update(repr(asdict(pair)).encode("utf-8", "surrogatepass"))
    facts = {"kind": type(run).__name__, "run": run.model_dump(), "data": digest.hexdigest()}
    file = folder / RUN_FILE
    if not file.is_file():
        write_text(file, dump_json(facts))
        return
    if json.loads(file.read_text(encoding="utf-8")) != facts:
        raise NotResumable(
            f"{folder} holds a run with other data or settings; give another --out, or remove it"
        )
    if (folder / MODEL).exists():
        raise NotResumable(f"{folder} holds a run that has ended; its model is {folder / MODEL}")


def _measured(parts: Split, trainee: Trainee) -> list[Measured]:
    before = measure_by_source(parts.held_out, trainee.before())
    after = measure_by_source(parts.held_out, trainee.after())
    questions = Counter(group.source for group in parts.held_out)
    return [
        Measured(name, questions[name] or len(parts.held_out), before[name], after[name])
        for name in after
    ]


def _keep(trainee: Trainee, card: Card, folder: Path, console: Console) -> Path:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".model-") as temporary:
        work = Path(temporary) / MODEL
        with quiet():
            trainee.save(work)
        (work / CARD_FILE).write_text(card.to_markdown(), encoding="utf-8")
        work.rename(folder / MODEL)
    for leftover in (CHECKPOINTS, "base"):
        shutil.rmtree(folder / leftover, ignore_errors=True)
    everything = card.measured[0]
    console.print(
        f"held out, MRR: retrieval {everything.after.fused:.3f}, {card.kind} alone "
        f"{everything.before.alone:.3f} → {everything.after.alone:.3f}, "
        f"together {everything.after.combined:.3f}"
    )
    console.print(f"written: {folder / MODEL}; serve it with models.{card.kind} = {folder / MODEL}")
    return folder / MODEL
