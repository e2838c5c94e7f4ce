from dataclasses import fields

import pytest

from app.answering.asking.asked import Part
from app.answering.evidence.candidates import Judged
from app.answering.evidence.judgement import Features
from app.answering.evidence.reading import LIST_CHARACTERS, readable, readings
from app.domain.statements import Statement
from app.text.names.named import Named, Sort
from tests.unit.app.answering.desk import statements, the_one

NOTHING = {field.name: 0.0 for field in fields(Features) if field.name != "read"}
FINDINGS = statements("audit.md", "# Audit\n\n- Doors were open.\n- Keys were shared.\n")
PARTS = statements("parts.csv", "part,fits\nlip,R2\nhook,R4\n")


def part(form: str, *ways: str, names: tuple[Named, ...] = ()) -> Part:
    return Part("text", "text", "en", form, ("text",), names, readings=ways)


def judged(statement: Statement, **more: object) -> Judged:
    return Judged(statement, Features(**NOTHING), 0.0, **more)


class Recorder:
    """Reads a text as well as it is long, and better in the second way to put a question."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []

    def __call__(self, question: str, texts) -> list[float]:
        self.asked.append((question, list(texts)))
        return [len(text) + (1000.0 if question == "better" else 0.0) for text in texts]


def test_of_several_ways_the_one_counts_that_a_statement_answers_best():
    read = Recorder()
    doors = judged(the_one(FINDINGS, "Doors"))
    said = readings(part("fact", "worse", "better"), [doors], FINDINGS, read)
    assert said == [1000.0 + len("Audit\nDoors were open.")]
    assert [question for question, _ in read.asked] == ["worse", "better"]


def test_a_statement_of_few_words_is_read_below_the_one_before_it():
    ladders = statements("m.md", "# Minutes\n\nAll old ladders were scrapped. There were 13.\n")
    curt = the_one(ladders, "13")
    assert curt.in_setting == "Minutes\nThere were 13."
    below = "Minutes › All old ladders were scrapped.\nThere were 13."
    assert readable(judged(curt), part("fact")) == below


def test_a_fact_is_read_item_by_item():
    read = Recorder()
    readings(part("fact"), [judged(the_one(FINDINGS, "Doors"))], FINDINGS, read)
    assert read.asked == [("text", ["Audit\nDoors were open."])]


@pytest.mark.parametrize("form", ["list", "count", "procedure"])
def test_where_a_list_is_asked_for_it_is_read_whole_for_each_of_its_items(form):
    read = Recorder()
    best = [judged(the_one(FINDINGS, word)) for word in ("Doors", "Keys")]
    said = readings(part(form), best, FINDINGS, read)
    whole = "Audit\nDoors were open.; Keys were shared."
    assert read.asked[0][1][2:] == [whole]
    assert said == [len(whole)] * 2


def test_of_a_table_its_first_column_is_read():
    read = Recorder()
    readings(part("list"), [judged(the_one(PARTS, "lip"))], PARTS, read)
    assert read.asked[0][1][-1].endswith("\nlip; hook")


def test_of_a_long_list_only_the_beginning_is_read():
    long = statements("l.md", "# L\n\n" + "".join(f"- item {n} of many\n" for n in range(200)))
    read = Recorder()
    readings(part("list"), [judged(long[0])], long, read)
    assert len(read.asked[0][1][-1]) == len("L\n") + LIST_CHARACTERS


def test_what_the_document_says_for_all_of_it_stands_above_a_statement():
    heron = Named("H20", Sort.IDENTIFIER)
    doors = judged(the_one(FINDINGS, "Doors"), implied=(heron,))
    assert readable(doors, part("fact", names=(heron,))) == "H20 › Audit\nDoors were open."


def test_the_version_is_read_where_it_is_asked_for():
    (only,) = [
        s for s in statements("v.md", "# Leave\n\nVersion: 1.2\n\nIt is 25 days.") if "25" in s.text
    ]
    asked = Named("version 1.2", Sort.IDENTIFIER)
    assert readable(judged(only), part("fact", names=(asked,))).startswith("version 1.2 › Leave")
    assert readable(judged(only), part("fact")) == only.in_setting
