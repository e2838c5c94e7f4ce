"""What passages and questions name, in English and in Chinese."""

from __future__ import annotations

import pytest

from app.text.entities.extraction import MOST_ENTITIES, asked_names, entities_of
from app.text.entities.naming import entity_name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("The Billing Service", "billing service", id="case and article"),
        pytest.param("billing services", "billing service", id="a plural"),
        pytest.param("Kim Jones", "kim jones", id="a person's name is no plural"),
        pytest.param("Oona's", "oona", id="a possessive"),
        pytest.param("T-40", "t40", id="an identifier with a hyphen"),
        pytest.param("T 40", "t40", id="the same with a space"),
        pytest.param("Ｋ－１５", "k15", id="width"),
        pytest.param("對帳服務", "对帐服务", id="script"),
        pytest.param("2026", "", id="a number names nothing"),
        pytest.param("a", "", id="nor does a letter"),
        pytest.param("long " * 20, "", id="nor does half a page"),
    ],
)
def test_an_entity_has_one_name_however_it_is_written(written: str, name: str) -> None:
    assert entity_name(written) == name


@pytest.mark.parametrize(
    ("passage", "named"),
    [
        pytest.param("It is owned by team Otter.", {"otter"}, id="a capitalised word"),
        pytest.param("Kim Aldous leads it.", {"kim aldous", "kim", "aldous"}, id="a whole name"),
        pytest.param("It is turned by Pell and Sons.", {"pell and sons"}, id="a joined name"),
        pytest.param("Then the billing service stopped.", {"billing service"}, id="a term"),
        pytest.param("See PPR-1044 and v2.3.1.", {"ppr1044", "v2.3.1"}, id="identifiers"),
        pytest.param("They call it “the long hut”.", {"long hut"}, id="a quoted term"),
        pytest.param("Manual › Spare parts\nIt is so.", {"manual", "spare part"}, id="headings"),
        pytest.param("Name: Bo Ek | Deputy: Al Ng", {"bo ek", "al ng", "deputy"}, id="a row"),
        pytest.param("| Larkfield | 12 |\n", {"larkfield"}, id="a cell"),
        pytest.param("由白鹭组维护。", {"白鹭组"}, id="between breaks"),
        pytest.param("青松组由顾一鸣带领。", {"青松组"}, id="before a break"),
        pytest.param("组长是沈若岚。", {"沈若岚"}, id="a Chinese name"),
        pytest.param("在北屿园区试装。", {"北屿园区"}, id="a place before what has no break"),
        pytest.param("和泽树脂的工厂", {"和泽树脂"}, id="a name that begins with a break"),
        pytest.param("称为「长棚」。", {"长棚"}, id="quoted in Chinese"),
    ],
)
def test_a_passage_names(passage: str, named: set[str]) -> None:
    assert named <= set(entities_of(passage).names)


def test_words_that_any_text_is_built_with_name_nothing() -> None:
    assert entities_of("What is it that they had, and where was it on Monday?").names == ()
    assert entities_of("They had 32 MiB, or three at least.").names == ("mib",)
    assert entities_of("我们每天都在这里。").names == ()
    assert entities_of("").names == ()


@pytest.mark.parametrize(
    ("passage", "pair"),
    [
        ("Kestrel（红隼）gateway", ("kestrel", "红隼")),
        ("使用红隼（Kestrel）的人", ("红隼", "kestrel")),
        ("使用Kestrel（红隼）的人", ("kestrel", "红隼")),
        ("Network Address Translation (NAT) is on.", ("network address translation", "nat")),
        ("The Old Network Address Translation (NAT).", ("network address translation", "nat")),
    ],
)
def test_two_names_in_brackets_are_one_entity(passage: str, pair: tuple[str, str]) -> None:
    found = entities_of(passage)
    assert pair in found.pairs
    assert set(pair) <= set(found.names)


def test_letters_that_do_not_stand_for_the_words_before_them_are_no_pair() -> None:
    assert entities_of("Tall Trees Grow (NAT)").pairs == ()


def test_a_passage_names_no_more_than_is_kept_and_what_is_precise_comes_first() -> None:
    passage = " ".join(f"Name{'abcdefgh'[n % 8]}{'ijklmnop'[n // 8]}." for n in range(64)) * 3
    names = entities_of(f"{passage} ZX-81").names
    assert len(names) <= MOST_ENTITIES
    assert names[0] == "zx81"


def test_a_question_asks_for_every_run_of_its_words() -> None:
    asked = asked_names("Who leads the team that owns the billing services of T-40?")
    assert {"billing service", "team", "t40"} <= set(asked)
    assert "who" not in asked


def test_a_question_asks_for_every_run_of_its_chinese_characters() -> None:
    assert {"对账服务", "服务", "k15"} <= set(asked_names("维护K-15对账服务的小组是哪个？"))
