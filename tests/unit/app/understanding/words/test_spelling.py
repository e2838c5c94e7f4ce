import pytest

from app.domain.queries import Reading
from app.retrieval.understanding.spelling import LONGEST_QUERY

DOCUMENTS = (
    "Renting\nThe minimum rent of a machine is two weeks. Call Ellisburg, in Ellisburg.",
    "Staff running a machine of type PPR-9087 wear gloves. MQTT is spoken.",
    "差旅\n餐补\n出差期间餐补每天 60 元。",
    "餐补与工资一起发放。",
)


@pytest.fixture
def right(read):
    return lambda query: read(query, DOCUMENTS).query.text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("minium rent of a machien", "minimum rent of a machine", id="letters"),
        pytest.param("runnign", "running", id="an ending that hides the stem"),
        pytest.param("elisburg phone", "Ellisburg phone", id="as it is written there"),
        pytest.param("Minmum rent", "Minimum rent", id="with its capital"),
        pytest.param("glvoes by MQQT", "gloves by MQTT", id="capitals, where they are written so"),
        pytest.param("出差的餐卜是多少前？", "出差的餐补是多少钱？", id="sounds"),
        pytest.param("出差的餐卜 for staf", "出差的餐补 for Staff", id="both scripts"),
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
        pytest.param("餐补有什么规定", id="words that ask"),
        pytest.param("M75 tank", id="codes and short words"),
        pytest.param("PPR-9099 gloves", id="a code like another"),
        pytest.param("machien_type of machien.txt and machien-2", id="parts of codes"),
        pytest.param("MACHIEN and macHien", id="capitals inside"),
        pytest.param("tachine", id="another first letter"),
    ],
)
def test_what_is_known_or_like_nothing_stays_as_it_was_typed(read, query):
    understood = read(query, DOCUMENTS)
    assert (understood.query.text, understood.query.readings) == (query, ())


def test_what_was_changed_is_told(read):
    assert read("machien rent", DOCUMENTS).query.readings == (
        Reading("spelling", "machien rent", "machine rent"),
    )
    assert read("machien rent", DOCUMENTS, ignore=frozenset({"spelling"})).query.readings == ()


def test_long_words_may_have_two_slips_and_short_ones_one(right):
    assert right("minmumm") == "minmumm"  # seven letters, two slips
    assert right("elllisbugr") == "Ellisburg"


def test_a_letter_is_rarely_replaced_unless_by_another_vowel(read):
    documents = ("a path", "part", "part", "part", "seats", "sets")
    assert read("paht", documents).query.text == "path"
    assert read("seots", ("seats", "snots", "snots")).query.text == "seats"


def test_the_commonest_of_the_near_words_is_meant(read):
    documents = ("a boat and a coat", "boat", "boat", "bolt", "some other text")
    assert read("boft", documents).query.text == "boat"


def test_traditional_characters_that_are_right_stay_as_they_were_typed(read):
    assert read("餐卜補貼", ("餐补补贴", "餐补补贴")).query.text == "餐补補貼"


@pytest.mark.parametrize("word", ["machien ", "餐卜的"])
def test_a_long_query_is_left_as_it_is(right, word):
    query = word * LONGEST_QUERY
    assert right(query) == query


def test_a_text_in_other_words_altogether_is_left_as_it_is(right):
    query = "machien minium wekes callo gloven rentt"
    assert right(query) == query
