import math

import pytest

from app.answering.extractive import select_sentences
from app.answering.passages import Passage, quotable_sentences


def terms(text: str) -> list[str]:
    return [word.strip(".,?!").lower() for word in text.split()]


def passage(
    n: int, text: str, *, document: str = "d", start: int = 0, context: str = ""
) -> Passage:
    return Passage(n, f"c{n}", document, "", context, text, (start, start + len(text)))


def chosen(question: str, passages: list[Passage], **options: object) -> list[str]:
    found = select_sentences(terms(question), passages, terms=terms, **options)
    return [sentence.quotation.text for sentence in found]


WEATHER = passage(
    1, "Bergen lies in Norway. Rain falls in Bergen often. Oslo is drier.", document="w"
)


def test_the_sentence_with_the_terms_of_the_question_is_chosen():
    assert chosen("where does rain fall often", [WEATHER]) == ["Rain falls in Bergen often."]


def test_quotations_are_verbatim_at_their_place_in_the_document():
    document = "Intro text here.\n\n" + WEATHER.text
    there = passage(3, WEATHER.text, start=document.index(WEATHER.text))
    (found,) = select_sentences(["rain", "often"], [there], terms=terms)
    start, end = found.quotation.span
    assert document[start:end] == found.quotation.text == "Rain falls in Bergen often."
    assert found.quotation.n == 3


def test_the_score_is_the_weighted_sum_of_its_parts():
    # Of three sentences two hold "bergen" and one "rain":
    # idf(bergen) = ln(1 + 1.5 / 2.5), idf(rain) = ln(1 + 2.5 / 1.5).
    bergen, rain = math.log(1.6), math.log(8 / 3)
    found = select_sentences(
        ["bergen", "rain", "absent"],
        [WEATHER],
        terms=terms,
        prior_weight=0.2,
        coverage_weight=2.0,
        position_weight=0.4,
        keep_within=0.0,
    )
    scores = {sentence.quotation.text: sentence.score for sentence in found}
    assert scores == pytest.approx(
        {
            "Bergen lies in Norway.": 0.2 + 2.0 * bergen / (bergen + rain) + 0.4,
            "Rain falls in Bergen often.": 0.2 + 2.0 + 0.4 * 0.5,
        }
    )


def test_a_rare_term_counts_more_than_a_common_one():
    text = "Alpha one here. Alpha two here. Alpha three here. Beta four here."
    assert chosen("alpha beta", [passage(1, text)], max_sentences=1) == ["Beta four here."]


def test_headings_count_for_the_sentences_below_them():
    passages = [
        passage(1, "The capital is Oslo.", document="a", context="Norway"),
        passage(2, "The capital is Rome.", document="b", context="Italy"),
        passage(3, "People of Norway met.", document="c"),
    ]
    assert chosen("capital italy", passages, max_sentences=1, prior_weight=0.0) == [
        "The capital is Rome."
    ]


def test_of_equal_sentences_the_better_ranked_passage_wins():
    passages = [
        passage(1, "Rain in Oslo.", document="a"),
        passage(2, "Rain in Rome.", document="b"),
    ]
    assert chosen("rain", passages, max_sentences=1) == ["Rain in Oslo."]
    assert chosen("rain", passages, max_sentences=1, priors=[0.1, 0.9]) == ["Rain in Rome."]


def test_similarity_leads_where_no_term_is_shared():
    sentences = quotable_sentences([WEATHER])
    found = select_sentences(
        ["卑尔根", "下雨"],
        [WEATHER],
        terms=terms,
        sentences=sentences,
        similarity=[0.1, 0.9, 0.2],
        max_sentences=1,
    )
    assert [sentence.quotation.text for sentence in found] == ["Rain falls in Bergen often."]


def test_without_a_shared_term_or_similarity_nothing_is_chosen():
    assert chosen("卑尔根 下雨", [WEATHER]) == []
    assert chosen("rain", []) == []


def test_a_sentence_that_repeats_one_already_taken_gives_way():
    text = "Rain falls in Bergen. Rain falls in Bergen daily. Snow and rain mix."
    # Jaccard of the first two is 4 / 5, of the first and third 1 / 7.
    options = {"max_sentences": 2, "keep_within": 0.0, "coverage_weight": 1.0}
    assert chosen("rain bergen", [passage(1, text)], redundancy_weight=2.0, **options) == [
        "Rain falls in Bergen.",
        "Snow and rain mix.",
    ]
    assert chosen("rain bergen", [passage(1, text)], redundancy_weight=0.0, **options) == [
        "Rain falls in Bergen.",
        "Rain falls in Bergen daily.",
    ]


def test_sentences_of_a_document_keep_reading_order_and_documents_that_of_their_best():
    late = passage(1, "Rain fills the lake.", document="a", start=500)
    early = passage(2, "Clouds bring rain.", document="a", start=100)
    other = passage(3, "Storms bring rain and lake water.", document="b")
    assert chosen("rain lake", [late, early, other], keep_within=0.0, redundancy_weight=0.0) == [
        "Clouds bring rain.",
        "Rain fills the lake.",
        "Storms bring rain and lake water.",
    ]


def test_weak_sentences_do_not_pad_the_answer():
    assert chosen("rain falls often", [WEATHER], keep_within=0.9) == ["Rain falls in Bergen often."]


def test_headings_code_and_rules_are_never_an_answer():
    text = "# Rain\n```\nrain = rain()\n```\n| rain | rain |\n|---|---|\nSome rain fell."
    assert chosen("rain", [passage(1, text)]) == ["Some rain fell."]


def test_the_same_call_gives_the_same_answer():
    passages = [passage(n, WEATHER.text, document=f"d{n}") for n in range(1, 6)]
    assert chosen("rain bergen", passages) == chosen("rain bergen", passages)


@pytest.mark.parametrize(
    "options",
    [{"priors": [1.0, 0.5]}, {"similarity": [1.0]}, {"sentences": [], "similarity": [1.0]}],
)
def test_arrays_that_do_not_fit_are_refused(options):
    with pytest.raises(ValueError, match=r"sentences|priors"):
        chosen("rain", [WEATHER], **options)
