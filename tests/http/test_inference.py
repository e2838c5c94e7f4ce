"""The loaded models behind ``/v1/embeddings`` and ``/v1/rerank``."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from app.errors import RemoteUnavailable
from app.fakes import FakeEmbedder, FakeGenerator, FakeReranker
from app.inference import Inference
from tests.http.world import MakeWorld, World, error_of

EMBEDDINGS, RERANK = "/v1/embeddings", "/v1/rerank"


class SidedEmbedder(FakeEmbedder):
    """Reads queries and passages differently; reads four words."""

    max_tokens = 4

    def embed_queries(self, texts):
        return super().embed_passages([f"query {text}" for text in texts])


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    world = make_world()
    world.service.inference = Inference(
        SidedEmbedder(), FakeReranker(), None, world.service._settings.models
    )
    return world


def test_one_text_has_one_vector(world: World) -> None:
    body = world.client.post(EMBEDDINGS, json={"input": "two words"}).json()

    assert (body["object"], body["model"]) == ("list", "fake-embedder")
    (found,) = body["data"]
    assert (found["object"], found["index"]) == ("embedding", 0)
    assert np.linalg.norm(found["embedding"]) == pytest.approx(1.0)
    assert body["usage"] == {"prompt_tokens": 2, "total_tokens": 2}


def test_base64_holds_the_same_numbers(world: World) -> None:
    asked = {"input": ["one", "two"], "model": "fake-embedder"}

    plain = world.client.post(EMBEDDINGS, json=asked).json()["data"]
    packed = world.client.post(EMBEDDINGS, json=asked | {"encoding_format": "base64"}).json()

    for left, right in zip(plain, packed["data"], strict=True):
        vector = np.frombuffer(base64.b64decode(right["embedding"]), dtype="<f4")
        assert left["embedding"] == pytest.approx(vector.tolist())


@pytest.mark.parametrize("kind", ["query", "search_query"])
def test_queries_are_embedded_as_queries(world: World, kind: str) -> None:
    def vector(**fields: str) -> list[float]:
        body = world.client.post(EMBEDDINGS, json={"input": "lamp"} | fields).json()
        found: list[float] = body["data"][0]["embedding"]
        return found

    assert vector(input_type=kind) != vector()
    assert vector(input_type="document") == vector(input_type="passage") == vector()


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        pytest.param({"input": "x", "dimensions": 8}, 400, "32 dimensions", id="dimensions"),
        pytest.param({"input": "x", "model": "text-embedding-3"}, 404, "fake-embedder", id="model"),
        pytest.param({"input": ["x", "a b c d e"]}, 400, "input[1] has 5 tokens", id="too long"),
        pytest.param({"input": ""}, 422, "", id="empty"),
        pytest.param({"input": []}, 422, "", id="none"),
        pytest.param({"input": [1, 2]}, 422, "", id="tokens"),
        pytest.param({"input": ["x"] * 257}, 422, "", id="many"),
        pytest.param({"input": ["x" * 30_000] * 9}, 422, "characters in all", id="large"),
        pytest.param({"input": "x", "input_type": "image"}, 422, "", id="kind"),
    ],
)
def test_what_can_not_be_embedded_is_refused_with_the_reason(
    world: World, asked: dict[str, object], status: int, says: str
) -> None:
    answer = world.client.post(EMBEDDINGS, json=asked)

    assert answer.status_code == status
    assert says in error_of(answer)["message"]


def test_its_own_dimensions_may_be_asked_for(world: World) -> None:
    assert world.client.post(EMBEDDINGS, json={"input": "x", "dimensions": 32}).status_code == 200


def test_tokens_are_counted_without_a_generator_that_can_not_count(world: World) -> None:
    class Away(FakeGenerator):
        def count_tokens(self, text: str) -> int:
            raise RemoteUnavailable("http://10.0.0.7 timed out")

    counting = Inference(SidedEmbedder(), None, Away(), world.service._settings.models)
    assert counting.count_tokens("three small words") == 3


def test_half_a_character_is_the_callers_error(world: World) -> None:
    assert world.post(EMBEDDINGS, {"input": "\ud800"}).status_code == 422
    assert world.post(RERANK, {"query": "x", "documents": ["\ud800"]}).status_code == 422


def test_documents_come_best_first(world: World) -> None:
    asked = {"query": "green tea", "documents": ["black tea", {"text": "green tea"}, "coffee"]}

    body = world.client.post(RERANK, json=asked | {"top_n": 2, "return_documents": True}).json()

    assert body["model"] == "fake-reranker"
    assert body["results"] == [
        {"index": 1, "relevance_score": 1.0, "document": {"text": "green tea"}},
        {"index": 0, "relevance_score": 0.5, "document": {"text": "black tea"}},
    ]
    assert body["usage"] == {"prompt_tokens": 7, "total_tokens": 7}


def test_documents_are_left_out_unless_asked_for(world: World) -> None:
    body = world.client.post(RERANK, json={"query": "tea", "documents": ["tea"]}).json()

    assert body["results"] == [{"index": 0, "relevance_score": 1.0}]


def test_where_nothing_reranks_it_is_told_what_to_do(make_world: MakeWorld) -> None:
    answer = make_world().client.post(RERANK, json={"query": "tea", "documents": ["tea"]})

    assert answer.status_code == 404
    assert "models.reranker" in error_of(answer)["message"]


@pytest.mark.parametrize("path", [EMBEDDINGS, RERANK])
def test_models_want_a_key(make_world: MakeWorld, path: str) -> None:
    answer = make_world(api_keys=("sesame",)).client.post(path, json={})

    assert answer.status_code == 401
    assert error_of(answer)["type"] == "authentication_error"
