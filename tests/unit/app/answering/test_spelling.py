import pytest

from app.answering.asking.spelling import LONGEST_QUERY, put_right

DOCUMENTS = (
    "Renting\nThe minimum rent of a machine is two weeks. Call Ellisburg, in Ellisburg.",
    "差旅\n餐补\n出差期间餐补每天 60 元。",
)


@pytest.fixture
def right(analyzer):
    held = {term for text in DOCUMENTS for term in analyzer.terms(text)}

    def put(query: str) -> str:
        return put_right(query, DOCUMENTS, terms=analyzer.terms, occurs=held.__contains__)

    return put


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("minium rent of a machien", "minimum rent of a machine"),
        ("elisburg phone", "Ellisburg phone"),
        ("出差的餐卜是多少前？", "出差的餐补是多少钱？"),
    ],
)
def test_unknown_words_are_taken_for_their_likes(right, typed, meant):
    assert right(typed) == meant


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("machines for rent", id="known in another form"),
        pytest.param("What is the colour of the boat?", id="like none"),
        pytest.param("who signs", id="a function word"),
        pytest.param("出差要带什么", id="known, and pairs that cut words"),
        pytest.param("M75 tank", id="codes and short words"),
    ],
)
def test_what_is_known_or_like_nothing_stays_as_it_was_typed(right, query):
    assert right(query) == query


def test_long_words_may_have_two_slips_and_short_ones_one(right):
    assert right("minmumm") == "minmumm"  # seven letters, two slips
    assert right("elllisbugr") == "Ellisburg"


def test_a_long_text_is_read_in_part(analyzer):
    texts = ["x " * 40_000, "machine"]
    assert put_right("machien", texts, terms=analyzer.terms, occurs=set().__contains__) == "machien"


@pytest.mark.parametrize("word", ["machien ", "餐卜的"])
def test_a_long_question_is_left_as_it_is_and_costs_no_search(analyzer, word):
    searched = []
    query = word * LONGEST_QUERY

    def occurs(term: str) -> bool:
        searched.append(term)
        return False

    assert put_right(query, DOCUMENTS, terms=analyzer.terms, occurs=occurs) == query
    assert searched == []
