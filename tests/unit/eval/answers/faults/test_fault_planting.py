import re
from collections import Counter
from pathlib import Path

import pytest

from eval.answers.faults.cases import half_of
from eval.answers.faults.corpus_passages import read_passages
from eval.answers.faults.invented.office import office_cases
from eval.answers.faults.invented.table_cases import row_cases
from eval.answers.faults.numerals import in_han, in_words, of_han, of_words, values_of
from eval.answers.faults.planting import CASES_PER_KIND, plant, says
from eval.answers.faults.splitting import split

DATA = Path(__file__).parents[6] / "shared" / "data" / "eval"


def written(folder):
    """A folder of documents as an office would have them."""
    (folder / "lamps.md").write_text(
        "# Lamps\n\n## Safety\n\nThe lamp may be used in heavy rain at night. "
        "It must be switched off before the 40 screws are loosened. "
        "The cable is 12 km long and costs $90 in Norway.\n\n"
        "- not a paragraph\n",
        encoding="utf-8",
    )
    (folder / "灯.md").write_text(
        "# 电灯\n\n这盏灯可以在大雨中使用很长时间。更换灯泡之前必须关闭总电源。"
        "电缆长12公里，价格为90元，产自挪威。\n",
        encoding="utf-8",
    )
    return folder


def test_sentences_end_where_a_reader_would_end_them():
    text = "Dr. Smith saw 3.5 lamps. It was -5 °C. They left, e.g. by bus."

    assert [text[start:end] for start, end in split(text, "en")] == [
        "Dr. Smith saw 3.5 lamps.",
        "It was -5 °C.",
        "They left, e.g. by bus.",
    ]


def test_passages_of_documents_know_their_title_and_heading(tmp_path):
    english, chinese = read_passages(written(tmp_path))

    assert (english.lang, english.title, english.heading) == ("en", "Lamps", "Safety")
    assert english.sentences[0] == "The lamp may be used in heavy rain at night."
    assert english.markdown.startswith("# Lamps\n\n## Safety\n\nThe lamp")
    assert (chinese.lang, chinese.title) == ("zh", "电灯")
    assert len(chinese.sentences) == 3


def test_the_same_seed_gives_the_same_cases_and_another_seed_others(tmp_path):
    passages = read_passages(written(tmp_path))

    assert plant(passages, seed=3) == plant(list(reversed(passages)), seed=3)
    assert plant(passages, seed=3) != plant(passages, seed=4)


def test_no_false_draft_stands_in_its_passage(tmp_path):
    cases = plant(read_passages(written(tmp_path)), seed=1)

    assert [case for case in cases if not case.true and says(case.passage, case.draft)] == []


def test_invented_facts_alone_give_many_kinds_in_both_languages_and_both_halves():
    cases = [*office_cases(1), *row_cases(1)]
    kinds = {
        lang: {case.kind for case in cases if not case.true and case.lang == lang}
        for lang in ("en", "zh")
    }

    assert len(kinds["en"] & kinds["zh"]) >= 20
    assert {case.half for case in cases} == {"seen", "unseen"}
    assert not [case for case in cases if "{" in case.draft or "{" in case.passage.text]
    assert not [case for case in cases if not case.true and says(case.passage, case.draft)]


def test_a_document_falls_into_one_half_for_good():
    assert half_of("office:en:backups") == half_of("office:en:backups")
    assert Counter(half_of(f"document {number}") for number in range(400))["seen"] > 150


def test_a_row_as_a_sentence_holds_what_the_row_holds():
    for case in row_cases(1):
        if case.true and case.passage.layout == "table":
            label, *values = (cell.strip() for cell in case.sentence.strip("| ").split("|"))
            assert label in case.draft
            assert any(value in case.draft for value in values)


def test_a_value_of_nowhere_is_in_no_row():
    for case in row_cases(1):
        if case.kind == "row: value of nowhere" and case.passage.layout == "table":
            rows = [line.strip("| ").split(" | ")[1:] for line in case.passage.sentences]
            values = {value for row in rows for value in row}
            said = set(re.split(r"(?:is|of|has a|means|stands for|[是为示，]) ?|[.。]", case.draft))
            assert values.isdisjoint(said), case


@pytest.mark.parametrize(
    ("value", "words", "han"),
    [
        (7, "seven", "七"),
        (15, "fifteen", "十五"),
        (42, "forty-two", "四十二"),
        (90, "ninety", "九十"),
    ],
)
def test_numbers_are_written_and_read_in_words(value, words, han):
    assert (in_words(value), in_han(value)) == (words, han)
    assert (of_words(words), of_han(han)) == (value, value)


def test_the_values_of_a_text_are_those_in_digits_and_in_words():
    assert {"1200", "42", "30"} <= values_of("1,200 lamps, forty-two wires, 三十个")


def test_real_corpora_give_enough_cases_of_enough_kinds():
    names = ("clapnq_dev", "medquad_eval", "cmrc2018_dev")
    if not all((DATA / name).exists() for name in names):
        pytest.skip("the public evaluation corpora are not beside this checkout")
    passages = [passage for name in names for passage in read_passages(DATA / name)]

    cases = plant(passages, seed=1)

    false = Counter(case.kind for case in cases if not case.true)
    assert sum(false.values()) >= 1_200
    assert len([kind for kind, count in false.items() if count >= 30]) >= 20
    assert sum(case.true for case in cases) >= 500
    assert (
        max(Counter((case.kind, case.lang, case.true) for case in cases).values())
        <= 3 * CASES_PER_KIND
    )
