import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from eval.datasets.dataset import EvalDocument, EvalQuery
from eval.errors import NotComparable
from eval.page.retrieval_page import to_html
from eval.page.weight_sweep import SweepPoint
from tests.unit.eval.ranked_reports import dataset_of, report_of, runs_of

STAGES = {"bm25": [1, 2, 0, 11], "embedding": [2, 1, 1, 12], "ensemble": [1, 1, 1, 12]}
HOSTILE = "</script></title><img src=x onerror=alert(1)><!-- ]]> & \" ' \u2028 \ud800"


class Page(HTMLParser):
    """What a browser would make of a page: its tags, its attributes, and the text of each tag."""

    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.attributes = []
        self.texts = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.extend((tag, *attribute) for attribute in attrs)

    def handle_data(self, data):
        self.texts.setdefault(self.tags[-1] if self.tags else "", []).append(data)

    def scripts(self):
        return self.texts["script"]

    @property
    def data(self):
        return json.loads(self.scripts()[0])


def page_of(stages=STAGES, *, dataset=None, sweep=(), **changes):
    dataset = dataset or dataset_of(len(stages["bm25"]))
    report = replace(report_of(stages, dataset=dataset), **changes)
    return to_html(report, dataset, runs_of(stages), sweep=sweep)


def test_the_page_shows_words_tables_plot_questions_and_provenance_in_that_order():
    html = page_of(provenance={"commit": "abc123"})
    headings = re.findall(r"<h2>(.*?)</h2>", html)
    assert headings == [
        "In words", "Hit rate and MRR", "Comparisons", "Plots", "All measures", "Questions",
        "Provenance",
    ]  # fmt: skip
    for text in ("ranked: 4 questions", "corrected for 4 comparisons (Holm)", "abc123", "map@100"):
        assert text in html


def test_questions_by_language_and_kind_have_tables_of_their_own():
    dataset = dataset_of(4, q0=EvalQuery("q0", "长江有多长？", kind="length"))
    html = page_of(dataset=dataset)
    assert "<h2>By language</h2>" in html
    assert "<h2>By kind</h2>" in html


def test_the_page_asks_for_nothing_from_elsewhere():
    page = Page(page_of())
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    named = {name for _, name, _ in page.attributes}
    assert not {"src", "href", "action", "style"} & named
    assert not any(name.startswith("on") for name in named)
    style = "".join(page.texts["style"])
    assert "url(" not in style
    assert "@import" not in style
    assert "http" not in page.scripts()[1]


def test_only_the_pages_own_script_and_style_may_take_effect():
    page = Page(page_of())
    (policy,) = [
        value
        for tag, name, value in page.attributes
        if tag == "meta" and name == "content" and "default-src" in value
    ]

    def digest(content):
        return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()

    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest(page.scripts()[1])}'" in policy
    assert f"style-src 'sha256-{digest(''.join(page.texts['style']))}'" in policy


def test_text_of_the_dataset_never_becomes_markup():
    clean = Page(page_of())
    dataset = dataset_of(4, name=HOSTILE, q1=EvalQuery("q1", HOSTILE, lang="en"))
    documents = {**dataset.documents, "d1": EvalDocument("d1", HOSTILE, HOSTILE)}
    found = Page(
        page_of(
            dataset=replace(dataset, documents=documents),
            provenance={HOSTILE: HOSTILE},
            degraded={HOSTILE: 1},
        )
    )
    extra = ["p", "tr", "th", "td"]  # the line on what was degraded, the row of provenance
    assert sorted(found.tags) == sorted([*clean.tags, *extra])
    shown = HOSTILE.replace("\ud800", "?")
    assert found.data["questions"][1]["text"] == shown
    assert shown in "".join(found.texts["h1"])


def test_the_explorer_knows_ranks_relevant_documents_and_the_first_of_every_stage():
    data = Page(page_of()).data
    assert data["stages"] == ["bm25", "embedding", "ensemble"]
    assert data["pair"] == ["ensemble", "embedding"]
    assert [measure["label"] for measure in data["measures"]] == ["hit@1", "mrr@10"]
    third = data["questions"][2]
    assert (third["id"], third["text"], third["lang"]) == ("q2", "What is q2?", "en")
    assert third["ranks"] == [None, 1, 1]
    ((number, grade, ranks),) = third["relevant"]
    assert (data["documents"][number], grade, ranks) == (["d2", "text of d2"], 1, [None, 1, 1])
    tops = [[data["documents"][n][0] for n in stage] for stage in third["top"]]
    assert tops == [[], ["d2", "x1", "x2", "x3", "x4"], ["d2", "x1", "x2", "x3", "x4"]]


def test_of_many_relevant_documents_the_best_graded_are_shown_and_the_rest_counted():
    dataset = dataset_of(1)
    many = {f"x{n}": 1 for n in range(1, 13)} | {f"y{n}": 2 for n in range(12)}
    documents = {id_: EvalDocument(id_, "", id_) for id_ in [*many, "d0"]}
    dataset = replace(dataset, documents=documents, qrels={"q0": many})
    (question,) = Page(page_of({"bm25": [1], "ensemble": [1]}, dataset=dataset)).data["questions"]
    assert [grade for _, grade, _ in question["relevant"]] == [2] * 12 + [1] * 8
    assert question["more"] == 4


def test_plots_have_a_description_and_their_numbers_in_a_table():
    html = page_of()
    assert html.count('role="img"') == 1
    assert (
        "Recall by depth. By documents considered (k): bm25 from 0.250 at 1 to 0.750 at 100" in html
    )


def test_a_sweep_of_weights_is_plotted_where_there_is_one():
    sweep = [SweepPoint(n / 100, 0.5 + n / 300, 0.6) for n in range(101)]
    html = page_of(sweep=sweep)
    assert "Ensemble by weight of bm25. By weight of bm25: hit@1 from 0.500 at 0 to 0.833" in html
    assert html.count('role="img"') == 2
    assert "Ensemble by weight" not in page_of(sweep=sweep[:1])


def test_a_page_over_three_thousand_questions_stays_small():
    """Titles and questions of 60 Chinese characters, four stages."""
    count = 3_219
    dataset = dataset_of(
        count, **{f"q{n}": EvalQuery(f"q{n}", "问" * 60, lang="zh") for n in range(count)}
    )
    documents = {id_: EvalDocument(id_, "题" * 60, "") for id_ in dataset.documents}
    stages = {stage: [1] * count for stage in ("bm25", "embedding", "ensemble", "ensemble_rerank")}
    html = page_of(stages, dataset=replace(dataset, documents=documents))
    assert len(html.encode()) < 6_000_000


def test_another_dataset_or_other_runs_are_refused():
    dataset, report = dataset_of(4), report_of(STAGES)
    with pytest.raises(NotComparable, match="another dataset"):
        to_html(report, dataset_of(4, q0=EvalQuery("q0", "changed")), runs_of(STAGES))
    with pytest.raises(NotComparable, match="other runs"):
        to_html(report, dataset, runs_of(STAGES)[:2])
