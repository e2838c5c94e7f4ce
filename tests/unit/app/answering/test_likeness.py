import pytest

from app.answering.quoting.likeness import fill_one_place, say_the_same, shape_of
from app.domain.documents import BlockKind
from app.domain.statements import Statement


@pytest.fixture
def shape(analyzer):
    def of(text: str):
        statement = Statement("d", 1, (0, len(text)), text, BlockKind.PARAGRAPH)
        return shape_of(statement, analyzer.terms)

    return of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Backups are kept for thirty days.", "Backups are kept for 30 days."),
        ("Backups of mail are kept for 30 days.", "Kept for 30 days are backups of mail."),
        ("备份保留三十天。", "备份保留30天。"),
    ],
)
def test_other_spellings_of_one_fact_say_the_same(shape, one, other):
    assert say_the_same(shape(one), shape(other))
    assert not fill_one_place(shape(one), shape(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Backups are kept for 30 days.", "Backups are kept for 90 days.", id="number"),
        pytest.param("备份保留三十天。", "备份保留九十天。", id="chinese number"),
        pytest.param("Use in rain is allowed.", "Use in rain is not allowed.", id="negation"),
        pytest.param("可以在雨中使用。", "不可以在雨中使用。", id="chinese negation"),
        pytest.param("Travel is approved by Moss.", "Travel is approved by Aldus.", id="name"),
        pytest.param("The T40 lifts 250 kg.", "The T60 lifts 250 kg.", id="identifier"),
    ],
)
def test_a_number_a_name_or_a_negation_that_differs_fills_one_place_otherwise(shape, one, other):
    assert not say_the_same(shape(one), shape(other))
    assert fill_one_place(shape(one), shape(other))


def test_statements_of_different_things_fill_different_places(shape):
    backups, dogs = shape("Backups are kept for 30 days."), shape("Dogs sleep in the last coach.")
    assert not say_the_same(backups, dogs)
    assert not fill_one_place(backups, dogs)
