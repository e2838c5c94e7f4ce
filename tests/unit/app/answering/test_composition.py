import pytest

from app.answering.composition import Composition
from app.answering.context.gathering import Context
from app.domain.answers import Verdict
from app.domain.documents import BlockKind, Chunk
from app.domain.hits import SearchResult
from app.domain.statements import Setting, Statement

TEXT = "Use in rain is forbidden. Batteries come along. It is blue. It is light."
CHUNKS = (
    Chunk("d#0", "d", 0, TEXT[:26], (0, 26)),
    Chunk("d#1", "d", 1, TEXT[26:], (26, len(TEXT))),
)
HERON = Setting(title="Tools", headings=("Heron drill",))


def quoted(text: str) -> Statement:
    start = TEXT.index(text)
    return Statement("d", 1, (start, start + len(text)), text, BlockKind.PARAGRAPH, HERON)


RAIN, BATTERIES, BLUE, LIGHT = (quoted(f"{sentence}.") for sentence in TEXT[:-1].split(". "))


@pytest.fixture
def composition() -> Composition:
    search = SearchResult((), ("dense: gone",), {"bm25": 2.0, "total": 9.0})
    return Composition(Context((), {"d": CHUNKS}, {}, {}), search)


def test_citations_are_numbered_in_the_order_of_their_first_use(composition):
    first = composition.add(RAIN.text, Verdict.VERBATIM, [RAIN], setting="Heron drill")
    again = composition.add("Rain is out.", Verdict.SUPPORTED, [RAIN])
    second = composition.add(BATTERIES.text, Verdict.VERBATIM, [BATTERIES])
    assert [c.n for c in first.citations] == [1]
    assert again.citations == ()
    assert [c.n for c in second.citations] == [2]
    answer = composition.answer({})
    assert [s.citations for s in answer.sentences] == [(1,), (1,), (2,)]
    assert [(c.chunk_id, c.quote, c.setting) for c in answer.citations] == [
        ("d#0", RAIN.text, HERON),
        ("d#1", BATTERIES.text, HERON),
    ]


def test_a_sentence_is_shown_behind_its_setting_and_before_its_number(composition):
    composition.add(RAIN.text, Verdict.VERBATIM, [RAIN], setting="Heron drill")
    assert composition.answer({}).text == "Heron drill › Use in rain is forbidden. [1]"


def test_two_sentences_stand_on_one_line_and_more_on_lines_of_their_own(composition):
    composition.add(RAIN.text, Verdict.VERBATIM, [RAIN])
    composition.add(BLUE.text, Verdict.VERBATIM, [BLUE])
    assert composition.answer({}).text == "Use in rain is forbidden. [1] It is blue. [2]"
    composition.add(LIGHT.text, Verdict.VERBATIM, [LIGHT])
    assert composition.answer({}).text.splitlines() == [
        "Use in rain is forbidden. [1]",
        "It is blue. [2]",
        "It is light. [3]",
    ]


def test_notes_stand_below_what_is_said(composition):
    composition.add(RAIN.text, Verdict.VERBATIM, [RAIN])
    composition.notes.append("3 more are not shown.")
    answer = composition.answer({})
    assert answer.text == "Use in rain is forbidden. [1]\n3 more are not shown."
    assert answer.notes == ("3 more are not shown.",)


def test_nothing_said_is_an_abstention_with_its_reason_and_what_came_nearest(composition):
    composition.reason = "The documents do not mention “Osprey”."
    composition.notes.append("never said")
    composition.nearest = [RAIN, BATTERIES, BLUE]
    answer = composition.answer({})
    assert (answer.mode, answer.text, answer.notes) == ("abstained", "", ())
    assert answer.reason == "The documents do not mention “Osprey”."
    assert [(c.n, c.quote) for c in answer.nearest] == [
        (1, RAIN.text), (2, BATTERIES.text), (3, BLUE.text),
    ]  # fmt: skip


def test_an_answer_needs_no_reason_and_nothing_nearest(composition):
    composition.reason = "left from before"
    composition.nearest = [BLUE]
    composition.add(RAIN.text, Verdict.VERBATIM, [RAIN])
    answer = composition.answer({})
    assert (answer.mode, answer.reason, answer.nearest) == ("extractive", None, ())


def test_one_generated_sentence_makes_it_generated(composition):
    composition.add(RAIN.text, Verdict.VERBATIM, [RAIN])
    composition.add("It is blue, too.", Verdict.SUPPORTED, [BLUE])
    assert composition.answer({}).mode == "generated"


def test_what_failed_and_what_it_took_is_told_with_the_search(composition):
    composition.degraded.append("generator: gone")
    answer = composition.answer({"judge": 3.0})
    assert answer.degraded == ("dense: gone", "generator: gone")
    assert answer.timings_ms == {"bm25": 2.0, "search": 9.0, "judge": 3.0}
