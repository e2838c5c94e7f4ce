from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from app.errors import ConfigurationError
from app.models.devices import THE_CPU, Device
from app.models.folder import ModelFolder
from app.models.runtimes import pair_precision
from app.models.runtimes.encoder import Encoded, EncoderFacts, Precision, TokenIds
from app.models.runtimes.pair_scorer import PairBatch, PairFacts, Scores
from app.models.runtimes.precision import (
    Choice,
    Measurement,
    calibrate,
    calibration_key,
    choose,
    load_fastest,
    load_runtime,
    recall,
    remember,
)

FLOAT32 = Measurement("float32", passages_per_s=10.0, query_ms=20.0, min_cosine=1.0)


def test_the_fastest_faithful_form_wins() -> None:
    bfloat16 = Measurement("bfloat16", passages_per_s=30.0, query_ms=10.0, min_cosine=0.9999)
    openvino = Measurement("openvino", passages_per_s=40.0, query_ms=5.0, min_cosine=0.9995)
    assert choose((FLOAT32, bfloat16, openvino)) == "openvino"


def test_a_fast_form_that_moves_vectors_is_left_out() -> None:
    openvino = Measurement("openvino", passages_per_s=40.0, query_ms=5.0, min_cosine=0.9989)
    assert choose((FLOAT32, openvino)) == "float32"


def test_ingestion_and_search_count_alike() -> None:
    # Three times the passages a second, at five times the latency: 3 / 5 < 1.
    slow_queries = Measurement("bfloat16", passages_per_s=30.0, query_ms=100.0, min_cosine=1.0)
    assert choose((FLOAT32, slow_queries)) == "float32"
    # Three times the passages a second, at twice the latency: 3 / 2 > 1.
    fair_queries = Measurement("bfloat16", passages_per_s=30.0, query_ms=40.0, min_cosine=1.0)
    assert choose((FLOAT32, fair_queries)) == "bfloat16"


class SkewedRuntime:
    """Gives each text the vector (1, skew), so that its cosine to skew 0 is 1 / √(1 + skew²)."""

    def __init__(self, precision: Precision, skew: float) -> None:
        self.precision = precision
        self.facts = EncoderFacts(2, 16, pad_id=0, pad_left=False, prompts={})
        self.tokenizer = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
        self.tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        self._skew = skew

    def encode(self, ids: TokenIds, mask: TokenIds) -> Encoded:
        assert mask.shape == ids.shape
        texts = np.tile(np.array([1.0, self._skew], np.float32), (len(ids), 1))
        return Encoded(np.zeros((*ids.shape, 2), np.float32), texts)


def test_calibration_measures_every_candidate_against_float32() -> None:
    skews: dict[Precision, float] = {"float32": 0.0, "bfloat16": 0.75, "openvino": 0.0}
    loaders: dict[Precision, Callable[[], SkewedRuntime]] = {
        name: (lambda name=name, skew=skew: SkewedRuntime(name, skew))
        for name, skew in skews.items()
    }
    cosines = {m.precision: m.min_cosine for m in calibrate(loaders)}
    # 1 / √(1 + 0.75²) = 0.8
    assert cosines == pytest.approx({"float32": 1.0, "bfloat16": 0.8, "openvino": 1.0})


def test_choices_are_remembered_beside_each_other(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "calibration.json"
    first = Choice("float32", (FLOAT32,))
    second = Choice("bfloat16", (FLOAT32,))
    remember(file, "one machine", first)
    remember(file, "another machine", second)
    assert recall(file, "one machine") == first
    assert recall(file, "another machine") == second
    assert recall(file, "a third machine") is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"key": {"precision": "float32"}}'])
def test_a_damaged_calibration_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "calibration.json"
    file.write_text(content)
    assert recall(file, "key") is None
    remember(file, "key", Choice("float32", (FLOAT32,)))
    assert recall(file, "key") == Choice("float32", (FLOAT32,))


def test_asking_for_openvino_where_it_is_not_installed_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"pip install '\.\[fast\]'"):
        load_runtime(ModelFolder("m", tmp_path), cache=tmp_path, precision="openvino")


CARD = Device("cuda:0", "A card")


def forms_of(skew: float) -> dict[Precision, Callable[[], SkewedRuntime]]:
    return {"float32": lambda: SkewedRuntime("float32", skew)}


def load_on(
    device: Device, file: Path, skew: float, *, measures: bool = True
) -> tuple[SkewedRuntime, Choice]:
    return load_fastest(
        forms_of(skew),
        calibrate if measures else lambda *_: pytest.fail("measured a second time"),
        file=file,
        key="a card",
        precision="auto",
        device=device,
        on_cpu=lambda: SkewedRuntime("float32", 0.0),
    )


def test_forms_of_a_card_are_compared_with_the_cpu() -> None:
    (card,) = calibrate(forms_of(0.75), lambda: SkewedRuntime("float32", 0.0))
    assert card.min_cosine == pytest.approx(0.8)


def test_a_card_that_keeps_the_meaning_is_used(tmp_path: Path) -> None:
    runtime, choice = load_on(CARD, tmp_path / "calibration.json", skew=0.01)
    assert runtime._skew == 0.01
    assert choice.placement == "cuda:0, float32"


def test_a_card_that_computes_other_numbers_gives_way_to_the_cpu(tmp_path: Path) -> None:
    for measures in (True, False):
        runtime, choice = load_on(CARD, tmp_path / "c.json", skew=0.75, measures=measures)
        assert runtime._skew == 0.0
        assert choice.placement == "cpu, float32"


def test_a_card_that_was_demanded_and_computes_other_numbers_is_an_error(tmp_path: Path) -> None:
    demanded = Device("cuda:0", "A card", demanded=True)
    with pytest.raises(ConfigurationError, match=r"cosine of 0\.8000.* set models\.device to cpu"):
        load_on(demanded, tmp_path / "c.json", skew=0.75)


def test_what_was_measured_on_one_device_is_not_taken_for_another() -> None:
    model = ModelFolder("m@1", Path())
    devices = (THE_CPU, CARD, Device("cuda:0", "Another card"))
    keys = [calibration_key(model, 2, device) for device in devices]
    assert len(set(keys)) == 3
    assert calibration_key(model, 2, Device("cuda:1", "A card")) == keys[1]


class ShiftedScorer:
    """Scores a pair by its length, and the first one otherwise by ``shift``."""

    def __init__(self, shift: float) -> None:
        self.precision: Precision = "float32"
        self.facts = PairFacts(64, pad_id=0, types=False)
        self.tokenizer = SkewedRuntime("float32", 0.0).tokenizer
        self._shift = shift

    def score(self, batch: PairBatch) -> Scores:
        scores = batch.mask.sum(axis=1).astype(np.float32)
        scores[0] += self._shift
        return scores


@pytest.mark.parametrize(("shift", "kept"), [(0.0, True), (40.0, False)])
def test_scores_of_a_card_are_compared_with_the_cpu(shift: float, kept: bool) -> None:
    loaders: dict[Precision, Callable[[], ShiftedScorer]] = {
        "float32": lambda: ShiftedScorer(shift)
    }
    (card,) = pair_precision.calibrate(loaders, lambda: ShiftedScorer(0.0))
    assert card.faithful is kept
