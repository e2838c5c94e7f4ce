import pytest

from app.domain.answers import Citation
from eval.answers.measures.citation_precision import citation_precision
from eval.answers.measures.citation_recall import citation_recall
from eval.answers.measures.cited_reference import cites_reference
from eval.answers.measures.cited_statements import cited_statements
from eval.answers.measures.containment import contains_answer
from eval.answers.measures.exact_match import exact_match
from eval.answers.measures.token_f1 import token_f1
from eval.answers.measures.token_recall import token_recall
from eval.answers.measures.tokens import answer_tokens
from eval.datasets.dataset import Reference


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("The Cat's  pyjamas!", ("cats", "pyjamas"), id="as SQuAD"),
        pytest.param("$1,000 a day", ("1000", "day"), id="symbols and separators go"),
        pytest.param("广茂铁路，364.6公里。", (*"广茂铁路", "3646", "公", "里"), id="as CMRC"),
        pytest.param("光荣和ω-Force", ("光", "荣", "和", "ωforce"), id="mixed scripts"),
        pytest.param("電腦１２", ("电", "脑", "12"), id="Traditional and fullwidth"),
        pytest.param("“The …”", (), id="nothing but article and punctuation"),
    ],
)
def test_tokens_follow_squad_in_english_and_cmrc_in_chinese(text, tokens):
    assert answer_tokens(text) == tokens


def test_exact_match_ignores_case_articles_and_punctuation_but_not_order():
    assert exact_match("the Eiffel Tower.", ["Eiffel tower"]) == 1.0
    assert exact_match("Tower Eiffel", ["Eiffel tower"]) == 0.0
    assert exact_match("村雨城", ["任天堂游戏谜之村雨城", "「村雨城」"]) == 1.0


def test_f1_counts_tokens_as_often_as_both_sides_have_them():
    # Common: new, york (once); 4 tokens against 2: 2 · 2 / 6.
    assert token_f1("New York, New York", ["new york"]) == pytest.approx(2 / 3)
    # 五 of 五, 公, 里: 2 · 1 / 4.
    assert token_f1("五", ["五公里"]) == pytest.approx(0.5)


def test_f1_takes_the_best_gold_answer():
    assert token_f1("red fox", ["blue whale", "red deer", "quick red fox"]) == pytest.approx(4 / 5)


def test_f1_of_nothing_is_one_only_where_nothing_was_wanted():
    assert token_f1("", ["the"]) == 1.0
    assert token_f1("", ["fox"]) == 0.0
    assert token_f1("fox", ["the"]) == 0.0
    assert token_f1("fox", []) == 0.0


def test_recall_does_not_mind_what_else_is_said():
    sentence = "The lighthouse was lit in 1853, by hand."
    assert token_recall(sentence, ["in 1853"]) == 1.0
    assert token_recall(sentence, ["in May 1853"]) == pytest.approx(2 / 3)
    assert token_recall(sentence, ["the"]) == 0.0


def test_an_answer_is_contained_where_its_tokens_stand_together_in_their_order():
    assert contains_answer("It was lit in May, 1853.", ["May 1853"]) == 1.0
    assert contains_answer("It was lit in 1853, in May.", ["May 1853"]) == 0.0
    assert contains_answer("广三铁路于1903年建成", ["１９０３年"]) == 1.0


def test_part_of_a_word_and_a_gold_answer_without_tokens_are_not_contained():
    assert contains_answer("Concatenate them.", ["cat"]) == 0.0
    assert contains_answer("Anything.", ["The!"]) == 0.0
    assert contains_answer("", ["cat"]) == 0.0


GRADES = {"rhine": 2, "danube": 1, "elbe": 0}


def test_citation_precision_counts_each_citation_once():
    assert citation_precision(["rhine", "rhine", "elbe", "oder"], GRADES) == 0.5


def test_citation_recall_counts_each_relevant_document_once():
    assert citation_recall(["rhine", "rhine", "elbe"], GRADES) == 0.5
    assert citation_recall(["rhine", "danube"], GRADES) == 1.0
    assert citation_recall([], GRADES) == 0.0


def test_a_statement_is_cited_well_if_one_of_its_citations_is_relevant():
    assert cited_statements([["rhine", "oder"], ["elbe"], ["danube"]], GRADES) == pytest.approx(
        2 / 3
    )


def test_precision_of_an_answer_that_cites_or_says_nothing_is_refused():
    with pytest.raises(ValueError, match="cites nothing"):
        citation_precision([], GRADES)
    with pytest.raises(ValueError, match="without sentences"):
        cited_statements([], GRADES)


RULES = "Keep K at 60. Weights sum to 1. Keep K at 60."


def cited_at(start, end, document_id="rules"):
    return Citation(1, f"{document_id}#0", document_id, "", (start, end), RULES[start:end])


@pytest.mark.parametrize(
    ("citation", "cites"),
    [
        pytest.param(cited_at(0, 13), 1.0, id="at its first place"),
        pytest.param(cited_at(32, 40), 1.0, id="in part, at its second place"),
        pytest.param(cited_at(14, 31), 0.0, id="between, touching neither"),
        pytest.param(cited_at(0, 13, "other"), 0.0, id="in another document"),
    ],
)
def test_a_reference_is_cited_where_a_span_overlaps_its_quote(citation, cites):
    references = [Reference("rules", "Keep K at 60.")]
    assert cites_reference([citation], references, {"rules": RULES, "other": RULES}.get) == cites


def test_without_citations_no_reference_is_cited():
    assert cites_reference([], [Reference("rules", "Keep")], {"rules": RULES}.get) == 0.0
