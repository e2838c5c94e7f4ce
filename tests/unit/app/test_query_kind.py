from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.query_kind import query_kind


@pytest.mark.parametrize(
    "text",
    [
        "What is reciprocal rank fusion",
        "how are scores normalised",
        "  Does it rain in Ardmore",
        "the height of the tower?",
        "灯塔有多高？",
        "什么是倒数排名融合",
        "什麼是倒數排名融合",
        "甚麼是倒數排名融合",
        "如何配置代理",
        "怎麼設定代理",
        "為何燈塔熄滅",
        "誰發現了青霉素",
        "哪裡有燈塔",
        "茶叶有幾種",
        "有几个路由",
        "水是濕的嗎",
        "灯塔多少米",
        "他去不去呢",
        # Numbers beside words make no names.
        "2013年燈塔有什麼變化？",
        "圣保罗座堂是20世纪的什么建筑",
        "北京/上海哪个大",
        "who sang step by step in the 80s",
        "which religion emerged in the late 15th century",
        "what is the average income in the U.S.",
    ],
)
def test_questions_ask(text: str) -> None:
    assert query_kind(text) == "question"


@pytest.mark.parametrize(
    "text",
    [
        "proxy_read_timeout",
        "What does the DiffExecutor struct do?",
        "如何设置 HTTP_PROXY？",
        "怎麼呼叫 getUserName",
        "std::map iterator",
        "what does main() return",
        "ptr->next",
        "GPT4 context length",
        "什么是GPT4",
        "3D models",
        "release v2",
        "version 2.3.1",
        "where is pyproject.toml",
        "app/main",
        "src\\main",
        "CVE-2024",
        "PD-1 blockade",
    ],
)
def test_identifiers_hold_a_name_of_code_or_a_version(text: str) -> None:
    assert query_kind(text) == "identifier"


@pytest.mark.parametrize(
    "text",
    [
        "reciprocal rank fusion",
        "whatever works",
        "lighthouse 1853",
        "a price of 3.14",
        "songs of the 1990s",
        "1st battalion",
        "e.g. colza oil",
        "倒数排名融合",
        "倒數排名融合",
        "2013年的收入",
        "平面几何",
        "平面幾何",
        "几乎没有风",
        "中獎的幾率",
        "",
        "   ",
    ],
)
def test_all_else_is_keywords(text: str) -> None:
    assert query_kind(text) == "keywords"


@given(st.text(st.characters(codec=None, categories=None), max_size=80))
def test_any_text_has_a_kind_that_white_space_around_it_does_not_change(text: str) -> None:
    kind = query_kind(text)
    assert kind in {"question", "identifier", "keywords"}
    assert query_kind(f" {text}\n") == kind
