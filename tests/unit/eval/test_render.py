from dataclasses import replace

import pytest
from rich.console import Console

from eval.render import to_markdown, to_terminal
from eval.report import Report
from eval.runs import Run
from eval.table import build_table


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
    return Report(
        dataset="forty",
        dataset_hash="",
        documents=1_200,
        unanswerable=0,
        unjudged=(),
        table=build_table(runs, qrels, routes=["bm25", "embedding"], ks=[1, 3, 5, 10]),
        degraded={},
        provenance={},
        seconds=1.0,
    )


def test_markdown_has_a_row_for_each_stage_and_a_column_for_each_depth(report):
    lines = to_markdown(report).splitlines()
    assert lines[0] == "forty: 40 questions over 1,200 documents."
    assert lines[2] == "| Hit rate | top 1 | top 3 | top 5 | top 10 |"
    assert lines[3] == "|---|---|---|---|---|"
    assert lines[4].startswith("| bm25 | 0.750 [0.6")
    assert lines[5].startswith("| embedding | 0.000 [0.000, 0.000] |")
    assert lines[6].startswith("| ensemble | 1.000 [1.000, 1.000] |")
    assert lines[8] == "| MRR | top 1 | top 3 | top 5 | top 10 |"
    assert "| 0.812 [" in lines[10]


def test_markdown_ends_with_the_verdict_on_each_stage(report):
    verdicts = [line for line in to_markdown(report).splitlines() if line.startswith("- ")]
    assert [line.split(" (")[0] for line in verdicts] == [
        "- hit@1: embedding is worse than bm25",
        "- hit@1: ensemble is better than bm25",
        "- mrr@10: embedding is worse than bm25",
        "- mrr@10: ensemble is better than bm25",
    ]


def test_markdown_says_how_many_questions_it_rests_on(report):
    assert "Means over 40 questions with 95% bootstrap intervals" in to_markdown(report)


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
    assert "ensemble is better than bm25" in " ".join(text.split())
    assert "…" not in text


def test_what_makes_the_numbers_less_than_they_seem_stands_before_them(report):
    flawed = replace(
        report, unjudged=("q98", "q99"), degraded={"dense: timeout": 3, "bm25: locked": 1}
    )
    for text in (to_markdown(flawed), on_terminal(flawed)):
        before = " ".join(text.split("Hit rate")[0].split())
        assert before.rstrip("| ") == (
            "forty: 40 questions over 1,200 documents. "
            "Left out, as they have no relevant document: 2. "
            "Degraded on 1 of 40 questions: bm25: locked. "
            "Degraded on 3 of 40 questions: dense: timeout."
        )
