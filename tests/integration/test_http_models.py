"""Adapters for models behind HTTP, against a real server on loopback."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import numpy as np
import pytest

from app.domain.questions import Turn
from app.errors import ConfigurationError, ModelIncompatible, RemoteUnavailable
from app.models.remote.http_client import HttpModelClient, RetryPolicy
from app.models.remote.http_rerank import HttpReranker, Shape
from app.models.remote.openai_compatible import OpenAIEmbedder, OpenAIGenerator
from app.models.remote.token_estimate import first_tokens

from .model_server import (
    DIMENSION,
    ModelServer,
    Status,
    embedding_of,
    running_model_server,
    unit,
)

KEY = "sk-very-secret-0123456789"
QUICK = RetryPolicy(attempts=3, first_pause_s=0.001, longest_pause_s=0.01)
QUESTION = [Turn("system", "Answer."), Turn("user", "What is the capital of France?")]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with running_model_server() as running:
        yield running


@pytest.fixture
def embedder(server: ModelServer) -> Iterator[OpenAIEmbedder]:
    made = OpenAIEmbedder(
        f"{server.url}/v1", "tiny", api_key=KEY, dimension=DIMENSION, timeout_s=5.0, retry=QUICK
    )
    yield made
    made.close()


@pytest.fixture
def generator(server: ModelServer) -> Iterator[OpenAIGenerator]:
    made = OpenAIGenerator(f"{server.url}/v1", "tiny", api_key=KEY, timeout_s=5.0, retry=QUICK)
    yield made
    made.close()


@pytest.fixture
def reranker(server: ModelServer) -> Iterator[Callable[..., HttpReranker]]:
    """Makes rerankers of a shape and closes them."""
    paths = {"cohere": "/v2/rerank", "jina": "/v1/rerank", "tei": "/rerank"}
    with ExitStack() as stack:

        def make(shape: Shape, **options: int) -> HttpReranker:
            url = server.url + paths[shape]
            made = HttpReranker(shape, url, "tiny", retry=QUICK, timeout_s=5.0, **options)
            return stack.enter_context(closing(made))

        yield make


class TestEmbedder:
    def test_vectors_come_in_the_order_of_the_texts_with_unit_length(self, embedder):
        texts = ["one", "two words", "三个字"]
        vectors = embedder.embed_passages(texts)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(vectors, [unit(embedding_of(t)) for t in texts], rtol=1e-6)

    def test_texts_go_out_in_batches_behind_their_prefix(self, server):
        embedder = OpenAIEmbedder(
            f"{server.url}/v1/", "tiny", query_prefix="query: ", batch_size=2, dimension=DIMENSION
        )
        embedder.embed_queries(["a", "b", "c"])
        assert [r.body["input"] for r in server.received] == [
            ["query: a", "query: b"],
            ["query: c"],
        ]
        assert {r.path for r in server.received} == {"/v1/embeddings"}
        embedder.close()

    def test_the_dimension_is_asked_once_by_threads_that_need_it_together(self, server):
        embedder = OpenAIEmbedder(f"{server.url}/v1", "tiny")
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(lambda _: embedder.dimension, range(16))) == [DIMENSION] * 16
        assert len(server.received) == 1
        embedder.close()

    def test_many_threads_get_their_own_vectors(self, embedder):
        texts = [f"text number {n}" for n in range(40)]
        with ThreadPoolExecutor(8) as pool:
            rows = list(pool.map(lambda text: embedder.embed_queries([text])[0], texts))
        np.testing.assert_allclose(rows, [unit(embedding_of(t)) for t in texts], rtol=1e-6)

    def test_no_texts_give_no_rows_and_no_request(self, embedder, server):
        assert embedder.embed_passages([]).shape == (0, DIMENSION)
        assert server.received == []

    def test_an_empty_text_is_sent_as_a_blank_since_servers_refuse_it(self, embedder, server):
        assert embedder.embed_passages(["", "x"]).shape == (2, DIMENSION)
        assert server.received[0].body["input"] == [" ", "x"]

    def test_lone_surrogates_do_not_break_the_request(self, embedder, server):
        embedder.embed_passages(["broken \ud800 text"])
        assert server.received[0].body["input"] == ["broken ? text"]

    def test_texts_beyond_the_limit_are_cut(self, server):
        embedder = OpenAIEmbedder(f"{server.url}/v1", "tiny", max_tokens=3, dimension=DIMENSION)
        embedder.embed_passages(["one two three four", "一二三四"])
        assert server.received[0].body["input"] == ["one two thre", "一二三"]
        embedder.close()

    def test_another_dimension_than_configured_is_an_operator_error(self, server):
        embedder = OpenAIEmbedder(f"{server.url}/v1", "tiny", dimension=384)
        with pytest.raises(ModelIncompatible, match=r"length 4, not 384.*models\.embedder"):
            embedder.embed_queries(["x"])
        embedder.close()

    def test_the_identity_holds_what_is_read_and_its_prefix_and_not_the_address(self):
        one, other, prefixed, longer = (
            OpenAIEmbedder("http://127.0.0.1:1/v1", "bge-m3"),
            OpenAIEmbedder("http://127.0.0.1:2/v1", "bge-m3", query_prefix="q: "),
            OpenAIEmbedder("http://127.0.0.1:1/v1", "bge-m3", passage_prefix="passage: "),
            OpenAIEmbedder("http://127.0.0.1:1/v1", "bge-m3", max_tokens=8_192),
        )
        assert one.id == other.id == "openai:bge-m3@512"
        assert prefixed.id == "openai:bge-m3@512+'passage: '"
        assert longer.id == "openai:bge-m3@8192"


class TestTokenEstimate:
    def test_letters_count_in_pieces_and_everything_else_singly(self, embedder):
        text = "Retrieval 检索, v2 HTTPServer"
        # R|etri|eval 检 索 , v 2 HT|TP|S|erve|r
        assert embedder.token_spans(text) == [
            (0, 1), (1, 5), (5, 9), (10, 11), (11, 12), (12, 13), (14, 15), (15, 16),
            (17, 19), (19, 21), (21, 22), (22, 26), (26, 27),
        ]  # fmt: skip
        assert embedder.count_tokens(text) == 13
        assert embedder.count_tokens(" \n\t") == 0

    @pytest.mark.parametrize(
        ("limit", "expected"),
        [(1, "word"), (2, "words "), (3, "words 检"), (4, "words 检索"), (9, "words 检索")],
    )
    def test_cutting_keeps_as_many_tokens_as_asked(self, limit, expected):
        assert first_tokens("words 检索", limit) == expected


class TestGenerator:
    def test_pieces_arrive_in_order(self, generator, server):
        assert list(generator.stream(QUESTION, max_tokens=20)) == server.pieces
        body = server.received[0].body
        assert body["messages"] == [
            {"role": "system", "content": "Answer."},
            {"role": "user", "content": "What is the capital of France?"},
        ]
        assert (body["model"], body["max_tokens"], body["stream"]) == ("tiny", 20, True)

    def test_a_stop_during_silence_ends_the_stream(self, generator, server):
        server.faults.append("hang")
        stopped = threading.Event()
        stream = generator.stream(QUESTION, max_tokens=20, stop=stopped.is_set)
        assert next(stream) == "Paris "
        stopped.set()
        assert list(stream) == []
        assert not server.release.is_set()  # the server was silent to the end

    def test_a_stop_closes_the_connection(self, generator, server):
        server.pieces = ["word "] * 100_000
        stream = generator.stream(QUESTION, max_tokens=20)
        next(stream)
        stream.close()
        assert server.stream_closed.wait(10.0)

    def test_a_cut_stream_is_an_error_after_the_pieces_that_came(self, generator, server):
        server.faults.append("cut")
        stream = generator.stream(QUESTION, max_tokens=20)
        assert next(stream) == "Paris "
        with pytest.raises(RemoteUnavailable, match="without an end mark"):
            next(stream)
        assert len(server.received) == 1  # an answer that began is not asked for again

    @pytest.mark.parametrize("fault", ["malformed", "wrong_shape"])
    def test_an_event_of_another_shape_is_an_error_that_quotes_nothing(
        self, generator, server, fault
    ):
        server.faults.append(fault)
        with pytest.raises(RemoteUnavailable, match="an event of another shape") as caught:
            list(generator.stream(QUESTION, max_tokens=20))
        assert "secret" not in str(caught.value)

    def test_an_answer_that_is_no_event_stream_is_an_error(self, generator, server):
        server.faults.append("huge")
        with pytest.raises(RemoteUnavailable, match="broke off"):
            list(generator.stream(QUESTION, max_tokens=20))

    def test_silence_beyond_the_timeout_is_an_error(self, server):
        generator = OpenAIGenerator(f"{server.url}/v1", "tiny", timeout_s=0.2)
        server.faults.append("hang")
        with pytest.raises(RemoteUnavailable, match="ReadTimeout"):
            list(generator.stream(QUESTION, max_tokens=20))
        generator.close()

    def test_a_busy_server_is_asked_again_before_the_answer_begins(self, generator, server):
        server.faults.append(Status(503))
        assert list(generator.stream(QUESTION, max_tokens=20)) == server.pieces
        assert len(server.received) == 2

    def test_every_language_is_supported(self, generator):
        assert generator.supports("zh")
        assert generator.context_tokens == 4_096


class TestReranker:
    PASSAGES = ("red fox", "green field", "red green blue", "")

    @pytest.mark.parametrize("shape", ["cohere", "jina", "tei"])
    def test_scores_come_in_passage_order_though_the_server_sorts(self, reranker, shape):
        assert reranker(shape).score("green blue", self.PASSAGES) == [0.0, 1.0, 2.0, 0.0]

    @pytest.mark.parametrize("shape", ["cohere", "jina", "tei"])
    def test_a_passage_left_out_is_an_error(self, reranker, server, shape):
        server.faults.append("wrong_count")
        with pytest.raises(RemoteUnavailable, match="one score for each passage"):
            reranker(shape).score("green", self.PASSAGES)

    def test_each_shape_has_its_own_request(self, reranker, server):
        for shape in ("cohere", "jina", "tei"):
            reranker(shape).score("q", ["a"])
        assert [r.body for r in server.received] == [
            {"model": "tiny", "query": "q", "documents": ["a"]},
            {"model": "tiny", "query": "q", "documents": ["a"], "return_documents": False},
            {"query": "q", "texts": ["a"], "truncate": True},
        ]

    def test_many_passages_go_out_in_batches(self, reranker, server):
        assert reranker("tei", batch_size=2).score("a", ["a", "b", "a", "b", "a"]) == [
            1.0,
            0.0,
            1.0,
            0.0,
            1.0,
        ]
        assert [len(r.body["texts"]) for r in server.received] == [2, 2, 1]

    def test_no_passages_need_no_request(self, reranker, server):
        assert reranker("cohere").score("q", []) == []
        assert server.received == []


class TestFaults:
    @pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 529])
    def test_a_server_error_is_retried_and_then_transient(self, embedder, server, status):
        server.faults.extend([Status(status)] * 3)
        with pytest.raises(RemoteUnavailable, match=rf"{status} .*attempts: 3.*models\.embedder"):
            embedder.embed_queries(["x"])
        assert len(server.received) == 3

    def test_a_passing_error_is_healed_by_the_next_attempt(self, embedder, server):
        server.faults.extend([Status(429), Status(500)])
        assert embedder.embed_queries(["x"]).shape == (1, DIMENSION)

    @pytest.mark.parametrize(
        ("status", "named"),
        [
            (301, r"address in setting models\.embedder: redirects"),
            (400, r"model in setting models\.embedder"),
            (401, r"models\.embedder_api_key"),
            (403, r"models\.embedder_api_key"),
            (404, r"address and the model name in setting models\.embedder"),
            (422, r"model in setting models\.embedder"),
        ],
    )
    def test_a_refusal_is_not_retried_and_names_the_setting(self, embedder, server, status, named):
        server.faults.append(Status(status, {"location": server.url}, body='{"error": "because"}'))
        with pytest.raises(ConfigurationError, match=f"{status} .*{named}") as caught:
            embedder.embed_queries(["x"])
        assert "because" not in str(caught.value)
        assert len(server.received) == 1

    @pytest.mark.parametrize("fault", ["malformed", "wrong_shape", "wrong_count"])
    def test_an_answer_of_another_shape_is_transient_and_not_quoted(self, embedder, server, fault):
        server.faults.append(fault)
        with pytest.raises(RemoteUnavailable, match="as its protocol says") as caught:
            embedder.embed_queries(["x", "y"])
        assert "secret" not in repr(caught.value.__cause__) + str(caught.value)

    def test_a_connection_lost_within_an_answer_is_retried(self, embedder, server):
        server.faults.append("cut")
        assert embedder.embed_queries(["x"]).shape == (1, DIMENSION)
        assert len(server.received) == 2

    @pytest.mark.parametrize("fault", ["hang", "drip"])
    def test_a_server_that_never_finishes_is_given_up(self, server, fault):
        server.faults.append(fault)
        embedder = OpenAIEmbedder(f"{server.url}/v1", "tiny", timeout_s=0.3, retry=QUICK)
        with pytest.raises(RemoteUnavailable):
            embedder.embed_queries(["x"])
        assert not server.release.is_set()
        embedder.close()

    def test_an_endless_answer_is_not_read(self, embedder, server):
        server.faults.append("huge")
        with pytest.raises(RemoteUnavailable, match="more than 67108864 bytes"):
            embedder.embed_queries(["x"])

    def test_a_port_where_nothing_listens_is_transient(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        embedder = OpenAIEmbedder(f"http://127.0.0.1:{port}/v1", "tiny", retry=QUICK)
        with pytest.raises(RemoteUnavailable, match=r"ConnectError.*check that the server runs"):
            embedder.embed_queries(["x"])
        embedder.close()


class TestRetryPolicy:
    POLICY = RetryPolicy(attempts=4, first_pause_s=1.0, longest_pause_s=3.0)

    @pytest.mark.parametrize(("attempt", "ceiling"), [(1, 1.0), (2, 2.0), (3, 3.0)])
    def test_pauses_grow_to_their_cap(self, attempt, ceiling):
        pauses = [self.POLICY.pause_s(attempt, None) for _ in range(200)]
        assert all(0.0 < pause <= ceiling for pause in pauses)
        assert max(pauses) > ceiling / 2 > min(pauses)

    def test_the_last_attempt_is_followed_by_none(self):
        assert self.POLICY.pause_s(4, None) is None

    def test_retry_after_is_a_lower_bound(self):
        assert all(self.POLICY.pause_s(1, 2.5) == 2.5 for _ in range(20))

    def test_a_server_that_asks_for_more_patience_than_there_is_ends_the_call(self):
        assert self.POLICY.pause_s(1, 3.5) is None

    @pytest.mark.parametrize(
        "header",
        [
            pytest.param("3600", id="seconds"),
            pytest.param(format_datetime(datetime.now(UTC) + timedelta(hours=1)), id="date"),
        ],
    )
    def test_retry_after_is_read_in_both_of_its_forms(self, embedder, server, header):
        server.faults.append(Status(429, {"Retry-After": header}))
        with pytest.raises(RemoteUnavailable, match=r"429 Too Many Requests \(attempts: 1\)"):
            embedder.embed_queries(["x"])

    def test_an_unreadable_retry_after_is_ignored(self, embedder, server):
        server.faults.append(Status(429, {"Retry-After": "soon"}))
        assert embedder.embed_queries(["x"]).shape == (1, DIMENSION)


class TestSecrets:
    def test_the_key_is_sent_as_a_bearer_token(self, embedder, server):
        embedder.embed_queries(["x"])
        assert server.received[0].headers["authorization"] == f"Bearer {KEY}"

    def test_without_a_key_no_header_is_sent(self, reranker, server):
        reranker("tei").score("q", ["a"])
        assert "authorization" not in server.received[0].headers

    def test_the_key_is_in_no_repr_message_or_log(self, embedder, generator, server, caplog):
        caplog.set_level(logging.DEBUG)
        seen = [repr(embedder), repr(generator), repr(vars(generator))]
        for code in (400, 401, 503, 503, 503):
            server.faults.append(Status(code, body=f'{{"error": "key {KEY}\\n wrong"}}'))
        for _ in range(3):
            with pytest.raises((ConfigurationError, RemoteUnavailable)) as caught:
                embedder.embed_queries(["x"])
            seen.append(repr(caught.value))
        assert KEY not in "".join(seen) + caplog.text
        assert "400 Bad Request" in caplog.text
        assert "key [key]" in caplog.text

    @pytest.mark.parametrize("key", ["sk-\n123", "钥匙"])
    def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(self, key):
        with pytest.raises(ConfigurationError, match=r"models\.embedder_api_key") as caught:
            OpenAIEmbedder("http://127.0.0.1/v1", "tiny", api_key=key)
        assert key not in str(caught.value)

    def test_a_redirect_does_not_carry_the_key_away(self, embedder, server):
        server.faults.append(Status(307, {"location": f"{server.url}/v1/embeddings"}))
        with pytest.raises(ConfigurationError):
            embedder.embed_queries(["x"])
        assert len(server.received) == 1


@pytest.mark.parametrize(
    "url",
    [
        "localhost:11434/v1",
        "ftp://localhost/v1",
        "http:///v1",
        "http://127.0.0.1/v1?key=1",
        "http://user:pass@127.0.0.1/v1",
        "http://[::1",
        "",
    ],
)
def test_an_address_that_is_no_http_url_is_refused_by_the_name_of_its_setting(url):
    with pytest.raises(ConfigurationError, match=r"models\.generator") as caught:
        HttpModelClient(url, setting="models.generator")
    assert "pass" not in str(caught.value)
