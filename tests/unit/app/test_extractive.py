from app.answering.extractive import select_sentences
from app.answering.passages import Passage, Quotation, quotable_sentences
from app.answering.relevance import ScoredSentence


def passage(n: int, text: str, *, document: str = "d", start: int = 0) -> Passage:
    return Passage(n, f"c{n}", document, "", "", text, (start, start + len(text)))


def terms(text: str) -> frozenset[str]:
    return frozenset(word.strip(".,?!").lower() for word in text.split())


def rank(passages: list[Passage], **scores: float) -> list[ScoredSentence]:
    """Sentences by their first word."""
    by_word = {q.text.split()[0].strip(",."): q for q in quotable_sentences(passages)}
    scored = [ScoredSentence(by_word[w], terms(by_word[w].text), s) for w, s in scores.items()]
    return sorted(scored, key=lambda sentence: -sentence.score)


def chosen(passages: list[Passage], *, max_sentences: int = 3, **scores: float) -> list[str]:
    found = select_sentences(
        rank(passages, **scores), quotable_sentences(passages), max_sentences=max_sentences
    )
    return [quotation.text for quotation in found]


WEATHER = passage(
    1, "Bergen lies in Norway. Rain falls there often. Oslo is drier by far. Snow comes late."
)


def test_the_most_relevant_sentence_comes_first_even_before_one_that_it_follows():
    assert chosen([WEATHER], Oslo=0.9, Rain=0.85) == [
        "Oslo is drier by far.",
        "Rain falls there often.",
    ]


def test_quotations_are_verbatim_at_their_place_in_the_document():
    document = "Intro text here.\n\n" + WEATHER.text
    there = passage(1, WEATHER.text, start=document.index(WEATHER.text))
    (found,) = select_sentences(
        rank([there], Rain=0.5), quotable_sentences([there]), max_sentences=3
    )
    assert found == Quotation(1, found.span, "Rain falls there often.")
    assert document[slice(*found.span)] == found.text


def test_what_is_far_less_relevant_than_the_best_does_not_pad_the_answer():
    assert chosen([WEATHER], Rain=0.9, Bergen=0.7, Oslo=0.6) == ["Rain falls there often."]


def test_no_more_sentences_than_asked_for():
    scores = {"Rain": 0.9, "Bergen": 0.89, "Oslo": 0.88, "Snow": 0.87}
    assert len(chosen([WEATHER], max_sentences=2, **scores)) == 2
    assert len(chosen([WEATHER], max_sentences=4, **scores)) == 4


def test_a_sentence_that_goes_on_from_another_stands_behind_it_and_needs_less_relevance():
    # "Oslo" goes on from "Rain": 0.72 + 0.1 is within the margin of 0.9; 0.72 alone is not.
    assert chosen([WEATHER], Rain=0.9, Bergen=0.85, Oslo=0.72) == [
        "Rain falls there often.",
        "Oslo is drier by far.",
        "Bergen lies in Norway.",
    ]
    assert chosen([WEATHER], Rain=0.9, Bergen=0.85, Snow=0.72) == [
        "Rain falls there often.",
        "Bergen lies in Norway.",
    ]


def test_a_sentence_that_repeats_the_best_gives_way():
    copy = passage(2, "Rain falls there, often.", document="copy")
    other = passage(3, "Clouds come from the sea.", document="other")
    # "Rain falls there, often." shares every term with the best: 0.95 - 0.1 < 0.9 - 0.0.
    sentences = [
        ScoredSentence(q, terms(q.text), score)
        for q, score in zip(
            quotable_sentences([passage(1, "Rain falls there often."), copy, other]),
            (0.96, 0.95, 0.9),
            strict=True,
        )
    ]
    found = select_sentences(
        sentences, [sentence.quotation for sentence in sentences], max_sentences=2
    )
    assert [quotation.n for quotation in found] == [1, 3]


def test_a_sentence_that_leans_on_the_one_before_brings_it_along():
    text = "The writer holds a lock. It is released when the process ends."
    assert chosen([passage(1, text)], It=0.9) == [
        "The writer holds a lock.",
        "It is released when the process ends.",
    ]
    chinese = passage(1, "写入时要加锁保护数据。因此两个进程不会同时写入。")
    found = select_sentences(
        [ScoredSentence(quotable_sentences([chinese])[1], frozenset("锁"), 0.9)],
        quotable_sentences([chinese]),
        max_sentences=3,
    )
    assert [q.text for q in found] == ["写入时要加锁保护数据。", "因此两个进程不会同时写入。"]


def test_nothing_is_brought_along_from_another_paragraph_or_past_the_limit():
    apart = passage(1, "The writer holds a lock.\n\nIt is released when the process ends.")
    assert chosen([apart], It=0.9) == ["It is released when the process ends."]
    together = passage(1, "The writer holds a lock. It is released when the process ends.")
    assert chosen([together], max_sentences=1, It=0.9) == ["It is released when the process ends."]


def test_nothing_ranked_gives_nothing():
    assert select_sentences([], [], max_sentences=3) == []
