import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from app.domain.answers import Answer, AnswerSentence, Citation, Verdict
from app.domain.hits import SearchResult
from app.domain.questions import Turn
from eval.answers.answer_report import AnswerReport
from eval.answers.run_answers import AnswerGates, AnswerOutputs, run_answers
from eval.datasets.dataset import Dataset, EvalDocument, EvalQuery
from eval.errors import EvaluationError
from tests.unit.eval.page.test_page import HOSTILE, Page

TEXT = "The T40 carries 250 kg."
ASKED = Dataset(
    name="trucks",
    documents={"t40": EvalDocument("t40", "T40", TEXT)},
    queries={
        "payload": EvalQuery(
            "payload",
            "How much does it carry?",
            kind="follow-up",
            lang="en",
            half="seen",
            must_hold=(("250 kg",), ("300 kg", "300公斤")),
            must_not_hold=("60 kg",),
            history=(Turn("user", "What is the T40?"),),
        )
    },
    qrels={"payload": {"t40": 1}},
    unanswerable={
        "colour": EvalQuery(
            "colour", "What colour is it?", kind="unanswerable", metadata={"near": "the payload"}
        )
    },
)


NO_GATES = AnswerGates()


class Trucks:
    def __init__(self, text=TEXT):
        self.text = text

    def answer(self, question, *, without=(), history=()):
        search = SearchResult((), (), {})
        if "colour" in question:
            reason = "nothing answers it"
            return Answer("Not found.", "abstained", (), (), (), {}, search, reason=reason)
        return Answer(
            f"{self.text} [1]",
            "extractive",
            (AnswerSentence(self.text, Verdict.VERBATIM, (1,)),),
            (Citation(1, "t40#0", "t40", "T40", (0, len(self.text)), self.text),),
            (),
            {},
            search,
        )

    def document_text(self, document_id):
        return self.text


def ran(tmp_path, answerer=None, *, dataset=ASKED, gates=NO_GATES, **outputs):
    paths = {name: tmp_path / name for name in ("json", "texts", "html")}
    console = Console(width=200, file=io.StringIO())
    report, failures = run_answers(
        dataset,
        answerer or Trucks(),
        generator="none",
        provenance={"commit": "abc123"},
        console=console,
        outputs=AnswerOutputs(**paths, **outputs),
        gates=gates,
    )
    return report, failures, console.file.getvalue()


def test_the_texts_say_what_was_asked_said_and_missing(tmp_path):
    ran(tmp_path)
    payload, colour = map(json.loads, (tmp_path / "texts").read_text("utf-8").splitlines())
    assert payload["question"] == "How much does it carry?"
    assert payload["history"] == [{"role": "user", "content": "What is the T40?"}]
    assert payload["text"] == f"{TEXT} [1]"
    assert payload["sentences"][0]["text"] == TEXT
    assert payload["citations"] == [{"n": 1, "document": "t40", "title": "T40", "quote": TEXT}]
    assert (payload["outcome"], payload["mode"], payload["half"]) == (
        "partial",
        "extractive",
        "seen",
    )
    assert payload["must_hold"] == [
        {"alternatives": ["250 kg"], "held": True},
        {"alternatives": ["300 kg", "300公斤"], "held": False},
    ]
    assert (payload["must_not_hold"], payload["forbidden"]) == (["60 kg"], [])
    assert (colour["outcome"], colour["reason"]) == ("rightly refused", "nothing answers it")
    assert (colour["text"], colour["near"]) == ("Not found.", "the payload")


def test_what_is_forbidden_and_found_is_named(tmp_path):
    ran(tmp_path, Trucks("The T40 carries 60 kg."))
    payload = json.loads((tmp_path / "texts").read_text("utf-8").splitlines()[0])
    assert (payload["outcome"], payload["forbidden"]) == ("wrong", ["60 kg"])


def test_the_report_is_ids_and_numbers_unless_texts_are_asked_for(tmp_path):
    report, _, _ = ran(tmp_path)
    for words in (TEXT, "How much", "250 kg", "Not found"):
        assert words not in (tmp_path / "json").read_text("utf-8")
    kept, _, _ = ran(tmp_path, keep_texts=True)
    assert AnswerReport.read(tmp_path / "json") == kept
    assert kept.shown[0].text == f"{TEXT} [1]"
    assert report.shown == ()


def test_the_page_has_tables_and_every_question_and_asks_for_nothing_from_elsewhere(tmp_path):
    ran(tmp_path)
    html = (tmp_path / "html").read_text("utf-8")
    page = Page(html)
    for text in ("<h2>Outcomes</h2>", "<h2>By kind</h2>", "<h2>Questions</h2>", "abc123"):
        assert text in html
    assert [question["outcome"] for question in page.data["questions"]] == [
        "partial",
        "rightly refused",
    ]
    assert page.data["outcomes"][0] == "right"
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    assert not {"src", "href", "action", "style"} & {name for _, name, _ in page.attributes}
    assert "http" not in page.scripts()[1]
    assert "innerHTML" not in page.scripts()[1]


def test_text_of_others_never_becomes_markup(tmp_path):
    ran(tmp_path)
    clean = Page((tmp_path / "html").read_text("utf-8"))
    hostile = replace(ASKED.queries["payload"], text=HOSTILE, must_hold=((HOSTILE,), ("a",)))
    dataset = replace(ASKED, name=HOSTILE, queries={"payload": hostile})
    ran(tmp_path, Trucks(HOSTILE), dataset=dataset)
    found = Page((tmp_path / "html").read_text("utf-8"))
    assert found.tags == clean.tags
    shown = HOSTILE.replace("\ud800", "?")
    assert found.data["questions"][0]["question"] == shown
    assert found.data["questions"][0]["sentences"][0]["text"] == shown
    line = (tmp_path / "texts").read_text("utf-8").split("\n")[0]
    assert json.loads(line)["question"] == shown


def test_gates_are_checked_and_lost_questions_named(tmp_path):
    good = Trucks(f"{TEXT} With a trailer 300 kg.")
    base = tmp_path / "base.json"
    ran(tmp_path, good)[0].save(base)
    gates = AnswerGates(("right>=1",), base)
    assert ran(tmp_path, good, gates=gates)[1] == []
    _, failures, shown = ran(tmp_path, gates=gates)
    assert failures == ["right is 0, not >= 1"]
    assert "0 questions won, 1 lost" in shown
    assert "lost: payload: right, now partial" in shown


@pytest.mark.parametrize(
    "gates", [AnswerGates(("right>1",)), AnswerGates((), "nowhere.json")], ids=["form", "base"]
)
def test_a_gate_that_can_not_be_checked_fails_before_the_first_question(tmp_path, gates):
    class Unasked:
        def answer(self, question, *, without=(), history=()):
            raise AssertionError("asked")

    if gates.base:
        gates = AnswerGates((), tmp_path / gates.base)
    with pytest.raises(EvaluationError, match=r"not a threshold|nowhere"):
        ran(tmp_path, Unasked(), gates=gates)


def test_a_base_of_an_older_format_is_refused_by_name(tmp_path):
    base = tmp_path / "base.json"
    report, _, _ = ran(tmp_path)
    base.write_text(report.to_json().replace("attest-answers/3", "attest-answers/1"), "utf-8")
    with pytest.raises(EvaluationError, match=r"base\.json: .*attest-answers/1"):
        ran(tmp_path, gates=AnswerGates((), base))
