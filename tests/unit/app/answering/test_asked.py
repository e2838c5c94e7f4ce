from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.answering.asking.asked import Asked, Part, take_apart
from app.answering.asking.forms import is_greeting
from app.answering.evidence.kinds.kind import Kind
from app.domain.queries import Query
from app.ports.analyzer import Analyzer
from app.retrieval.understanding.history import follow, searched
from app.retrieval.understanding.understand import as_query


def asked_after(question: str, exchanges: Sequence[tuple[str, str]], analyzer: Analyzer) -> Query:
    read = follow(question, exchanges, analyzer, lambda *_: False)
    return replace(as_query(searched(read) if read else question, analyzer), follow_up=read)


@pytest.fixture
def apart(analyzer):
    def take(question: str, *before: str, most: int = 4) -> Asked:
        query = asked_after(question, [(text, "") for text in before], analyzer)
        return take_apart(query, analyzer, most=most)

    return take


@pytest.fixture
def apart_from(analyzer):
    def take(question: str, before: str, answer: str) -> tuple[Part, ...]:
        query = asked_after(question, [(before, answer)], analyzer)
        return take_apart(query, analyzer, most=4).parts

    return take


@pytest.mark.parametrize(
    "text",
    [
        "thanks!",
        "Hello",
        "hi there",
        "Thank you very much!",
        "你好",
        "谢谢！",
        "好的，谢谢",
        "Good morning",
    ],
)
def test_politeness_asks_nothing(text):
    assert is_greeting(text)


@pytest.mark.parametrize(
    "text", ["Thanks, and what is the port?", "hello world program", "谢谢，端口是多少？", "port"]
)
def test_a_question_may_be_polite(text):
    assert not is_greeting(text)


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("What is the payload of the T40?", "fact"),
        ("May dogs come along?", "yes-no"),
        ("可以带狗吗？", "yes-no"),
        ("List all findings of the audit.", "list"),
        ("Which error codes are there?", "list"),
        ("T60 有哪些错误码？", "list"),
        ("How many findings are there?", "count"),
        ("一共有多少个错误码？", "count"),
        ("How do I reset the pump?", "procedure"),
        ("如何重置水泵？", "procedure"),
        ("What is the status of the pump?", "fact"),
    ],
)
def test_the_form_of_a_question_is_told_by_its_words(apart, question, form):
    (part,) = apart(question).parts
    assert part.form == form


class TestParts:
    def test_what_is_asked_one_after_the_other_is_two_parts(self, apart):
        asked = apart("Who approves travel, and how long does it take?")
        assert [part.shown for part in asked.parts] == [
            "Who approves travel",
            "how long does it take?",
        ]
        assert asked.compares

    def test_a_part_that_leans_stands_below_what_it_leans_on(self, apart):
        _, second = apart("Who approves travel, and how long does it take?").parts
        assert second.text == "Who approves travel\nhow long does it take?"
        assert second.kinds == {Kind.DURATION}

    def test_chinese_parts_are_told_apart(self, apart):
        asked = apart("保修期是多久，押金是多少？")
        assert [part.shown for part in asked.parts] == ["保修期是多久", "押金是多少？"]

    def test_things_named_side_by_side_are_a_part_each(self, apart):
        asked = apart("What are the payloads of the T40 and the T60?")
        assert [part.shown.endswith("the payloads of the T40?") for part in asked.parts] == [
            True,
            False,
        ]
        assert [[n.text for n in part.names] for part in asked.parts] == [["T40"], ["T60"]]

    def test_years_side_by_side_are_too(self, apart):
        asked = apart("2023年和2024年的收入分别是多少？")
        assert [[n.text for n in part.names] for part in asked.parts] == [["2023"], ["2024"]]

    def test_one_question_is_one_part(self, apart):
        asked = apart("Are nuts and bolts in the box?")
        assert [part.text for part in asked.parts] == ["Are nuts and bolts in the box?"]
        assert not asked.compares

    def test_what_is_told_around_a_question_is_no_part_of_it(self, apart):
        asked = apart("I bought a Heron H20 last week. It is raining here. May I use it?")
        (part,) = asked.parts
        assert part.shown == "May I use it?"
        assert "Heron" in part.text
        assert [named.text for named in part.about] == ["H20"]
        assert part.names == ()

    def test_a_part_about_what_the_first_names_is_read_with_its_name(self, apart):
        _, second = apart("TL-9 装的是什么电池，出厂配对码又是多少？").parts
        assert second.readings[0] == "TL-9的出厂配对码是多少？"
        assert [named.text for named in second.names] == ["TL-9"]

    def test_two_things_asked_of_one_are_a_part_each(self, apart):
        asked = apart("pH value and canister size of Borlin Kalk?")
        assert [part.shown for part in asked.parts] == [
            "pH value of Borlin Kalk?",
            "canister size of Borlin Kalk?",
        ]
        chinese = apart("东门仓的面积和月台数是多少？")
        assert [part.shown for part in chinese.parts] == [
            "东门仓的面积是多少？",
            "东门仓的月台数是多少？",
        ]

    def test_a_comparison_asks_the_same_of_each(self, apart):
        asked = apart("Difference between the R2 and the R4 in weight?")
        assert [part.readings for part in asked.parts] == [
            ("What is the weight of the R2?",),
            ("What is the weight of the R4?",),
        ]
        assert all(part.compared for part in asked.parts)

    def test_of_a_story_the_clause_that_asks_is_read_alone_and_below_the_rest(self, apart):
        story = (
            "Sorry to bother you, I began on Monday in the Graz office, and my neighbour says"
            " that everybody brings a cup; what I'd like to know is what time the kiosk serves."
        )
        (part,) = apart(story).parts
        assert part.shown == "what time the kiosk serves."
        assert part.readings[0] == part.shown
        assert part.readings[1].endswith(f"\n{part.shown}")

    def test_key_words_are_read_as_a_question_and_searched_as_they_are(self, apart):
        (part,) = apart("T40 payload").parts
        assert (part.text, part.readings) == ("T40 payload", ("What is the T40 payload?",))

    def test_an_abbreviation_ends_no_sentence(self, apart):
        (part,) = apart("What must be paid before the break, i.e. before July?").parts
        assert part.shown == "What must be paid before the break, i.e. before July?"

    @pytest.mark.parametrize("most", [2, 4])
    def test_there_are_no_more_parts_than_the_settings_say(self, apart, most):
        codes = ", ".join(f"E{n}" for n in range(100, 120))
        assert len(apart(f"What do {codes} mean?", most=most).parts) == most


class TestTerms:
    def test_words_that_only_ask_are_no_terms(self, apart):
        (part,) = apart("What is the payload of the T40?").parts
        assert {"payload", "t40"} <= set(part.terms)
        assert not {"what", "is", "the", "of"} & set(part.terms)

    def test_chinese_is_cut_at_the_words_that_ask(self, apart):
        (part,) = apart("请问产假有多少天？").parts
        assert "产假" in part.terms
        assert not {"请问", "多少", "有多", "少天"} & set(part.terms)


class TestConversation:
    def test_what_it_names_takes_the_place_of_what_was_named(self, apart):
        (part,) = apart("And in Germany?", "How many days of leave are there in Austria?").parts
        assert [named.text for named in part.names] == ["Germany"]
        assert "leav" in part.terms
        assert "austria" not in part.terms

    def test_it_is_the_code_that_the_answer_named(self, apart_from):
        (part,) = apart_from(
            "How much is it?", "Which sensor is a camera?", "The KS-9 is a camera."
        )
        assert part.readings[0] == "How much is KS-9?"
        assert [named.text for named in part.names] == ["KS-9"]

    def test_she_is_the_person_that_the_answer_named(self, apart_from):
        (part,) = apart_from("Who is her deputy?", "Who leads sales?", "Mara Lindt leads sales.")
        assert part.readings[0] == "Who is Mara Lindt's deputy?"

    def test_what_was_named_before_needs_no_answer(self, apart):
        (part,) = apart("And what does it weigh?", "What is the range of the R2?").parts
        assert part.readings[0] == "And what does R2 weigh?"


@pytest.mark.usefixtures("_ends")
@pytest.mark.parametrize(
    "piece",
    [
        "what is ",
        "and what ",
        "T40 and ",
        "1 ",
        "a",
        "什么和",
        "什么，",
        "Is it? ",
        "(",
        "list the ",
        "A.",
        "?",
        "how many ",
        "A ",
    ],
)
def test_no_question_is_slow_to_take_apart(apart, piece):
    text = (piece * (100_000 // len(piece) + 1))[:100_000]
    asked = apart(text)
    assert 1 <= len(asked.parts) <= 4
    assert not is_greeting(text)
