import pytest

from app.domain.queries import FollowUp, Reading
from app.retrieval.understanding.referring import about


@pytest.fixture
def text(read):
    """What is searched for after some turns of the user and the service."""

    def searched(query, *history, documents=(), **settings):
        return read(query, documents, history, **settings).query.text

    return searched


class TestReplacing:
    def test_what_it_names_takes_the_place_of_what_was_named(self, read):
        before = "How many days of leave are there in Austria?"
        query = read("And in Germany?", history=[before]).query
        assert query.text == "How many days of leave are there in Germany?"
        assert query.follow_up == FollowUp(query.text)
        assert query.readings == (Reading("history", "And in Germany?", query.text),)

    def test_a_number_belongs_to_the_name_before_it(self, text):
        assert text("and the Creek 30?", "What does the Brook 20 weigh?") == (
            "What does the Creek 30 weigh?"
        )
        assert text("那流云M4呢？", "清扬S3有多重？") == "流云M4有多重？"

    @pytest.mark.parametrize(
        ("query", "before", "meant"),
        [
            ("And the large one?", "How much is a small parcel?", "How much is a large parcel?"),
            ("那第二种呢？", "第一种要交多少押金？", "第二种要交多少押金？"),
            ("大件的呢？", "寄小件要多少钱？", "寄大件要多少钱？"),
        ],
    )
    def test_words_of_which_one_is_meant_instead_of_another(self, text, query, before, meant):
        assert text(query, before) == meant

    def test_a_chinese_topic_is_the_subject_or_asked_of_it_as_the_passages_have_it(self, text):
        documents = ("上海分公司的餐补是每天30元。", "北京分公司的年假有12天。")
        before = "上海分公司的年假有几天？"
        assert text("北京呢？", before, documents=documents) == "北京的年假有几天？"
        assert text("餐补呢？", before, documents=documents) == "上海分公司的餐补是什么？"

    def test_what_was_asked_three_questions_ago_is_not_lost(self, text):
        turns = ("What does the R2 cost?", "30 euros.", "And the R4?", "40 euros.")
        assert text("And the R6?", *turns) == "What does the R6 cost?"
        assert text("And the R6?", *turns, history_turns=1) == "And the R6?"


class TestReferring:
    def test_it_is_what_was_named_last(self, text):
        assert text("And how much does it weigh?", "What is the range of the R2?") == (
            "how much does R2 weigh?"
        )

    def test_it_is_what_the_answer_named(self, text):
        before = ("Which pump is the loudest?", "The Creek 60 makes a noise of 61 dB.")
        assert text("How heavy is it?", *before) == "How heavy is Creek 60?"
        before = ("哪个分公司的试用期最长？", "北京分公司的试用期是六个月。")
        assert text("它的班车几点开？", *before) == "北京分公司的班车几点开？"

    def test_she_is_the_person_that_the_answer_named(self, text):
        before = ("Who leads sales?", "Mara Lindt leads sales.")
        assert text("Who is her deputy?", *before) == "Who is Mara Lindt's deputy?"

    def test_a_chinese_person_is_what_the_answer_begins_with(self, text):
        before = ("信息部经理是谁？", "孙立群是信息部经理。")
        assert text("他的副手是谁？", *before) == "孙立群的副手是谁？"

    def test_a_question_without_a_subject_is_asked_of_the_last_where_a_passage_has_both(self, text):
        documents = ("成都分公司的班车从天府广场出发。", "Creek 15: noise and weight.")
        before = "成都分公司的年假有几天？"
        assert text("班车从哪里出发？", before, documents=documents) == (
            "成都分公司的班车从哪里出发？"
        )
        assert text("What is the noise of a pump by day?", before, documents=documents) == (
            "What is the noise of a pump by day?"
        )

    @pytest.mark.parametrize(
        ("part", "subject", "put"),
        [
            ("who gives it?", "TR-9", "who gives TR-9?"),
            ("what is its weight?", "TR-9", "what is TR-9's weight?"),
            ("how long is the warranty?", "TR-9", "TR-9: how long is the warranty?"),
            ("配对码又是多少？", "TR-9", "TR-9的配对码是多少？"),
            ("它多少钱？", "TR-9", "TR-9多少钱？"),
        ],
    )
    def test_a_part_is_put_about_what_it_does_not_name(self, part, subject, put):
        assert about(part, subject) == put


class TestNeither:
    def test_nobody_is_she_where_the_answer_names_no_person(self, text):
        before = ("Who manages the warehouse in Aarhus?", "")
        assert text("Who is her deputy?", *before) == f"{before[0]}\nWho is her deputy?"

    def test_what_no_passage_has_of_the_subject_is_not_asked_of_it(self, text):
        before = ("Who leads sales?", "Mara Lindt leads sales.")
        assert text("And dust skirts?", *before).startswith("Who leads sales?\n")

    def test_the_others_take_nobody_s_place(self, text):
        before = "北京的住宿标准是多少？"
        assert text("其他城市呢？", before) == f"{before}\n其他城市呢？"

    def test_where_nothing_is_sure_it_is_searched_below_the_question_before(self, read):
        query = read("And then?", history=["Old question?", "", "New question?"]).query
        assert query.text.endswith("New question?\nAnd then?")
        assert query.follow_up is not None
        assert query.follow_up.question == "And then?"

    def test_a_question_of_its_own_is_not_mixed_with_the_one_before(self, read):
        query = read("What is the payload of the T40 trolley?", history=["Who approves travel?"])
        assert query.query.text == "What is the payload of the T40 trolley?"
        assert query.query.follow_up is None

    def test_no_question_before_counts_where_none_is_wanted(self, text):
        before = "How many days of leave are there in Austria?"
        assert text("And in Germany?", before, history_turns=0) == "And in Germany?"
        assert text("And in Germany?", before, ignore=frozenset({"history"})) == "And in Germany?"
