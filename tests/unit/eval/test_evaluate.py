import json
from dataclasses import replace

import pytest

from eval.datasets.dataset import Dataset, EvalDocument, EvalQuery
from eval.errors import EvaluationError, InvalidRun
from eval.reports.retrieval_report import RetrievalReport
from eval.retrieval.evaluate import StageResults, evaluate, make_report, search_all
from eval.retrieval.table import Resampling

DATASET = Dataset(
    name="tiny",
    documents={id_: EvalDocument(id_, "", id_) for id_ in ("rhine", "danube", "elbe")},
    queries={
        "q1": EvalQuery("q1", "Basel?", kind="city"),
        "q2": EvalQuery("q2", "Vienna?", lang="de"),
        "q3": EvalQuery("q3", "Hamburg?"),
    },
    qrels={"q1": {"rhine": 1}, "q2": {"danube": 1}, "q3": {"elbe": 1}},
    unanswerable={"u1": EvalQuery("u1", "Atlantis?")},
    unjudged=("q9",),
)
PROVENANCE = {"commit": "abc", "retrieval.rrf_k": 60.0, "retrieval.depth": 100, "rerank": False}


ANSWERS = {
    "Basel?": {
        "bm25": [("rhine", 3.0), ("rhine", 2.0), ("elbe", 1.0)],
        "embedding": [("elbe", 0.9), ("elbe", 0.8), ("rhine", 0.7)],
        "ensemble": [("rhine", 0.03)],
    },
    "Vienna?": {"bm25": [], "embedding": [("danube", 0.9)], "ensemble": [("danube", 0.01)]},
    "Hamburg?": {"bm25": [("elbe", 2.0)], "embedding": [], "ensemble": [("elbe", 0.01)]},
}


class Lookup:
    """Answers from a table; chunk hits name their document, several of one document at times."""

    def __init__(self, changes=None, degraded=()):
        self._answers = {**ANSWERS, **(changes or {})}
        self._degraded = degraded
        self.asked = []

    def routes(self):
        return ("bm25", "embedding")

    def search(self, query):
        self.asked.append(query)
        degraded = self._degraded if query == "Hamburg?" else ()
        return StageResults(stages=self._answers[query], degraded=degraded)


def report(searcher=None, **changes):
    settings = {"provenance": PROVENANCE, "resampling": Resampling(resamples=200)}
    return evaluate(DATASET, searcher or Lookup(), **{**settings, **changes})


def test_each_judged_query_is_asked_once_and_unanswerable_ones_are_not():
    searcher = Lookup()
    report(searcher)
    assert searcher.asked == ["Basel?", "Vienna?", "Hamburg?"]


def test_chunks_are_collapsed_to_documents_before_they_are_ranked():
    """At chunk level the rhine would be third for the embedding route."""
    table = report().table
    assert table.row("embedding").ranks == (2, 1, None)
    assert table.row("embedding").cells["mrr@10"].mean == 0.5
    assert table.row("bm25").ranks == (1, None, 1)
    assert table.row("ensemble").cells["hit@1"].mean == 1.0


def test_the_report_says_what_it_is_about():
    found = report()
    assert (found.dataset, found.dataset_hash) == ("tiny", DATASET.hash)
    assert (found.documents, found.unanswerable, found.unjudged) == (3, 1, ("q9",))
    assert found.table.ks == (1, 3, 5, 10)
    assert found.provenance == PROVENANCE
    assert found.seconds > 0


def test_queries_on_which_a_part_failed_are_counted():
    assert report().degraded == {}
    assert report(Lookup(degraded=("dense: timeout",))).degraded == {"dense: timeout": 1}


def test_a_question_has_the_language_that_the_dataset_gives_or_else_that_of_its_text():
    assert report().languages == ("en", "de", "en")
    assert report().kinds == ("city", "", "")


def test_what_was_searched_once_can_be_reported_again():
    searcher = Lookup()
    searched = search_all(DATASET, searcher)
    found = make_report(
        DATASET,
        searched,
        routes=searcher.routes(),
        provenance=PROVENANCE,
        resampling=Resampling(resamples=200),
    )
    assert found == replace(report(), seconds=searched.seconds)
    assert len(searcher.asked) == 3


def test_progress_is_told_after_each_question():
    told = []
    report(progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_runs_can_be_kept_and_scored_later():
    runs = search_all(DATASET, Lookup()).runs
    assert [run.stage for run in runs] == ["bm25", "embedding", "ensemble"]
    assert runs[0].rankings == {
        "q1": (("rhine", 3.0), ("elbe", 1.0)),
        "q2": (),
        "q3": (("elbe", 2.0),),
    }


def test_a_stage_that_is_there_for_some_queries_only_is_refused():
    searcher = Lookup({"Vienna?": {"bm25": [], "embedding": []}})
    with pytest.raises(InvalidRun, match='query "q2" has the stages bm25, embedding'):
        report(searcher)


def test_a_document_that_the_dataset_does_not_hold_is_refused():
    stages = {"bm25": [("nile", 1.0)], "embedding": [], "ensemble": []}
    with pytest.raises(InvalidRun, match='bm25 found document "nile", which tiny does not hold'):
        report(Lookup({"Hamburg?": stages}))


def test_a_report_is_read_back_equal():
    found = report()
    assert RetrievalReport.from_json(found.to_json()) == found


def test_a_report_keeps_the_types_of_its_provenance():
    provenance = RetrievalReport.from_json(report().to_json()).provenance
    assert {name: type(value) for name, value in provenance.items()} == {
        "commit": str, "retrieval.rrf_k": float, "retrieval.depth": int, "rerank": bool,
    }  # fmt: skip


def test_the_json_of_a_report_has_sorted_keys_and_does_not_depend_on_their_order():
    found = report()
    reversed_ = RetrievalReport.from_json(
        json.dumps(dict(reversed(json.loads(found.to_json()).items())))
    )
    assert reversed_.to_json() == found.to_json()
    assert list(json.loads(found.to_json())) == sorted(json.loads(found.to_json()))


def test_the_same_searches_give_the_same_numbers():
    assert report().table == report().table


def test_a_saved_report_is_its_json(tmp_path):
    found = report()
    found.save(tmp_path / "results" / "tiny.json")
    assert (tmp_path / "results" / "tiny.json").read_text(encoding="utf-8") == found.to_json()
    assert RetrievalReport.read(tmp_path / "results" / "tiny.json") == found


def test_a_file_that_is_not_a_report_is_named(tmp_path):
    (tmp_path / "base.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"base\.json: this is not a report"):
        RetrievalReport.read(tmp_path / "base.json")
    with pytest.raises(EvaluationError, match=r"other\.json: .*No such file"):
        RetrievalReport.read(tmp_path / "other.json")


@pytest.mark.parametrize(
    "text", ["", "{}", '{"format": "attest-report/2"}'], ids=["empty", "an object", "a head"]
)
def test_a_text_that_is_not_a_report_is_refused(text):
    with pytest.raises(EvaluationError, match="not a report"):
        RetrievalReport.from_json(text)


def test_a_report_of_another_format_is_refused():
    text = report().to_json().replace("attest-report/2", "attest-report/9")
    with pytest.raises(EvaluationError, match="attest-report/9"):
        RetrievalReport.from_json(text)
