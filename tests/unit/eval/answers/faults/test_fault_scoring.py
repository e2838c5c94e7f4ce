import json

import pytest

from eval.answers.faults import __main__ as command
from eval.answers.faults.against_service import judge_with
from eval.answers.faults.cases import Passage, case_of
from eval.answers.faults.scoring import Share, score

PASSAGE = Passage(
    id="p",
    document="d",
    source="test",
    lang="en",
    title="Lamps",
    heading="",
    text="The lamp is lit. It costs $4.",
    sentences=("The lamp is lit.", "It costs $4."),
)


def case(kind, draft, *, true):
    return case_of(kind, PASSAGE, "The lamp is lit.", draft, true=true)


CASES = [
    case("negation", "The lamp is not lit.", true=False),
    case("negation", "The lamp isn't lit.", true=False),
    case("number", "It costs $5.", true=False),
    case("verbatim", "The lamp is lit.", true=True),
    case("prefixed", "According to the text, the lamp is lit.", true=True),
]


class Verbatim:
    """Refuses what does not stand in the passage, and every number that it lacks."""

    def verify(self, draft, passage):
        if draft in passage.text or draft == "The lamp isn't lit.":
            return None
        return "not said"


def test_shares_are_of_false_drafts_caught_and_of_true_ones_refused():
    report = score(CASES, judge_with(Verbatim()))

    assert report.caught() == Share(2, 3)
    assert report.caught(kind="negation") == Share(1, 2)
    assert report.caught(lang="zh") == Share(0, 0)
    assert report.caught(lang="zh").value is None
    assert report.refused() == Share(1, 2)
    assert report.refused(kind="verbatim").value == 0


def test_the_report_keeps_the_texts_of_what_was_judged_wrongly(tmp_path):
    report = score(CASES, judge_with(Verbatim()))
    report.save(tmp_path / "report.json")

    saved = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))

    assert saved["caught"]["all"] == {"count": 2, "of": 3, "share": 0.6667}
    assert saved["caught"]["by_kind"]["negation"]["en"]["share"] == 0.5
    assert [one["draft"] for one in saved["slipped_through"]] == ["The lamp isn't lit."]
    assert [one["refusal"] for one in saved["wrongly_refused"]] == ["not said"]


def test_texts_of_the_other_half_are_held_back():
    report = score(CASES, judge_with(Verbatim()))
    half = CASES[0].half
    other = "seen" if half == "unseen" else "unseen"

    assert report.as_json(texts=other)["slipped_through"] == []
    assert len(report.as_json(texts=half)["slipped_through"]) == 1


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "lamps.md").write_text(
        "# Lamps\n\nThe lamp may be used in heavy rain at night. "
        "The cable is 12 km long in Norway.\n",
        encoding="utf-8",
    )
    return tmp_path


def test_the_command_prints_cases_for_reading(folder, capsys):
    assert command.main(["--dump", "5", str(folder)]) == 0

    printed = capsys.readouterr().out
    assert printed.count("  draft:    ") == 5
    assert printed.count("  passage:  ") == 5


def test_the_command_measures_the_verifier_that_is_connected(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "service_verifier", Verbatim)
    out = tmp_path / "report.json"

    assert command.main([str(out), str(folder), "--kind", "verbatim"]) == 0

    saved = json.loads(out.read_text(encoding="utf-8"))
    assert saved["refused"]["all"]["share"] == 0
    assert saved["caught"]["all"]["of"] == 0
    assert "true rewordings refused" in capsys.readouterr().out


def test_the_command_says_that_a_corpus_is_malformed(tmp_path, capsys):
    (tmp_path / "corpus.jsonl").write_text("no json\n", encoding="utf-8")

    assert command.main(["--dump", "1", str(tmp_path)]) == 1
    assert "corpus.jsonl" in capsys.readouterr().out.replace("\n", "")


def test_a_report_needs_a_file(capsys):
    assert command.main([]) == 2
    assert "OUT.json" in capsys.readouterr().out
