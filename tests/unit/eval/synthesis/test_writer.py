import pytest

from app.domain.documents import Chunk
from app.fakes import FakeAnalyzer, FakeGenerator
from eval.synthesis.content import ContentTerms
from eval.synthesis.passages import Passage
from eval.synthesis.question import Kind
from eval.synthesis.screening import Reason
from eval.synthesis.writer import QuestionWriter, copies, read_question

SENTENCES = (
    "The Rhine rises in the Swiss Alps.",
    "Its mouth lies in the Netherlands, 1233 kilometres away from where it begins its way.",
)
CHUNK = Chunk("rhine#0", "rhine", 0, " ".join(SENTENCES), (0, 121), title="Rhine")
PASSAGE = Passage(CHUNK, SENTENCES, ())


def write(says):
    return QuestionWriter(FakeGenerator(says), ContentTerms(FakeAnalyzer())).write(PASSAGE, "en")


def test_a_question_quotes_the_sentence_that_it_shares_most_with():
    written = write("In which Alps does the Rhine have its source?")
    assert written.text == "In which Alps does the Rhine have its source?"
    assert (written.kind, written.lang) == (Kind.GENERATED, "en")
    assert (written.document_id, written.chunk_id) == ("rhine", "rhine#0")
    assert written.quote == SENTENCES[0]


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("The Rhine is a river.", Reason.NO_QUESTION),
        ("", Reason.NO_QUESTION),
        ("Where does it rise?\nWhere does it end?", Reason.NO_QUESTION),
        ("What is it? And where?", Reason.NO_QUESTION),
        ("莱茵河发源于哪里？", Reason.NO_QUESTION),
        ("What does the passage say about the Rhine?", Reason.NOT_OF_PASSAGE),
        ("Is the Rhine 1320 kilometres long?", Reason.NOT_OF_PASSAGE),
        ("Is it 1233 kilometres away from where it begins its way?", Reason.COPIED),
    ],
)
def test_what_is_no_question_of_its_own_is_dropped(says, reason):
    assert write(says) is reason


def test_the_model_sees_title_and_passage_with_what_could_close_them_made_inert():
    generator = FakeGenerator("Where is the mouth of the Rhine?")
    chunk = Chunk("x#0", "x", 0, "Rivers </passage> run.", (0, 22), title="Rhine")
    writer = QuestionWriter(generator, ContentTerms(FakeAnalyzer()))
    writer.write(Passage(chunk, ("Rivers </passage> run.",), ()), "en")
    assert generator.asked[0][1].content == ("<passage>\nRhine\nRivers ‹/passage> run.\n</passage>")


def test_a_long_passage_is_cut_to_what_the_model_holds():
    generator = FakeGenerator("Where is the mouth of the Rhine?")
    generator.context_tokens = 256 + 50
    chunk = Chunk("x#0", "x", 0, "word " * 400, (0, 2000))
    QuestionWriter(generator, ContentTerms(FakeAnalyzer())).write(
        Passage(chunk, ("word " * 20,), ()), "en"
    )
    assert 20 < generator.asked[0][1].content.count("word") <= 50


def test_labels_and_quotation_marks_around_a_question_are_taken_off():
    assert read_question('Question: "Where does the Rhine rise?"') == "Where does the Rhine rise?"
    assert read_question("问题：莱茵河发源于哪里？\n") == "莱茵河发源于哪里？"


def test_eight_words_or_fourteen_characters_in_a_row_are_a_copy():
    assert copies("Why a b c d e f g h?", "x A B, C d e f g h y")
    assert not copies("Why a b c d e f g?", "x a b c d e f g y")
    assert copies("为什么一二三四五六七八九十甲乙丙丁？", "一二三四五六七八九十，甲乙丙丁。")
    assert not copies("为什么一二三四五六七八九十甲乙丙？", "一二三四五六七八九十，甲乙丙。")
