"""``rag train reader``: trains a reader, resuming where it stopped, and writes it with its card."""

from __future__ import annotations

import hashlib
import json
import shlex
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from tokenizers import Tokenizer

from app.durability.files import write_text
from app.errors import ModelIncompatible
from app.models.bundled.packed_weights import TOKENIZER_FILE
from app.models.folder import ModelFolder
from app.models.runtimes.precision import library_versions
from app.models.third_party import quiet
from app.ports.models import Embedder
from eval.json_files import dump_json
from train.commands.training_run import CARD_FILE, MODEL, RUN_FILE, Provenance
from train.cross_encoder.base import write_cross_encoder
from train.errors import NotResumable
from train.reader.card import ReaderCard
from train.reader.portable import Trained, mean_of, prepare, read_trained, take
from train.reader.reader_metrics import fit_scale, measure
from train.reader.reader_model import save_reader
from train.reader.run_settings import PortableRun, ReaderRun
from train.reader.statement_groups import StatementGroup
from train.reader.token_groups import TokenGroups
from train.reader.training import ReaderTraining
from train.reader.training_data import read_data

_BASE: Final = "base"
_CHECKPOINT: Final = "checkpoint.pt"
_HERE: Final = {"device": "cpu", "chunk_tokens": 2_048}
"""Settings that a run of another machine gets for evaluation here."""


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
    trained: Sequence[Path] = (),
) -> Path:
    """Trains ``base`` on ``files`` and writes it with its calibration and its card.

    Args:
        files: Questions with their passages and answers, or groups.
        held_out: The same, to measure on; a share of ``files`` where it is empty.
        run: The settings of the run.
        base: What is trained.
        embedder: What the scores stand beside.
        folder: The run's; what was begun in it with the same data and settings goes on.
        provenance: For the card.
        console: Where words and progress go.
        trained: What runs on another machine brought back, each of which went on from the one
            before; their mean is taken, in which one counts as often as it is named, ``run`` is
            the last one's, and nothing is trained here.

    Returns:
        The folder of the model.

    Raises:
        InvalidPairs: a file is malformed, or too little is left.
        NotResumable: ``folder`` holds another run, or one that has ended.
        ModelIncompatible: ``base`` is no encoder, or what was trained is not of it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    brought = _brought(trained) if trained else None
    run = run if brought is None else ReaderRun.model_validate(brought.facts["run"])
    data = read_data(files, held_out, share=run.held_out, seed=run.seed)
    here = run.model_copy(update=_HERE) if brought else run
    _begin(folder, here, [*data.train, *data.held_out], base.id)
    start, tokenizer = _start(base, folder, run)
    console.print(f"training on {len(data.train):,} groups, {len(data.held_out):,} held out")
    held_out_tokens = TokenGroups.of(data.held_out, tokenizer)
    with quiet():
        training = ReaderTraining(start, here, checkpoint=folder / _CHECKPOINT, log=console.print)

    def check() -> str:
        return _in_words(data.held_out, training.logits(held_out_tokens))

    if brought is None:
        training.train(TokenGroups.of(data.train, tokenizer), check)
        facts: Mapping[str, Any] = training.facts()
    else:
        try:
            take(training.model, brought)
        except ValueError as error:
            raise ModelIncompatible(f"{trained[-1]}: {error}") from error
        facts = brought.facts
    logits = training.logits(held_out_tokens)
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
        facts=facts,
        readings=measure(data.held_out, logits),
        cosines=measure(data.held_out, cosines(data.held_out, embedder)),
        scale=scale,
        licences=provenance.licences,
        versions=library_versions(),
    )
    write_text(model / CARD_FILE, card.to_markdown())
    (folder / _CHECKPOINT).unlink(missing_ok=True)
    console.print(f"written: {model}; serve it with models.reader = {model}")
    return model


def prepare_run(
    files: Sequence[Path],
    held_out: Sequence[Path],
    *,
    run: ReaderRun,
    base: ModelFolder,
    folder: Path,
    console: Console,
) -> None:
    """Writes the input of a run on another machine to ``folder``; see `train.reader.portable`.

    Raises:
        InvalidPairs: a file is malformed, or too little is left.
        ModelIncompatible: ``base`` is no encoder.
    """
    data = read_data(files, held_out, share=run.held_out, seed=run.seed)
    whole = run.model_copy(update={"layers": None})
    with tempfile.TemporaryDirectory() as scratch:
        start, tokenizer = _start(base, Path(scratch), whole)
        tokens = TokenGroups.of(data.train, tokenizer)
        small = run if run.layers is not None else None
        prepare(folder, start, tokens, PortableRun(whole=whole, small=small))
    size = sum(file.stat().st_size for file in folder.iterdir()) / 2**20
    console.print(f"{len(tokens):,} groups, {len(tokens.ids):,} tokens, {size:.0f} MiB: {folder}")


def _brought(trained: Sequence[Path]) -> Trained:
    try:
        counts = Counter(trained)
        return mean_of([read_trained(one) for one in counts], list(counts.values()))
    except (OSError, ValueError, KeyError) as error:
        names = ", ".join(map(str, trained))
        raise ModelIncompatible(f"{names} is not what a run brings back: {error}") from error


def _start(base: ModelFolder, folder: Path, run: ReaderRun) -> tuple[Path, Tokenizer]:
    """Writes the untrained cross-encoder below ``folder``; returns it and its tokenizer."""
    start = folder / _BASE
    if not start.is_dir():
        write_cross_encoder(
            base, start, layers=run.layers, head="interaction", dropout=run.dropout, seed=run.seed
        )
    tokenizer = Tokenizer.from_file(str(start / TOKENIZER_FILE))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return start, tokenizer


def cosines(groups: Sequence[StatementGroup], embedder: Embedder) -> list[list[float]]:
    """Cosines of the embedder for each statement of each group, as a baseline."""
    texts = sorted({statement.read() for group in groups for statement in group.statements})
    place = {text: number for number, text in enumerate(texts)}
    statements = embedder.embed_passages(texts)
    questions = embedder.embed_queries([group.question for group in groups])
    return [
        [float(statements[place[statement.read()]] @ question) for statement in group.statements]
        for group, question in zip(groups, questions, strict=True)
    ]


def _in_words(groups: Sequence[StatementGroup], logits: Sequence[Sequence[float]]) -> str:
    parts = [
        f"{reading.source} {reading.first:.3f}"
        for reading in measure(groups, logits)
        if reading.first is not None
    ]
    return f"held out, best statement answers: {', '.join(parts)}"


def _begin(folder: Path, run: ReaderRun, groups: Sequence[StatementGroup], base: str) -> None:
    """Records the settings and data of a run, or checks them against the one in ``folder``."""
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
