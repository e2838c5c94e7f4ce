"""What shares the words of a question and answers another one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.answering.asking.asked import Part
from app.answering.evidence.lookalikes import (
    echoes,
    has_own_subject,
    is_of_another,
    names_the_whole,
    reverses,
)
from app.domain.documents import BlockKind, Cell
from app.domain.statements import Setting, Statement
from app.text.names.named import Named, Sort


def _part(text: str, *names: str, language: str = "en") -> Part:
    named = tuple(Named(name, Sort.NAME) for name in names)
    return Part(text, text, language, "fact", tuple(text.lower().split()), names=named)


def _said(text: str) -> Statement:
    return Statement("d", 1, (0, len(text)), text, BlockKind.PARAGRAPH)


def _row(**cells: str) -> Statement:
    text, spans = "", []
    for head, value in cells.items():
        text += f"{head}: "
        spans.append(Cell((100 + len(text), 100 + len(text) + len(value)), head))
        text += f"{value} | "
    return Statement("d", 1, (100, 100 + len(text)), text, BlockKind.TABLE, cells=tuple(spans))


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who is Ann Lee's deputy?", "en"),
        ("Name of the deputy of Ann Lee", "en"),
        ("Ann Lee 的 deputy 是谁？", "zh"),
    ],
)
def test_a_row_with_the_name_where_the_answer_should_be_answers_another_question(
    question: str, language: str
) -> None:
    asked = _part(question, "Ann", "Lee", language=language)
    assert reverses(_row(name="Bo Kim", deputy="Ann Lee"), asked)
    assert not reverses(_row(name="Ann Lee", deputy="Bo Kim"), asked)


def test_who_has_somebody_is_another_question() -> None:
    assert not reverses(_row(name="Bo", deputy="Ann"), _part("Whose deputy is Ann?", "Ann"))
    assert not reverses(_said("The deputy is Ann."), _part("Who is Ann's deputy?", "Ann"))


def test_a_label_is_not_what_is_asked_for() -> None:
    row = _row(Branch="Leeds", Phone="0113 555")
    assert not reverses(row, _part("What is Leeds' branch phone number?", "Leeds"))
    row = _row(分公司="北京", 地址="长安街 1 号")
    assert not reverses(row, _part("北京的分公司地址是什么？", language="zh"))
    row = _row(name="Bo", deputy="Ann")
    assert not reverses(row, _part("Who is Joann's deputy?", "Joann"))


def test_chinese_rows_too() -> None:
    assert reverses(_row(姓名="王芳", 代理人="李明"), _part("李明的代理人是谁？", language="zh"))
    assert not reverses(
        _row(姓名="李明", 代理人="王芳"), _part("李明的代理人是谁？", language="zh")
    )


def test_what_is_said_of_another_name_is_not_said_of_this_one() -> None:
    asked = _part("When was the Toronto branch opened?", "Toronto")
    name = Named("Toronto", Sort.NAME)
    assert is_of_another(_said("The Leeds branch was opened in 1998."), name, asked)
    assert not is_of_another(_said("The Toronto branch was opened in 1998."), name, asked)
    assert not is_of_another(_said("The branch was opened in 1998."), name, asked)
    assert not is_of_another(_said("It was opened in 1998."), name, asked)


def test_a_name_that_nothing_follows_is_of_no_other() -> None:
    asked = _part("When did you come to Toronto?", "Toronto")
    assert not is_of_another(_said("Leeds did it."), Named("Toronto", Sort.NAME), asked)


def test_a_name_alone_is_an_echo() -> None:
    asked = _part("What does KB-2052 say?", "KB-2052")
    assert echoes(_said("Article KB-2052."), asked)
    assert not echoes(_said("Article KB-2052: press MENU and UP."), asked)


def test_a_record_says_what_it_is_of_in_one_of_its_lines() -> None:
    pump = Named("T40", Sort.IDENTIFIER)
    assert names_the_whole(_said("device › model: T40"), Named("Kestrel", Sort.NAME))
    assert names_the_whole(_said("host = t40-lab"), pump)
    assert not names_the_whole(_row(code="T40", meaning="too hot"), pump)
    assert not names_the_whole(_row(name_="Ann", deputy="Bo"), Named("Bo", Sort.NAME))


@pytest.mark.parametrize(
    ("antecedent", "own"),
    [
        ("", False),
        ("Leeds: sales.", True),
        ("The T40 has a lamp.", True),
        ("10.1 The agreement begins on 1 July 2024 and has no fixed end.", False),
    ],
)
def test_a_date_is_no_subject_of_its_own(antecedent: str, own: bool) -> None:
    leaning = replace(_said("It ends then."), setting=Setting(antecedent=antecedent))
    assert has_own_subject(leaning) is own
