"""A glossary is made of a dictionary, and finds what words are called in the other language."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from app.errors import ModelIncompatible
from app.models.bundled.cc_cedict import FILE, unpack
from app.text.analyzer import StandardAnalyzer
from app.text.glossary import MOST_SENSES, Glossary

DICTIONARY = """\
# CC-CEDICT
押金 押金 [ya1 jin1] /deposit/down payment/
存放 存放 [cun2 fang4] /to deposit; to store; to leave in sb's care/
退還 退还 [tui4 huan2] /to return (sth borrowed etc); to send back; to refund; to rebate/
奧胡斯 奥胡斯 [Ao4 hu2 si1] /Aarhus, city in Denmark/
王 王 [Wang2] /surname Wang/
見面 见面 [jian4 mian4] /to meet; to see each other/CL:次[ci4]/
乾隆 乾隆 [Qian2 long2] /Qianlong Emperor/
雨 雨 [yu3] /rain/CL:陣|阵[zhen4]/
聽力保護 听力保护 [ting1 li4 bao3 hu4] /hearing protection/
囉嗦 啰嗦 [luo1 suo5] /to speak at far too great length about everything/
"""


@pytest.fixture(scope="module")
def glossary(tmp_path_factory: pytest.TempPathFactory, analyzer: StandardAnalyzer) -> Glossary:
    return _made(tmp_path_factory.mktemp("glossary"), DICTIONARY, analyzer)


def _made(tmp_path: Path, dictionary: str, analyzer: StandardAnalyzer) -> Glossary:
    packed = tmp_path / "dictionary.gz"
    packed.write_bytes(gzip.compress(dictionary.encode()))
    folder = tmp_path / "glossary"
    folder.mkdir()
    unpack(packed, folder)
    return Glossary(folder / FILE, analyzer.terms)


def _called(glossary: Glossary, analyzer: StandardAnalyzer, question: str) -> dict[str, str]:
    """The words of a question, and what they may be called."""
    found: dict[str, str] = {}
    for sense in glossary.senses(analyzer.query_terms(question), analyzer.language(question)):
        words = " ".join(sorted(sense.terms))
        found[words] = f"{found[words]}, {sense.text}" if words in found else sense.text
    return found


def test_chinese_words_are_found_in_english(glossary: Glossary, analyzer: StandardAnalyzer) -> None:
    assert _called(glossary, analyzer, "什么时候退还押金？") == {
        "退还": "return, send back, refund, rebate",
        "押金": "deposit, down payment",
    }


def test_english_words_are_found_in_chinese_however_they_are_inflected(
    glossary: Glossary, analyzer: StandardAnalyzer
) -> None:
    called = _called(glossary, analyzer, "When are deposits returned?")
    assert called["return"] == "退还"
    assert set(called["deposit"].split(", ")) == {"押金", "存放"}


def test_words_that_mean_something_together_are_found_together(
    glossary: Glossary, analyzer: StandardAnalyzer
) -> None:
    assert _called(glossary, analyzer, "Where is hearing protection worn?") == {
        "hear protect": "听力保护"
    }
    assert _called(glossary, analyzer, "Who is hearing the case?") == {}


def test_a_place_is_called_by_its_name(glossary: Glossary, analyzer: StandardAnalyzer) -> None:
    assert _called(glossary, analyzer, "奥胡斯在哪？") == {"奥胡斯": "Aarhus"}
    assert _called(glossary, analyzer, "Parking in Aarhus") == {"aarhus": "奥胡斯"}


def test_a_text_says_a_word_by_holding_all_of_what_it_is_called(
    glossary: Glossary, analyzer: StandardAnalyzer
) -> None:
    senses = glossary.senses(["押金"], "zh")
    text = frozenset(analyzer.terms("The down payment is returned."))
    assert [sense.text for sense in senses if sense.held <= text] == ["down payment"]


def test_surnames_measure_words_and_explanations_mean_nothing(
    glossary: Glossary, analyzer: StandardAnalyzer
) -> None:
    assert _called(glossary, analyzer, "王 啰嗦") == {}
    assert _called(glossary, analyzer, "雨") == {"雨": "rain"}


def test_a_gloss_that_begins_with_see_is_none_and_one_that_holds_it_is(
    glossary: Glossary, analyzer: StandardAnalyzer
) -> None:
    assert _called(glossary, analyzer, "何时见面？")["见面"] == "meet, see each other"


def test_words_are_found_as_the_analyzer_writes_them(
    glossary: Glossary, analyzer: StandardAnalyzer
) -> None:
    assert "Qianlong Emperor" in _called(glossary, analyzer, "乾隆是谁？").values()


def test_words_of_one_character_are_not_looked_for(
    glossary: Glossary, analyzer: StandardAnalyzer
) -> None:
    assert _called(glossary, analyzer, "Can it be used in the rain?") == {}


def test_an_unknown_word_means_nothing(glossary: Glossary) -> None:
    assert glossary.senses(["zyzzyva"], "en") == []
    assert glossary.senses(["龘"], "zh") == []
    assert glossary.senses([], "en") == []


def test_rare_senses_are_left_out(tmp_path: Path, analyzer: StandardAnalyzer) -> None:
    lines = [f"測{n} 测{n} [ce4] /test/" for n in "一二三四五六七八九十百千万亿兆"]
    glossary = _made(tmp_path, "\n".join(lines) + "\n", analyzer)
    assert len(glossary.senses(["test"], "en")) == MOST_SENSES


def test_what_is_no_dictionary_is_told(tmp_path: Path, analyzer: StandardAnalyzer) -> None:
    with pytest.raises(ModelIncompatible, match="holds no entry"):
        _made(tmp_path, "nothing of the kind\n", analyzer)
    (tmp_path / "broken.gz").write_bytes(b"\x1f\x8b broken")
    (tmp_path / "other").mkdir()
    with pytest.raises(ModelIncompatible, match="can't be read"):
        unpack(tmp_path / "broken.gz", tmp_path / "other")


def test_what_is_no_glossary_is_told(tmp_path: Path, analyzer: StandardAnalyzer) -> None:
    file = tmp_path / "glossary.db"
    file.write_bytes(b"not a database at all" * 100)
    with pytest.raises(ModelIncompatible, match="is no glossary"):
        Glossary(file, analyzer.terms)
