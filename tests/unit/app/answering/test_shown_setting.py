import pytest

from app.answering.asking.asked import take_apart
from app.answering.quoting.shown_setting import shown_setting
from app.retrieval.understanding.understand import as_query
from tests.unit.app.answering.desk import statements, the_one


@pytest.fixture
def shown(analyzer):
    def of(name: str, text: str, quoted: str, question: str) -> str:
        asked = take_apart(as_query(question, analyzer), analyzer, most=4)
        statement = the_one(statements(name, text), quoted)
        return shown_setting(statement, asked.parts, analyzer.terms)

    return of


DRILLS = "# Tools\n\n## Heron drill\n\nUse in rain is forbidden.\n\nThe Heron drill is blue.\n"


def test_the_heading_that_names_the_subject_is_shown(shown):
    assert shown("a.md", DRILLS, "rain", "May the Heron drill be used in rain?") == "Heron drill"


def test_a_statement_that_names_its_subject_stands_alone(shown):
    assert shown("a.md", DRILLS, "blue", "What colour is the Heron drill?") == ""


def test_every_name_that_the_question_has_is_shown_from_the_outermost_on(shown):
    text = "# Spain\n\n## Interns\n\nLeave is 10 days.\n"
    question = "How long is the leave of interns in Spain?"
    assert shown("a.md", text, "10", question) == "Spain › Interns"


def test_the_lead_in_of_an_item_is_shown(shown):
    text = "It is forbidden to bring:\n\n- Dogs of any size\n- Bicycles\n"
    shown_beside = shown("a.md", text, "Dogs", "May I bring dogs?")
    assert shown_beside == "It is forbidden to bring"


def test_the_sentence_that_names_what_it_is_shown(shown):
    text = "The Lumo lamp was made for boats. It may be used in rain."
    shown_beside = shown("a.txt", text, "rain", "May the Lumo lamp be used in rain?")
    assert shown_beside == "The Lumo lamp was made for boats."


def test_the_question_above_an_answer_is_shown(shown):
    text = "## Can I bring my dog?\n\nNo, not at night.\n"
    assert shown("a.md", text, "night", "May dogs come along?") == "Can I bring my dog?"


def test_the_title_of_a_table_is_shown_beside_its_row(shown):
    text = "# Cart T40\n\n| Property | Value |\n|---|---|\n| Payload | 250 kg |\n"
    assert shown("a.md", text, "250", "What is the payload of the T40?") == "Cart T40"


def test_a_cell_alone_says_its_head_and_its_row(shown):
    text = f"name,history,owner\nT40,{'It was built again. ' * 40},Moss\n"
    found = statements("carts.csv", text)
    moss = next(s for s in found if s.text == "Moss" or s.text.endswith(": Moss"))
    beside = shown_setting(moss, (), lambda text: text.lower().split())
    assert "T40" in f"{beside} {moss.text}"
    assert "owner" in f"{beside} {moss.text}"
