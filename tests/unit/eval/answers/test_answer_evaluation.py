import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from app.domain.answers import Answer, AnswerSentence, Citation, Verdict
from app.domain.documents import Chunk
from app.domain.hits import Hit, SearchResult
from eval.answers.answer_report import AnswerReport
from eval.answers.evaluate import evaluate_answers
from eval.answers.render_answers import to_markdown
from eval.answers.run_answers import AnswerOutputs, run_answers
from eval.datasets.dataset import Dataset, EvalDocument, EvalQuery, Reference
from eval.errors import EvaluationError, InvalidRun
from eval.retrieval.table import Resampling

RHINE = "The Rhine rises in the Alps. It is 1,230 km long."
ELBE = "易北河流入北海。全长1094公里。"
TEXTS = {"rhine": RHINE, "elbe": ELBE, "oder": "The Oder flows to the Baltic Sea."}

DATASET = Dataset(
    name="rivers",
    documents={id_: EvalDocument(id_, "", text) for id_, text in TEXTS.items()},
    queries={
        "length": EvalQuery(
            "length",
            "How long is the Rhine?",
            answers=("1230 km", "about 1,230 km"),
            references=(Reference("rhine", "1,230 km long"),),
            kind="fact",
        ),
        "sea": EvalQuery("sea", "易北河流入哪里？", answers=("北海",), lang="zh"),
        "source": EvalQuery("source", "Where does the Rhine rise?"),
    },
    qrels={"length": {"rhine": 1}, "sea": {"elbe": 1, "oder": 1}, "source": {"rhine": 1}},
    unanswerable={
        "depth": EvalQuery("depth", "How deep is the Oder?"),
        "name": EvalQuery("name", "Who named the Rhine?"),
    },
    unjudged=("lost",),
)


def citation(n, document_id, quote, *, at=None):
    start = TEXTS[document_id].find(quote) if at is None else at
    span = (start, start + len(quote))
    return Citation(n, f"{document_id}#0", document_id, "", span, quote)


def answered(*citations, mode="extractive", texts=None, found=(), degraded=()):
    """One sentence a citation, verbatim unless ``texts`` says otherwise."""
    verdict = Verdict.VERBATIM if texts is None else Verdict.SUPPORTED
    said = [c.quote for c in citations] if texts is None else texts
    chunks = [Chunk(f"{d}#0", d, 0, TEXTS[d], (0, len(TEXTS[d]))) for d in found]
    hits = tuple(Hit(rank, 1.0, chunk, {}) for rank, chunk in enumerate(chunks, start=1))
    return Answer(
        text="",
        mode=mode,
        sentences=tuple(
            AnswerSentence(text, verdict, (c.n,)) for text, c in zip(said, citations, strict=True)
        ),
        citations=citations,
        degraded=degraded,
        timings_ms={},
        search=SearchResult(hits, (), {}),
    )


ABSTAINED = answered(mode="abstained", found=("rhine",), degraded=("dense: gone", "dense: gone"))
ANSWERS = {
    "How long is the Rhine?": answered(
        citation(1, "rhine", "It is 1,230 km long."), found=("oder", "rhine")
    ),
    "易北河流入哪里？": answered(
        citation(1, "rhine", "The Rhine rises in the Alps."),
        citation(2, "elbe", "易北河流入北海。"),
        mode="generated",
        texts=["Unsure.", "北海"],
        found=("elbe",),
    ),
    "Where does the Rhine rise?": ABSTAINED,
    "How deep is the Oder?": ABSTAINED,
    "Who named the Rhine?": answered(citation(1, "oder", "The Oder flows to the Baltic Sea.")),
}


class Lookup:
    def __init__(self, **changes):
        self.answers = ANSWERS | changes
        self.asked = []

    def answer(self, question, *, without=(), history=()):
        self.asked.append((question, *sorted(without)))
        return ABSTAINED if without else self.answers[question]

    def document_text(self, document_id):
        return TEXTS[document_id]


def report(answerer=None, **changes):
    options = {
        "generator": "none",
        "provenance": {"commit": "abc"},
        "resampling": Resampling(resamples=200),
    }
    return evaluate_answers(DATASET, answerer or Lookup(), **{**options, **changes})


def test_each_mean_is_over_the_questions_that_define_it():
    found = report().overall.measures
    # F1 of (it is 1230 km long | 1230 km) is 4/7, of (unsure 北 海 | 北 海) 4/5.
    assert {name: (round(score.mean, 4), score.n) for name, score in found.items()} == {
        "exact_match": (0.0, 2),
        "f1": (round((4 / 7 + 4 / 5) / 2, 4), 2),
        "recall": (1.0, 2),
        "contains": (1.0, 2),
        "contains_first": (0.5, 2),
        "passage_contains": (1.0, 2),
        "reference_cited": (1.0, 1),
        "citation_hit": (round(2 / 3, 4), 3),
        "citation_recall": (0.5, 3),
        "citation_precision": (0.75, 2),
        "cited_statements": (0.75, 2),
        "document_found": (1.0, 3),
    }


def test_an_abstention_counts_nothing_of_what_was_asked_and_has_no_precision():
    (source,) = (q for q in report().questions if q.id == "source")
    assert source.mode == "abstained"
    assert source.scores == {"citation_hit": 0.0, "citation_recall": 0.0, "document_found": 1.0}


def test_abstention_is_scored_over_both_kinds_of_questions():
    found = report().abstention
    assert (found.precision.mean, found.precision.n) == (0.5, 2)
    assert (found.recall.mean, found.recall.n) == (0.5, 2)
    assert found.f1 == 0.5
    assert (found.answered.mean, found.answered.n) == (pytest.approx(2 / 3), 3)


def test_a_dataset_without_unanswerable_questions_has_no_abstention_recall():
    only = Dataset("rivers", DATASET.documents, DATASET.queries, DATASET.qrels)
    found = evaluate_answers(
        only, Lookup(), generator="none", provenance={}, resampling=Resampling(resamples=50)
    ).abstention
    assert (found.recall, found.f1) == (None, None)
    assert found.precision.mean == 0.0


def test_questions_are_broken_down_by_mode_language_and_kind():
    groups = report().groups
    assert {name: (g.answerable, g.unanswerable) for name, g in groups["mode"].items()} == {
        "abstained": (1, 1),
        "extractive": (1, 1),
        "generated": (1, 0),
    }
    assert groups["language"].keys() == {"en", "zh"}
    assert groups["language"]["zh"].measures["citation_precision"].mean == 0.5
    assert groups["kind"].keys() == {"fact"}


def test_a_quote_that_is_not_the_text_at_its_span_is_reported():
    shifted = answered(citation(1, "rhine", "It is 1,230 km long.", at=5))
    found = report(Lookup(**{"How long is the Rhine?": shifted}))
    assert found.misquoted == 1
    assert found.questions[0].misquoted == ("citation 1",)
    assert "NOT VERBATIM: 1 of 8" in to_markdown(found)


def test_a_verbatim_sentence_that_its_quote_does_not_hold_is_reported():
    quote = citation(1, "rhine", "It is 1,230 km long.")
    said = answered(quote)
    changed = AnswerSentence("It is 1,231 km long.", Verdict.VERBATIM, (1,))
    wrong = Answer("", "extractive", (changed,), said.citations, (), {}, said.search)
    found = report(Lookup(**{"How long is the Rhine?": wrong}))
    assert found.questions[0].misquoted == ("sentence 1",)


def test_a_limit_takes_the_first_questions_of_each_kind():
    answerer = Lookup()
    found = report(answerer, limit=1)
    assert answerer.asked == [("How long is the Rhine?",), ("How deep is the Oder?",)]
    assert (found.overall.answerable, found.overall.unanswerable) == (1, 1)


def test_withheld_questions_are_asked_without_what_answers_them_and_can_not_be_answered():
    answerer = Lookup()
    found = report(answerer, withhold=True)
    assert answerer.asked[5:] == [
        ("How long is the Rhine?", "rhine"),
        ("易北河流入哪里？", "elbe", "oder"),
        ("Where does the Rhine rise?", "rhine"),
    ]
    assert (found.withheld.recall.mean, found.withheld.recall.n) == (1.0, 3)
    assert (found.withheld.precision.mean, found.withheld.precision.n) == (0.75, 4)
    assert found.questions[-1].id == "withheld source"
    assert "| abstention recall | 1.000 |" in to_markdown(found)


def test_withheld_questions_change_nothing_of_what_is_said_of_the_others():
    alone, both = report(), report(withhold=True)
    assert (alone.overall, alone.groups, alone.abstention) == (
        both.overall,
        both.groups,
        both.abstention,
    )
    assert alone.withheld is None


def test_the_median_of_a_stage_is_over_the_questions_that_went_through_it():
    slow = replace(ABSTAINED, timings_ms={"search": 30.0})
    quick = replace(ABSTAINED, timings_ms={"search": 10.0, "generate": 7.0})
    found = report(Lookup(**{"Where does the Rhine rise?": slow, "How deep is the Oder?": quick}))
    assert found.milliseconds.stages == {"search": 20.0, "generate": 7.0}


def test_a_failing_part_is_counted_once_a_question():
    assert report().degraded == {"dense: gone": 2}


def test_progress_counts_all_questions():
    seen = []
    report(progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 5) for n in range(1, 6)]


def test_an_answer_from_another_corpus_is_refused():
    foreign = Citation(1, "x#0", "nile", "", (0, 1), "T")
    said = Answer("", "extractive", (), (foreign,), (), {}, SearchResult((), (), {}))
    with pytest.raises(InvalidRun, match='"nile", which rivers does not hold'):
        report(Lookup(**{"How long is the Rhine?": said}))


def test_a_report_reads_back_equal_and_holds_no_text_of_the_dataset():
    found = report()
    text = found.to_json()
    assert AnswerReport.from_json(text) == found
    written = json.loads(text)
    assert written["questions"][0]["id"] == "length"
    for words in ("Rhine", "1230", "北海", "Baltic"):
        assert words not in text


def test_another_format_is_refused():
    old = report().to_json().replace("attest-answers/3", "attest-answers/0")
    with pytest.raises(EvaluationError, match="attest-answers/0"):
        AnswerReport.from_json(old)
    with pytest.raises(EvaluationError, match="not a report on answers"):
        AnswerReport.from_json("{}")


def test_scores_depend_on_no_chance_and_no_clock():
    first, second = report(), report()
    assert first.overall == second.overall
    assert first.abstention == second.abstention


def test_each_row_says_how_many_questions_it_is_over():
    shown = to_markdown(report())
    assert (
        "| citation_hit | 0.667 | [0.000, 1.000] | 3 | answerable questions, 0 where abstained |"
        in shown
    )
    assert "| abstention recall | 0.500 | [0.000, 1.000] | 2 | unanswerable questions |" in shown
    assert "3 answerable and 2 unanswerable questions over 3 documents" in shown
    assert "Left out, as they have no relevant document: 1." in shown
    assert "Verbatim: 8 of 8 quotations and sentences." in shown
    assert "Degraded on 2 of 5 questions: dense: gone." in shown


def test_a_run_shows_the_measures_and_writes_the_report(tmp_path):
    console = Console(width=100, file=io.StringIO())
    found, failed = run_answers(
        DATASET,
        Lookup(),
        generator="none",
        provenance={},
        console=console,
        limit=2,
        outputs=AnswerOutputs(json=tmp_path / "answers.json"),
    )
    shown = console.file.getvalue()
    assert "citation_precision" in shown
    assert "abstention recall" in shown
    assert AnswerReport.from_json((tmp_path / "answers.json").read_text("utf-8")) == found
    assert (found.overall.answerable, found.overall.unanswerable) == (2, 2)
    assert failed == []
