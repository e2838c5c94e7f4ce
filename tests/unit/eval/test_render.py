from dataclasses import replace

import pytest
from rich.console import Console

from eval.reports.render_retrieval import diff_to_terminal, to_markdown, to_terminal
from eval.reports.retrieval_report import RetrievalReport
from eval.retrieval.runs import Run
from eval.retrieval.table import build_table
from eval.retrieval.traces import diff


@pytest.fixture
def report():
    """bm25 finds 30 of 40 at once and 5 more at rank 2; the ensemble finds all 40 at once."""
    first, second, nothing = (("d", 1.0),), (("x", 1.0), ("d", 0.5)), ()
    bm25 = [first] * 30 + [second] * 5 + [nothing] * 5
    stages = {"bm25": bm25, "embedding": [nothing] * 40, "ensemble": [first] * 40}
    runs = [
        Run(stage, {f"q{n}": ranking for n, ranking in enumerate(rankings)})
        for stage, rankings in stages.items()
    ]
    qrels = {f"q{n}": {"d": 1} for n in range(40)}
    return RetrievalReport(
        dataset="forty",
        dataset_hash="",
        documents=1_200,
        unanswerable=0,
        unjudged=(),
        synthetic=(),
        table=build_table(runs, qrels, routes=["bm25", "embedding"], ks=[1, 3, 5, 10]),
        languages=("en",) * 30 + ("zh",) * 10,
        kinds=("",) * 40,
        degraded={},
        provenance={},
        seconds=1.0,
    )


def lines_from(report, start):
    lines = to_markdown(report).splitlines()
    return lines[next(n for n, line in enumerate(lines) if line.startswith(start)) :]


def test_markdown_begins_with_the_verdicts(report):
    lines = to_markdown(report).splitlines()
    assert lines[0] == "forty: 40 questions over 1,200 documents."
    assert [line.split(" (")[0] for line in lines[2:6]] == [
        "- hit@1: embedding is worse than bm25",
        "- hit@1: fusion helps",
        "- mrr@10: embedding is worse than bm25",
        "- mrr@10: fusion helps",
    ]


def test_markdown_has_a_row_for_each_stage_and_a_column_for_each_depth(report):
    lines = lines_from(report, "| Hit rate")
    assert lines[0] == "| Hit rate | top 1 | top 3 | top 5 | top 10 |"
    assert lines[1] == "|---|---|---|---|---|"
    assert lines[2].startswith("| bm25 | 0.750 [0.6")
    assert lines[3].startswith("| embedding | 0.000 [0.000, 0.000] |")
    assert lines[4].startswith("| ensemble | 1.000 [1.000, 1.000] |")
    assert lines[6] == "| MRR | top 1 | top 3 | top 5 | top 10 |"
    assert "| 0.812 [" in lines[8]


def test_markdown_says_how_many_questions_and_comparisons_it_rests_on(report):
    text = to_markdown(report)
    assert "Means over 40 questions with 95% bootstrap intervals" in text
    assert "corrected for 4 comparisons (Holm)." in text


def test_markdown_holds_corrected_and_uncorrected_p_values_of_every_comparison(report):
    lines = lines_from(report, "| Comparison")
    assert lines[2].startswith("| embedding − bm25 | hit@1 | -0.750 [")
    assert lines[2].endswith("| 0.0001 | 0.0001 | 0.0004 | 0 | 30 |")
    assert len(lines[2:6]) == len([line for line in lines[2:6] if line.startswith("| e")])


def test_markdown_holds_the_other_measures(report):
    lines = lines_from(report, "| All measures")
    assert lines[0].endswith(
        "| mrr@10 | ndcg@10 | recall@10 | recall@100 | precision@10 | map@100 |"
    )
    assert lines[4] == "| ensemble | 1.000 | 1.000 | 1.000 | 1.000 | 0.100 | 1.000 |"


def test_markdown_holds_the_headline_measures_of_each_language(report):
    """The last ten questions are bm25's five second ranks and five failures."""
    lines = lines_from(report, "| By language")
    assert lines[0] == "| By language | questions | stage | hit@1 | mrr@10 |"
    assert lines[2] == "| en | 30 | bm25 | 1.000 | 1.000 |"
    assert lines[5] == "| zh | 10 | bm25 | 0.000 | 0.250 |"
    assert not any(line.startswith("| By kind") for line in to_markdown(report).splitlines())


def test_markdown_lists_the_questions_that_differ_most_with_their_rank_on_every_stage(report):
    lines = lines_from(report, "ensemble against bm25 on mrr@10, question by question: 10 won, 0")
    assert lines[2] == "|  | question | bm25 | embedding | ensemble |"
    assert lines[4] == "| won | q39 | – | – | 1 |"
    assert len(lines) == 4 + 5


def test_ids_and_reasons_are_text_in_markdown_whatever_they_hold(report):
    hostile = replace(report, degraded={"dense: <img src=x>\n| a | **b**": 1})
    assert r"dense: \<img src=x\> \| a \| \*\*b\*\*." in to_markdown(hostile)


def on_terminal(report):
    console = Console(width=80)
    with console.capture() as captured:
        console.print(to_terminal(report))
    return captured.get()


def test_the_terminal_shows_the_same_within_80_columns(report):
    text = on_terminal(report)
    assert max(len(line) for line in text.splitlines()) <= 80
    for value in ("Hit rate", "MRR", "top 10", "0.750", "0.812", "1.000–1.000"):
        assert value in text
    assert "hit@1: fusion helps (ensemble against bm25: " in " ".join(text.split())
    assert "By language" in text
    assert "…" not in text


def test_a_diff_shows_questions_with_their_rank_on_every_stage_on_a_terminal(report):
    console = Console(width=80)
    with console.capture() as captured:
        console.print(diff_to_terminal(diff(report, "ensemble", "bm25")))
    text = captured.get()
    assert "10 won, 0 lost" in text
    (line,) = (line for line in text.splitlines() if "q39" in line)
    assert line.split() == ["won:", "q39", "–", "–", "1"]
    with console.capture() as captured:
        console.print(diff_to_terminal(diff(report, "bm25", "bm25")))
    assert captured.get().endswith("0 won, 0 lost.\n")


def test_a_terminal_is_sent_no_control_characters_of_others(report):
    hostile = replace(report, dataset="\x1b[31mred\x07", kinds=("\x1b]0;title", *report.kinds[1:]))
    assert "\x1b" not in on_terminal(hostile)
    assert "\x1b" not in to_markdown(hostile)
    assert "red" in on_terminal(hostile)


def test_what_makes_the_numbers_less_than_they_seem_stands_before_them(report):
    flawed = replace(
        report,
        unjudged=("q98", "q99"),
        synthetic=("q1",),
        degraded={"dense: timeout": 3, "bm25: locked": 1},
    )
    for text in (to_markdown(flawed), on_terminal(flawed)):
        assert " ".join(text.split()).startswith(
            "forty: 40 questions over 1,200 documents. "
            "Left out, as they have no relevant document: 2. "
            "Synthetic: 1 of 40 questions were written by a program; nobody asked them. "
            "Degraded on 1 of 40 questions: bm25: locked. "
            "Degraded on 3 of 40 questions: dense: timeout."
        )
