from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from app.errors import ConfigurationError
from app.models.folder import ModelFolder
from app.models.runtimes.encoder import Encoded, EncoderFacts, Precision, TokenIds
from app.models.runtimes.precision import (
    Choice,
    Measurement,
    calibrate,
    choose,
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
