"""Trains a reader, from files to a model with its card; cut off, it goes on where it was."""

from __future__ import annotations

import hashlib
import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from tokenizers import Tokenizer

from app.models.folder import ModelFolder
from app.models.packed_weights import TOKENIZER_FILE
from app.models.precision import library_versions
from app.models.third_party import quiet
from app.ports import Embedder
from eval.json_files import dump_json, write_text
from train.base import write_cross_encoder
from train.commands.run import CARD_FILE, MODEL, RUN_FILE, Provenance
from train.errors import NotResumable
from train.reader.card import ReaderCard
from train.reader.data import read_data
from train.reader.groups import Group
from train.reader.measure import fit_scale, measure
from train.reader.model import save_reader
from train.reader.settings import ReaderRun
from train.reader.training import ReaderTraining

_BASE: Final = "base"
_CHECKPOINT: Final = "checkpoint.pt"


def run_reader(
    files: Sequence[Path],
    held_out: Sequence[Path],
    *,
    run: ReaderRun,
    base: ModelFolder,
    embedder: Embedder,
    folder: Path,
    provenance: Provenance,
    console: Console,
) -> Path:
    """Trains ``base`` on ``files`` and writes it with its scale and its card.

    Args:
        files: Questions with their passages and answers, or groups.
        held_out: The same, to measure on; a share of ``files`` where it is empty.
        run: The settings of the run.
        base: What is trained.
        embedder: What the scores stand beside.
        folder: The run's; what was begun in it with the same data and settings goes on.
        provenance: For the card.
        console: Where words and progress go.

    Returns:
        The folder of the model.

    Raises:
        InvalidPairs: a file is malformed, or too little is left.
        NotResumable: ``folder`` holds another run, or one that has ended.
        ModelIncompatible: ``base`` is no encoder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data = read_data(files, held_out, share=run.held_out, seed=run.seed)
    _begin(folder, run, [*data.train, *data.held_out], base.id)
    console.print(f"training on {len(data.train):,} groups, {len(data.held_out):,} held out")
    start = folder / _BASE
    if not start.is_dir():
        write_cross_encoder(
            base, start, layers=run.layers, head="interaction", dropout=0.0, seed=run.seed
        )
    tokenizer = Tokenizer.from_file(str(start / TOKENIZER_FILE))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    with quiet():
        training = ReaderTraining(
            start, tokenizer, run, checkpoint=folder / _CHECKPOINT, log=console.print
        )

    def check() -> str:
        return _in_words(data.held_out, training.logits(data.held_out))

    training.train(data.train, check)
    logits = training.logits(data.held_out)
    console.print(_in_words(data.held_out, logits))
    scale = fit_scale(data.held_out, logits)
    model = folder / MODEL
    save_reader(training.model, start, model, scale)
    card = ReaderCard(
        command=shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        run=run,
        base=base.id,
        licence=provenance.licence,
        trained=data.train,
        read=training.seen,
        steps=training.step,
        readings=measure(data.held_out, logits),
        cosines=measure(data.held_out, cosines(data.held_out, embedder)),
        scale=scale,
        licences=provenance.licences,
        versions=library_versions(),
    )
    write_text(model / CARD_FILE, card.to_markdown())
    (folder / _CHECKPOINT).unlink()
    console.print(f"written: {model}; serve it with models.reader = {model}")
    return model


def cosines(groups: Sequence[Group], embedder: Embedder) -> list[list[float]]:
    """What the embedder alone says of each statement of each group."""
    texts = sorted({said.read() for group in groups for said in group.said})
    place = {text: number for number, text in enumerate(texts)}
    statements = embedder.embed_passages(texts)
    questions = embedder.embed_queries([group.question for group in groups])
    return [
        [float(statements[place[said.read()]] @ question) for said in group.said]
        for group, question in zip(groups, questions, strict=True)
    ]


def _in_words(groups: Sequence[Group], logits: Sequence[Sequence[float]]) -> str:
    parts = [
        f"{reading.source} {reading.first:.3f}"
        for reading in measure(groups, logits)
        if reading.first is not None
    ]
    return f"held out, best statement answers: {', '.join(parts)}"


def _begin(folder: Path, run: ReaderRun, groups: Sequence[Group], base: str) -> None:
    """Writes down what a run is made with, or checks that it is the one begun in ``folder``."""
    digest = hashlib.sha256(base.encode())
    for group in groups:
        digest.update(repr(group).encode("utf-8", "surrogatepass"))
    facts = {"kind": "ReaderRun", "run": run.model_dump(), "data": digest.hexdigest()}
    file = folder / RUN_FILE
    if not file.is_file():
        write_text(file, dump_json(facts))
    elif json.loads(file.read_text(encoding="utf-8")) != facts:
        raise NotResumable(
            f"{folder} holds a run with other data or settings; give another --out, or remove it"
        )
    elif (folder / MODEL).exists():
        raise NotResumable(f"{folder} holds a run that has ended; its model is {folder / MODEL}")
