import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.verifying.atoms import Atoms, atoms_of, same_date


def of(text: str) -> Atoms:
    return atoms_of(text, every_numeral=False)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024-05-03", (2024, 5, 3)),
        ("2024/5/3", (2024, 5, 3)),
        ("3 May 2024", (2024, 5, 3)),
        ("the 3rd of May 2024", (2024, 5, 3)),
        ("May 3, 2024", (2024, 5, 3)),
        ("2024年5月3日", (2024, 5, 3)),
        ("2024年5月", (2024, 5, None)),
        ("May 2024", (2024, 5, None)),
        ("5月3日", (None, 5, 3)),
        ("3 May", (None, 5, 3)),
        ("25/12/2024", (2024, 12, 25)),
        ("2024年", (2024, None, None)),
    ],
)
def test_a_date_is_one_thing_however_it_is_written(text, date):
    found = of(f"It was {text}.")
    assert found.dates == (date,)
    assert found.quantities == ()


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("7:30 am", (7, 30)),
        ("7:30 pm", (19, 30)),
        ("19:30", (19, 30)),
        ("7 p.m.", (19, 0)),
        ("12 am", (0, 0)),
        ("noon", (12, 0)),
        ("上午7点半", (7, 30)),
        ("下午7点30分", (19, 30)),
        ("晚上8点", (20, 0)),
        ("8点一刻", (8, 15)),
    ],
)
def test_a_time_of_day_is_one_thing_however_it_is_written(text, time):
    found = of(f"at {text} sharp" if text.isascii() else f"在{text}开门")
    assert found.times == (time,)
    assert found.quantities == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("version 2.3.1 is out", "2.3.1"),
        ("v2.3 is out", "2.3"),
        ("the host 10.20.30.41 is up", "10.20.30.41"),
        ("see 第4.2.1条", "4.2.1"),
        ("section 4.2 says so", "4.2"),
        ("版本3.1发布了", "3.1"),
    ],
)
def test_dotted_numbers_are_neither_quantities_nor_words(text, number):
    found = of(text)
    assert found.dotted == (number,)
    assert found.quantities == ()


@pytest.mark.parametrize(
    ("text", "identifiers"),
    [
        ("Part PPR-9087 fits the T40.", ("ppr9087", "t40")),
        ("Part T-40 fits.", ("t40",)),
        ("型号XQ-9087适用。", ("xq9087",)),
        ("The ISO-9001-2015 audit", ("iso9001-2015",)),
        ("an area of 20 m2", ()),
        ("CO2 rises", ()),
    ],
)
def test_identifiers_are_read_in_one_spelling(text, identifiers):
    assert of(text).identifiers == identifiers


def test_what_was_read_is_not_read_twice():
    found = of("On 3 May 2024 at 7:30 pm the T40 with version 2.3.1 carried 250 kg.")
    assert found.dates == ((2024, 5, 3),)
    assert found.times == ((19, 30),)
    assert found.dotted == ("2.3.1",)
    assert found.identifiers == ("t40",)
    assert [str(quantity) for quantity in found.quantities] == ["250 kg"]
    assert not any(map(str.isdigit, found.rest))


@pytest.mark.parametrize(
    ("claimed", "known", "expected"),
    [
        ((2024, 5, 3), (2024, 5, 3), True),
        ((2024, 5, None), (2024, 5, 3), True),
        ((2024, 5, 3), (2024, 5, None), False),
        ((2024, 5, 3), (2024, 3, 5), False),
        ((None, 5, 3), (2024, 5, 3), True),
    ],
)
def test_a_date_may_say_less_than_its_source_and_not_more(claimed, known, expected):
    assert same_date(claimed, known) is expected


@given(st.text(alphabet="0123456789-/.:年月日点时第条vVaApPmM TQX£ May", max_size=40))
def test_no_text_breaks_reading(text):
    assert of(text).rest is not None


@pytest.mark.usefixtures("_ends")
@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "a1",
        "1.",
        "1-",
        "A-",
        "a",
        "1:2",
        "12:3",
        "May ",
        "May 1 ",
        "v1.",
        "第",
        "零",
        "上午",
        "version ",
        " ",
        "/",
        "1/1/",
        "$",
        "-",
        "十",
        "2024-",
    ],
)
def test_no_text_is_slow_to_read(piece):
    atoms_of((piece * (100_000 // len(piece) + 1))[:100_000], every_numeral=True)
