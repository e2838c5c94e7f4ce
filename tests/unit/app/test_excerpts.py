from app.answering.excerpts import excerpt
from app.answering.passages import Passage, quotable_sentences
from app.answering.relevance import ScoredSentence

RAIN = Passage(
    1,
    "c1",
    "d1",
    "",
    "",
    "Bergen lies in Norway. Rain falls there often.\n\nOslo is drier by far. Snow comes late. "
    "Fog is rare.",
    (100, 188),
)
TEA = Passage(3, "c3", "d2", "", "", "Tea grows in Assam. It needs rain.", (0, 34))
PASSAGES = [RAIN, TEA]


def ranked(*openers: str) -> list[ScoredSentence]:
    sentences = quotable_sentences(PASSAGES)
    found = [next(q for q in sentences if q.text.startswith(opener)) for opener in openers]
    return [ScoredSentence(q, frozenset(), 1.0 / rank) for rank, q in enumerate(found, start=1)]


def shown(*openers: str, max_tokens: int) -> dict[int, str]:
    passages = excerpt(
        PASSAGES,
        ranked(*openers),
        max_tokens=max_tokens,
        count_tokens=lambda text: len(text.split()),
    )
    return {passage.n: passage.text for passage in passages}


def test_the_best_sentence_comes_with_its_neighbours():
    assert shown("Rain", max_tokens=13) == {
        1: "Bergen lies in Norway. Rain falls there often.\n\nOslo is drier by far."
    }


def test_what_does_not_fit_is_left_out_and_the_gap_is_marked():
    assert shown("Bergen", "Fog", max_tokens=7) == {1: "Bergen lies in Norway. … Fog is rare."}


def test_numbers_of_passages_stay_and_those_without_a_sentence_go():
    assert shown("Tea", max_tokens=7) == {3: "Tea grows in Assam. It needs rain."}
    assert list(shown("Tea", "Fog", max_tokens=7)) == [3]
    assert list(shown("Tea", "Fog", max_tokens=20)) == [1, 3]


def test_at_least_the_best_sentence_is_shown():
    assert shown("Tea", max_tokens=1) == {3: "Tea grows in Assam."}


def test_a_budget_for_everything_shows_the_passages_as_they_are():
    everything = ("Bergen", "Rain", "Oslo", "Snow", "Fog", "Tea", "It")
    assert shown(*everything, max_tokens=1_000) == {1: RAIN.text, 3: TEA.text}
