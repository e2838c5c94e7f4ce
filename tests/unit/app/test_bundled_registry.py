from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.errors import ConfigurationError, ModelMissing
from app.models.registry import build_embedder, build_generator, build_reader
from app.models.remote.http_rerank import HttpReranker
from app.models.remote.openai_compatible import OpenAIEmbedder, OpenAIGenerator
from app.models.rerankers.registry import build_reranker
from app.settings import ModelSettings


def settings(tmp_path: Path, **values: Any) -> ModelSettings:
    return ModelSettings(cache=tmp_path, **values)


@pytest.fixture
def remote(tmp_path: Path) -> OpenAIEmbedder:
    embedder = build_embedder(settings(tmp_path, embedder="openai:http://localhost:1/v1#bge-m3"))
    assert isinstance(embedder, OpenAIEmbedder)
    return embedder


def test_none_means_no_reranker_and_no_generator(tmp_path: Path, remote: OpenAIEmbedder) -> None:
    none = settings(tmp_path, reranker="none", generator="none")
    assert build_reranker(none, remote) is None
    assert build_generator(none) is None


def test_an_openai_name_is_an_address_and_a_model(tmp_path: Path) -> None:
    named = settings(tmp_path, generator="openai:http://localhost:11434/v1#qwen3:8b")
    generator = build_generator(named)
    assert isinstance(generator, OpenAIGenerator)
    assert "qwen3:8b" in generator.id


def test_how_much_a_model_behind_http_reads_is_a_setting(tmp_path: Path) -> None:
    address = "openai:http://localhost:1/v1#bge-m3"
    embedder = build_embedder(settings(tmp_path, embedder=address, embedder_tokens=8_192))
    assert embedder.max_tokens == 8_192
    generator = build_generator(
        settings(tmp_path, generator=address, generator_context_tokens=32_768)
    )
    assert generator is not None
    assert generator.context_tokens == 32_768


@pytest.mark.parametrize(
    "name",
    [
        "cohere:http://localhost:1/v2/rerank#m",
        "jina:http://localhost:1/r#m",
        "tei:http://localhost:1",
    ],
)
def test_rerankers_behind_http_are_known_by_their_shape(
    tmp_path: Path, remote: OpenAIEmbedder, name: str
) -> None:
    reranker = build_reranker(settings(tmp_path, reranker=name), remote)
    assert isinstance(reranker, HttpReranker)
    assert reranker.id.startswith(name.partition(":")[0])


def test_rerankers_that_differ_in_nothing_but_their_address_are_told_apart(
    tmp_path: Path, remote: OpenAIEmbedder
) -> None:
    ids = set()
    for address in ("http://localhost:1", "http://localhost:2"):
        reranker = build_reranker(settings(tmp_path, reranker=f"tei:{address}"), remote)
        assert reranker is not None
        assert "localhost" not in reranker.id  # traces show it to clients
        ids.add(reranker.id)
    assert len(ids) == 2


@pytest.mark.parametrize("name", ["openai:", "openai:http://localhost:1/v1", "openai:#model"])
def test_an_address_without_a_model_is_refused_with_the_form_it_should_have(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(ConfigurationError, match="openai:<url>#<model>"):
        build_embedder(settings(tmp_path, embedder=name))


def test_an_unknown_bundled_model_is_answered_with_the_names_that_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="bundled:multilingual-e5-small"):
        build_embedder(settings(tmp_path, embedder="bundled:word2vec"))


def test_a_bundled_generator_is_no_embedder(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is no embedder, but of kind generator"):
        build_embedder(settings(tmp_path, embedder="bundled:smollm2-135m-instruct"))


def test_a_bundled_embedder_is_no_reranker(tmp_path: Path, remote: OpenAIEmbedder) -> None:
    with pytest.raises(ConfigurationError, match="is no reranker, but of kind embedder"):
        build_reranker(settings(tmp_path, reranker="bundled:multilingual-e5-small"), remote)


def test_models_that_are_not_installed_name_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="rag models install"):
        build_embedder(settings(tmp_path))
    with pytest.raises(ModelMissing, match="rag models install"):
        build_generator(settings(tmp_path, generator="bundled:smollm2-135m-instruct"))
    with pytest.raises(ModelMissing, match="`rag models install`"):
        build_reader(settings(tmp_path, reader="bundled:attest-reader-small"))


def test_late_interaction_needs_an_embedder_that_runs_here(
    tmp_path: Path, remote: OpenAIEmbedder
) -> None:
    with pytest.raises(ConfigurationError, match=r"set models\.reranker to another"):
        build_reranker(settings(tmp_path, reranker="late-interaction"), remote)


def test_importing_the_registry_loads_no_engine() -> None:
    code = (
        "import sys, app.models.registry\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'openvino'}\n"
        "print(*heavy & set(sys.modules))"
    )
    output = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert output.split() == []
