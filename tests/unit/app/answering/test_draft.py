import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.citations import CitationChecker, parse_draft
from app.answering.claims import denies, names, quotations
from app.answering.passages import Passage, Quotation, quotable_sentences
from app.domain import DraftSentence


def terms(text: str) -> list[str]:
    """Words in lower case without a plural s, and pairs of Chinese characters."""
    found = [word.rstrip("s") for word in re.findall(r"[a-z0-9_]+", text.lower())]
    for run in re.findall(r"[\u4e00-\u9fff]+", text):
        found += [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
    return found


def passage(n: int, text: str, context: str = "", offset: int = 0) -> Passage:
    return Passage(n, f"c{n}", f"d{n}", "", context, text, (offset, offset + len(text)))


TOWER = passage(
    1,
    "The Eiffel Tower was built by Gustave Eiffel in 1889. It is 330 metres tall. "
    "The tower was not meant to stay, and the city “planned to  tear it down” after twenty years.",
    "Paris › Landmarks",
)
RRF = passage(
    2,
    "倒数排名融合（RRF）不需要分数归一化。常数K通常取60。《信息检索导论》介绍了BM25。",
    offset=500,
)
CODE = passage(3, "Set HTTP_PROXY before you start. Version v2.3.1 reads 1,000 rows at once.")
PASSAGES = [TOWER, RRF, CODE]
CHECKER = CitationChecker(terms)


def verify(text: str, *citations: int) -> str | None:
    return CHECKER.verify(DraftSentence(text, citations), PASSAGES)


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        ("It rains [1].", [("It rains.", (1,))]),
        ("It rains. [1] It snows. [2]", [("It rains.", (1,)), ("It snows.", (2,))]),
        ("It rains.[1][3] It snows [2, 4].", [("It rains.", (1, 3)), ("It snows.", (2, 4))]),
        ("[1] It rains. [2] It snows.", [("It rains.", (1,)), ("It snows.", (2,))]),
        ("It rains [1-3].", [("It rains.", (1, 2, 3))]),
        ("It [1] rains [1].", [("It rains.", (1,))]),
        ("下雨【1】。下雪。［２］", [("下雨。", (1,)), ("下雪。", (2,))]),
        ("下雨[1，2]。", [("下雨。", (1, 2))]),
        ("It rains (passage 2).", [("It rains.", (2,))]),
        ("It rains [Passage 2].", [("It rains.", (2,))]),
        ("According to passage 2, it rains.", [("It rains.", (2,))]),
        ("根据段落1，今天下雨。", [("今天下雨。", (1,))]),
        ("- It rains [1]\n- It snows [2]", [("It rains", (1,)), ("It snows", (2,))]),
        ("It rains", [("It rains", ())]),
        ("In [2019] it rained (3).", [("In [2019] it rained (3).", ())]),
        ("It rains. [1", [("It rains.", ())]),
        ("It rains [1]. It snows [", [("It rains.", (1,)), ("It snows", ())]),
        ("<passage 7> It rains. </passage 7>", [("It rains.", ())]),
        ("</passage 7>", []),
        ("[1]", []),
        ("", []),
    ],
)
def test_drafts_are_read_as_sentences_and_what_they_cite(draft, expected):
    assert [(sentence.text, sentence.citations) for sentence in parse_draft(draft)] == expected


@given(
    st.lists(
        st.sampled_from(
            ["[1]", "【2】", "[1-999]", "[9-1]", " ", "It rains", ". ", "。", "\n", "- ", "("]
        )
        | st.text(max_size=5),
        max_size=30,
    ).map("".join)
)
def test_no_draft_breaks_reading_or_checking(draft):
    for sentence in CHECKER.check(draft, PASSAGES):
        assert sentence.text.strip() == sentence.text != ""
        assert sentence.citations or sentence.reason == "it cites no passage"


class TestSupported:
    @pytest.mark.parametrize(
        ("text", "n"),
        [
            pytest.param("The Eiffel Tower was built in 1889.", 1, id="shorter"),
            pytest.param("Gustave Eiffel built the tower.", 1, id="reordered"),
            pytest.param("The Paris tower is 330 m tall.", 1, id="unit-and-context"),
            pytest.param(
                "The city “planned to tear it down” after 20 years, not to stay.", 1, id="quote"
            ),
            pytest.param("RRF不需要分数归一化。", 2, id="chinese"),
            pytest.param("《信息检索导论》介绍了BM25。", 2, id="chinese-title"),
            pytest.param("Version v2.3.1 reads 1000 rows.", 3, id="number-spelled-otherwise"),
            pytest.param("Set HTTP_PROXY before the start.", 3, id="identifier"),
        ],
    )
    def test_a_sentence_that_says_what_its_passage_says_stands(self, text, n):
        assert verify(text, n) is None

    def test_two_passages_may_support_one_sentence_together(self):
        text = "The tower is 330 metres tall and HTTP_PROXY starts."
        assert verify(text, 1) == "'HTTP_PROXY' is not in the passages it cites"
        assert verify(text, 1, 3) is None


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "citations", "reason"),
        [
            pytest.param("The tower is tall.", (), "it cites no passage", id="uncited"),
            pytest.param(
                "The tower is tall.",
                (1, 7),
                "it cites passage 7, which does not exist",
                id="unknown",
            ),
            pytest.param("The tower is 340 metres tall.", (1,), "340 m is not in", id="number"),
            pytest.param("The tower is 330 feet tall.", (1,), "330 foot is not in", id="unit"),
            pytest.param(
                "The tower is three hundred metres tall.", (1,), "300 m is not in", id="number-word"
            ),
            pytest.param("常数K通常取六十一。", (2,), "61 is not in", id="chinese-number"),
            pytest.param(
                "The tower was built by Louis Sauvestre.", (1,), "'Louis' is not in", id="name"
            ),
            pytest.param(
                "Berlin has the tower built in 1889.", (1,), "'Berlin' is not in", id="first-word"
            ),
            pytest.param(
                "RRF和BERT不需要分数归一化。", (2,), "'BERT' is not in", id="latin-in-chinese"
            ),
            pytest.param(
                "《机器学习》介绍了BM25。", (2,), "《机器学习》 is not in", id="chinese-title"
            ),
            pytest.param(
                "Set HTTPS_PROXY before you start.",
                (3,),
                "'HTTPS_PROXY' is not in",
                id="identifier",
            ),
            pytest.param("Version v2.3.2 reads rows.", (3,), "'v2.3.2' is not in", id="version"),
            pytest.param(
                "The city “wanted to keep it”.",
                (1,),
                "“wanted to keep it” is not a quotation",
                id="quote",
            ),
            pytest.param(
                "The tower attracts visitors with lovely views.", (1,), "hold only 20%", id="words"
            ),
            pytest.param("It is so.", (1,), "says nothing", id="empty"),
            pytest.param(
                "The tower was meant to stay.", (1,), "the passage denies", id="negation-dropped"
            ),
            pytest.param(
                "RRF需要分数归一化。", (2,), "the passage denies", id="chinese-negation-dropped"
            ),
            pytest.param(
                "The Eiffel Tower was never built by Gustave Eiffel in 1889.",
                (1,),
                "the passage affirms",
                id="negation-added",
            ),
        ],
    )
    def test_a_sentence_that_its_passage_does_not_hold_is_refused_with_the_reason(
        self, text, citations, reason
    ):
        assert reason in (verify(text, *citations) or "")

    def test_headings_alone_support_nothing(self):
        assert (
            verify("Paris landmarks.", 1) == "only headings of the passages it cites have its words"
        )

    def test_what_stands_in_another_passage_is_no_support(self):
        assert verify("Version v2.3.1 reads 1000 rows.", 1) is not None

    def test_the_share_of_words_is_a_parameter(self):
        # tower, height, tall, impressive: two of four are in the passage.
        sentence = DraftSentence("The tower height is tall, impressive.", (1,))
        assert CitationChecker(terms, min_overlap=0.5).verify(sentence, PASSAGES) is None
        assert CitationChecker(terms, min_overlap=0.51).verify(sentence, PASSAGES) is not None

    def test_check_keeps_every_sentence_with_its_verdict(self):
        found = CHECKER.check("It is 330 metres tall [1]. It is 12 metres wide [1].", PASSAGES)
        assert [sentence.reason for sentence in found] == [
            None,
            "12 m is not in the passages it cites",
        ]


class TestRepair:
    def test_a_refused_sentence_becomes_the_verbatim_one_with_its_place(self):
        repaired = CHECKER.repair(DraftSentence("常数K通常取61。", (2,)), PASSAGES)
        text = "常数K通常取60。"
        start = 500 + RRF.text.index(text)
        assert repaired == Quotation(2, (start, start + len(text)), text)

    def test_another_passage_may_mend_a_wrong_citation(self):
        repaired = CHECKER.repair(DraftSentence("The tower is 330 metres tall.", (3,)), PASSAGES)
        assert repaired is not None
        assert (repaired.n, repaired.text) == (1, "It is 330 metres tall.")

    def test_of_equal_sentences_the_cited_one_is_quoted(self):
        twins = [passage(1, "Rain falls often."), passage(2, "Rain falls often.")]
        repaired = CHECKER.repair(DraftSentence("Rain falls often, 9 times.", (2,)), twins)
        assert repaired == Quotation(2, (0, 17), "Rain falls often.")

    def test_a_sentence_without_enough_in_common_is_not_replaced(self):
        sentence = DraftSentence("Visitors admire the tower's lovely views at night.", (1,))
        assert CHECKER.repair(sentence, PASSAGES) is None

    def test_a_sentence_without_content_is_not_replaced(self):
        assert CHECKER.repair(DraftSentence("It is so.", (1,)), PASSAGES) is None

    def test_support_quotes_a_cited_passage_only(self):
        sentence = DraftSentence("The tower is 330 metres tall.", (3,))
        assert CHECKER.support(sentence, PASSAGES) is None
        cited = CHECKER.support(DraftSentence("The tower is 330 metres tall.", (1,)), PASSAGES)
        assert cited is not None
        assert cited.text == "It is 330 metres tall."

    def test_a_table_row_supports_but_never_stands_in(self):
        table = [passage(1, "| city | rain |\n|---|---|\n| Bergen | 2,250 mm |")]
        sentence = DraftSentence("Rain in Bergen: 2250 mm", (1,))
        assert CHECKER.verify(sentence, table) is None
        supported = CHECKER.support(sentence, table)
        assert supported is not None
        assert supported.text == "| Bergen | 2,250 mm |"
        assert CHECKER.repair(sentence, table) is None


class TestClaims:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("The tower in Paris, France's pride.", ["Paris", "France"]),
            ("Tantivy uses rank_bm25 and iPhone apps.", ["Tantivy", "rank_bm25", "iPhone"]),
            ("I think so.", []),
            ("However, NASA agreed.", ["NASA"]),
            ("使用Tantivy和numpy检索。", ["Tantivy", "numpy"]),
            ("See app/main.py at 10.", ["See", "app/main.py"]),
        ],
    )
    def test_names_are_what_can_not_come_from_nowhere(self, text, expected):
        assert names(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("It does not work.", True),
            ("It doesn’t work.", True),
            ("It works without keys.", True),
            ("Not only fast but small.", False),
            ("See No. 5 and notes.", False),
            ("它不支持。", True),
            ("没有索引", True),
            ("它不仅快而且小，不过很贵。", False),
            ("未来是否可行，无论如何", False),
        ],
    )
    def test_negation_is_told_from_words_that_look_like_it(self, text, expected):
        assert denies(text) is expected

    def test_quotations_come_without_their_marks_and_final_punctuation(self):
        text = 'He said "so it is," and 「如此」, “thus”.'
        assert quotations(text) == ["so it is", "如此", "thus"]


class TestQuotableSentences:
    def test_headings_code_tables_and_fragments_are_left_out(self):
        text = (
            "# Title of it\nA sentence here.\n```\ncode = true code\n```\n"
            "| a cell | b cell |\nNo.\n- An item."
        )
        found = quotable_sentences([passage(1, text, offset=10)])
        assert [quotation.text for quotation in found] == ["A sentence here.", "An item."]
        assert all(text[a - 10 : b - 10] == q.text for q in found for a, b in [q.span])

    def test_a_sentence_that_overlapping_passages_share_belongs_to_the_first(self):
        left = Passage(1, "a", "d", "", "", "One sentence. Two sentence.", (0, 27))
        right = Passage(2, "b", "d", "", "", "Two sentence. Three sentence.", (14, 43))
        found = quotable_sentences([left, right])
        assert [(q.n, q.span) for q in found] == [(1, (0, 13)), (1, (14, 27)), (2, (28, 43))]


class TestAttribution:
    def test_a_sentence_without_a_source_gets_the_passage_with_most_of_its_words(self):
        sentence = CHECKER.attribute(DraftSentence("Set HTTP_PROXY before.", ()), PASSAGES)
        assert sentence.citations == (3,)
        assert CHECKER.verify(sentence, PASSAGES) is None

    def test_what_it_cites_itself_is_left(self):
        cited = DraftSentence("Set HTTP_PROXY before.", (1,))
        assert CHECKER.attribute(cited, PASSAGES) == cited

    def test_a_sentence_that_shares_no_word_stays_without(self):
        nothing = DraftSentence("Bananas ripen.", ())
        assert CHECKER.attribute(nothing, PASSAGES) == nothing
