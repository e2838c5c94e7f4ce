import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.evidence.names.holder import Holder
from app.answering.evidence.names.subject import Subject, written_as_names
from app.text.edits import within_edits
from app.text.names.named import Named, Sort
from app.text.names.naming import named_in
from app.text.names.numbered_parts import chinese_digits


def of(question: str, sort: Sort) -> list[str]:
    return [named.text for named in named_in(question) if named.sort is sort]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who supplies PPR-9087?", ["PPR-9087"]),
        ("What is the payload of the T40?", ["T40"]),
        ("What changed in version 2.3.1?", ["2.3.1"]),
        ("Which host has 10.20.30.41?", ["10.20.30.41"]),
        ("T60 的 E102 是什么意思？", ["T60", "E102"]),
        ("What does Article 5 say?", ["Article 5"]),
        ("第十二条规定了什么？", ["第十二条"]),
        ("Is a load of 30kg allowed on the 3rd floor?", []),
        ("How long is the 90-day trial?", []),
    ],
)
def test_identifiers_versions_and_numbered_parts_are_named(question, expected):
    assert of(question, Sort.IDENTIFIER) == expected


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("2026-01-28 safety committee", True),
        ("会议纪要 2026 年 1 月 28 日", True),
        ("2026-11-28 safety committee", False),
        ("page 2026-10", False),
    ],
)
def test_a_month_is_held_by_a_date_in_digits(text, held):
    assert Holder(text, str.split).holds(Named("January", Sort.NAME)) is held


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What was the revenue in 2023?", ["2023"]),
        ("2023年的收入是多少？", ["2023"]),
        ("What is on invoice 48213?", ["48213"]),
        ("What can 500 € buy?", []),
    ],
)
def test_years_and_bare_numbers_are_named(question, expected):
    assert of(question, Sort.NUMBER) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many days of leave are there in Spain?", ["Spain"]),
        ("May the Heron drill be used in rain?", ["Heron"]),
        ("What is Moss's phone number?", ["Moss"]),
        ("Docker 怎么安装？", ["Docker"]),
        ("Is the gate open on Monday?", []),
        ("PLEASE TELL ME THE PORT NOW", []),
        ("Where does it rain?", []),
    ],
)
def test_names_are_capitalised_words_that_do_not_begin_the_question(question, expected):
    assert of(question, Sort.NAME) == expected


def holds(text: str, name: str, sort: Sort, analyzer) -> bool:
    return Holder(text, analyzer.terms).holds(Named(name, sort))


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("The T-40 carries parcels.", "T40", True),
        ("The T 40 carries parcels.", "T40", True),
        ("The T400 carries parcels.", "T40", False),
        ("The AT40 carries parcels.", "T40", False),
        ("Part PPR-9087 fits.", "PPR-9099", False),
        ("Part XPPR-9087 fits.", "PPR-9087", False),
        ("Version 2.3.1 is out.", "2.3.1", True),
        ("Version 2.3.10 is out.", "2.3.1", False),
        ("Version 12.3.1 is out.", "2.3.1", False),
        ("5. Deposit\nIt is paid.", "Article 5", True),
        ("Article 15 says so.", "Article 5", False),
        ("Article 5.1 says so.", "Article 5", False),
        ("第12条 押金", "第十二条", True),
        ("第二十二条 押金", "第十二条", False),
    ],
)
def test_identifiers_are_met_to_the_character(text, name, expected, analyzer):
    assert holds(text, name, Sort.IDENTIFIER, analyzer) is expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("The revenue of 2023", "2023", True),
        ("2023年收入", "2023", True),
        ("The revenue of 2024", "2023", False),
        ("Invoice 120231", "2023", False),
        ("It is 2023.5", "2023", False),
    ],
)
def test_numbers_are_met_as_a_whole(text, name, expected, analyzer):
    assert holds(text, name, Sort.NUMBER, analyzer) is expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Leave in Spain is long.", "Spain", True),
        ("Leave in Spain is long.", "Spian", True),
        ("Canadian leave is long.", "Canada", True),
        ("Leave in the Netherlands is long.", "Dutch", True),
        ("The chief financial officer is Moss.", "CFO", True),
        ("The table is at the Alten Waage.", "Alte", True),
        ("Leave in Spain is long.", "Italy", False),
        ("The Falcon drill is red.", "Heron", False),
        ("The head is Li.", "Lu", False),
    ],
)
def test_names_are_found_in_their_other_forms_and_misspelt(text, name, expected, analyzer):
    assert holds(text, name, Sort.NAME, analyzer) is expected


def test_a_document_is_about_a_product_where_it_names_no_other_of_its_sort():
    t40 = Named("T40", Sort.IDENTIFIER)
    assert Subject("The T40 carries parcels. A T40 is blue.").is_about(t40)
    assert not Subject("The T40 and the T60 carry parcels.").is_about(t40)
    assert not Subject("The T60 carries parcels.").is_about(t40)


def test_what_is_asked_of_a_person_may_stand_beside_other_names():
    assert Subject("Moss and Aldus signed.").is_about(Named("Moss", Sort.NAME))


def test_a_word_typed_small_is_a_name_where_documents_write_it_as_nothing_else():
    contract = Subject("Contract between Tarn and Northgate. The fee is low. Fees rise.")
    rules = Subject("Rain is rare. By the Rain gauge is a gate.")
    found = written_as_names("northgate fee rain contract between", (contract, rules))
    assert found == (Named("northgate", Sort.NAME), Named("rain", Sort.NAME))
    assert not written_as_names("northgate", (contract, Subject("a northgate is a gate")))
    many = " ".join(f"word{letter}" for letter in "abcdefghijklmnopqrst")
    assert not written_as_names(f"{many} northgate", (contract,))


@pytest.mark.parametrize(
    ("numeral", "other"),
    [
        ("12", "十二"),
        ("十二", "12"),
        ("十", "10"),
        ("20", "二十"),
        ("五", "5"),
        ("21", "二十一"),
        ("120", "120"),
    ],
)
def test_numbers_of_clauses_are_read_in_both_spellings(numeral, other):
    assert chinese_digits(numeral) == other


@given(st.integers(0, 99))
def test_both_spellings_lead_back_to_each_other(number):
    assert chinese_digits(chinese_digits(str(number))) == str(number)


@pytest.mark.parametrize(
    ("left", "right", "most", "expected"),
    [
        ("spain", "spian", 1, True),
        ("spain", "span", 1, True),
        ("spain", "spin", 1, True),
        ("spain", "spun", 1, False),
        ("spain", "spun", 2, True),
        ("", "ab", 1, False),
    ],
)
def test_edits_are_counted_with_swaps_as_one(left, right, most, expected):
    assert within_edits(left, right, most) is expected


@pytest.mark.parametrize(
    "question", ["在海拔 4800 米的地方能用吗？", "载重 350 公斤够吗？", "at 4800 m?"]
)
def test_an_amount_with_its_unit_names_nothing(question):
    assert named_in(question) == ()
