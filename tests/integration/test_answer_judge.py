"""The judge of answers over the OpenAI protocol, against a real server on loopback."""

import pytest

from app.domain.answers import Answer, AnswerSentence, Citation, Verdict
from app.domain.hits import SearchResult
from app.models.remote.http_client import RetryPolicy
from app.models.remote.openai_compatible import OpenAIGenerator
from eval.answers.evaluate import evaluate_answers
from eval.answers.judge import Judgement
from eval.datasets.dataset import Dataset, EvalDocument, EvalQuery
from eval.retrieval.table import Resampling

from .model_server import Status, running_model_server

TEXT = "Paris is the capital of France."
ONCE = RetryPolicy(attempts=1, first_pause_s=0.001, longest_pause_s=0.001)
DATASET = Dataset(
    name="capitals",
    documents={"france": EvalDocument("france", "", TEXT)},
    queries={id_: EvalQuery(id_, "What is the capital of France?") for id_ in ("q1", "q2")},
    qrels={"q1": {"france": 1}, "q2": {"france": 1}},
)


class Quoting:
    def answer(self, question, *, without=(), history=()):
        return Answer(
            text=f"{TEXT} [1]",
            mode="extractive",
            sentences=(AnswerSentence(TEXT, Verdict.VERBATIM, (1,)),),
            citations=(Citation(1, "france#0", "france", "", (0, len(TEXT)), TEXT),),
            degraded=(),
            timings_ms={},
            search=SearchResult((), (), {}),
        )

    def document_text(self, document_id):
        return TEXT


@pytest.fixture
def server(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with running_model_server() as running:
        yield running


def test_a_remote_model_judges_and_is_named_and_its_silence_is_counted(server):
    server.pieces = ["The passage says so.\n", "SUPPORTED: yes\n", "ANSWERS: yes"]
    server.faults.append(Status(503))
    judge = OpenAIGenerator(f"{server.url}/v1", "tiny-judge", timeout_s=5.0, retry=ONCE)
    found = evaluate_answers(
        DATASET,
        Quoting(),
        generator="none",
        provenance={},
        judge=judge,
        resampling=Resampling(resamples=50),
    ).judge
    assert found.model == "openai:tiny-judge"
    assert (found.asked, found.unavailable, found.unparsable) == (2, 1, 0)
    assert found.judgements == {"q2": Judgement(True, True)}
    messages = server.received[-1].body["messages"]
    assert messages[0]["role"] == "system"
    assert f"<passage 1>\n{TEXT}\n</passage>" in messages[1]["content"]
    assert server.received[-1].body["temperature"] == 0.0
