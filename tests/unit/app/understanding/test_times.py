"""Times of documents become filters; times that are asked about do not."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from app.conformance.documents import FINGERPRINT, X, document
from app.filters import parse_filter
from app.requests import SearchRequest
from app.retrieval.understanding.periods import Period, period
from app.retrieval.understanding.steps import Means
from app.retrieval.understanding.understand import understand
from app.settings import RetrievalSettings, StoreSettings
from app.stores.memory.store import MemoryStore
from app.text.analyzer import StandardAnalyzer
from tests.unit.app.understanding.conftest import Ask, Find

QUESTIONS = Path(__file__).parents[4] / "eval" / "questions"
NOW = datetime(2024, 5, 15, 12, 0, tzinfo=UTC)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("today", "2024-05-15", "2024-05-16"),
        ("of yesterday", "2024-05-14", "2024-05-15"),
        ("this week", "2024-05-13", "2024-05-20"),
        ("from last week", "2024-05-06", "2024-05-13"),
        ("this month", "2024-05-01", "2024-06-01"),
        ("last quarter", "2024-01-01", "2024-04-01"),
        ("last year", "2023-01-01", "2024-01-01"),
        ("in the last 30 days", "2024-04-15", "2024-05-16"),
        ("in the past three months", "2024-02-15", "2024-05-16"),
        ("past 2 weeks", "2024-05-01", "2024-05-16"),
        ("in the last week", "2024-05-08", "2024-05-16"),
        ("since March 2024", "2024-03-01", None),
        ("since March", "2024-03-01", None),
        ("since June", "2023-06-01", None),
        ("after 2022", "2023-01-01", None),
        ("before 2023", None, "2023-01-01"),
        ("until 2023", None, "2024-01-01"),
        ("before 3 May 2024", None, "2024-05-03"),
        ("since May 3, 2024", "2024-05-03", None),
        ("since 2024-05", "2024-05-01", None),
        ("between May and July 2024", "2024-05-01", "2024-08-01"),
        ("from 2022 to 2023", "2022-01-01", "2024-01-01"),
        ("in Q3 2023", "2023-07-01", "2023-10-01"),
        ("in the third quarter of 2023", "2023-07-01", "2023-10-01"),
        ("in 2023", "2023-01-01", "2024-01-01"),
        ("今天", "2024-05-15", "2024-05-16"),
        ("昨天", "2024-05-14", "2024-05-15"),
        ("上周", "2024-05-06", "2024-05-13"),
        ("这个星期", "2024-05-13", "2024-05-20"),
        ("上个月", "2024-04-01", "2024-05-01"),
        ("今年", "2024-01-01", "2025-01-01"),
        ("去年", "2023-01-01", "2024-01-01"),
        ("前年", "2022-01-01", "2023-01-01"),
        ("前年之前", None, "2022-01-01"),
        ("最近三个月", "2024-02-15", "2024-05-16"),
        ("近30天", "2024-04-15", "2024-05-16"),
        ("过去半年内", "2023-11-15", "2024-05-16"),
        ("第三季度", "2023-07-01", "2023-10-01"),
        ("去年第一季度", "2023-01-01", "2023-04-01"),
        ("2024年3月以来", "2024-03-01", None),
        ("2023年之前", None, "2023-01-01"),
        ("三月份", "2024-03-01", "2024-04-01"),
        ("十二月", "2023-12-01", "2024-01-01"),
        ("三月五日", "2024-03-05", "2024-03-06"),
        ("三月二十一日", "2024-03-21", "2024-03-22"),
        ("最近二十天", "2024-04-25", "2024-05-16"),
        ("3月25日以来", "2024-03-25", None),
        ("2024年3月5日", "2024-03-05", "2024-03-06"),
        ("2024年3月到5月", "2024-03-01", "2024-06-01"),
        ("2022年至2023年", "2022-01-01", "2024-01-01"),
    ],
)
def test_periods_are_those_of_the_calendar(text: str, start: str | None, end: str | None) -> None:
    found = period(text, NOW.date())
    assert found is not None
    assert (found.start and str(found.start), found.end and str(found.end)) == (start, end)


@pytest.mark.parametrize("text", ["2024年13月", "since 31 February 2024", "since 2024-40"])
def test_what_no_calendar_has_is_no_period(text: str) -> None:
    assert period(text, NOW.date()) is None


def test_months_end_where_they_end() -> None:
    found = period("in the last 3 months", date(2024, 5, 31))
    assert found is not None
    assert found.start == date(2024, 2, 29)


LAST_WEEK = "documents from 2024-05-06, before 2024-05-13"


@pytest.mark.parametrize(
    ("text", "ranked", "meaning"),
    [
        ("minutes from last week", "minutes", LAST_WEEK),
        ("What do the minutes of last week say?", "What do the minutes say?", LAST_WEEK),
        ("documents since March 2024", "documents", "documents from 2024-03-01"),
        ("News of yesterday", "News", "documents from 2024-05-14, before 2024-05-15"),
        ("letters since 3 May 2024", "letters", "documents from 2024-05-03"),
        (
            "emails sent in the last 30 days on pumps",
            "emails on pumps",
            "documents from 2024-04-15, before 2024-05-16",
        ),
        ("a notice before 2023 on pumps", "a notice on pumps", "documents before 2023-01-01"),
        ("last week's board minutes", "board minutes", LAST_WEEK),
        ("上周的会议纪要", "会议纪要", LAST_WEEK),
        ("去年的人事通知", "人事通知", "documents from 2023-01-01, before 2024-01-01"),
        ("根据上周的会议纪要，谁负责？", "根据会议纪要，谁负责？", LAST_WEEK),
        ("上周会议纪要里说了什么", "会议纪要里说了什么", LAST_WEEK),
        ("show me all emails from last week", "show me all emails", LAST_WEEK),
        (
            "Who calls, according to the minutes from last week?",
            "Who calls, according to the minutes?",
            LAST_WEEK,
        ),
        ("2023年之前发的文件 报销", "文件 报销", "documents before 2023-01-01"),
    ],
)
def test_a_time_of_documents_is_a_filter(ask: Ask, text: str, ranked: str, meaning: str) -> None:
    understood = ask(text, now=NOW)
    assert understood.query.text == ranked
    assert [(r.kind, r.meaning) for r in understood.query.readings] == [("time", meaning)]


@pytest.mark.parametrize(
    "text",
    [
        "How many days of leave since 2024?",
        "What was revenue in Q3 2023?",
        "revenue last year",
        "How many emails since March were lost?",
        "30 minutes from today",
        "five minutes from last week",
        "annual report of 2023",
        "How do I file before March 2024?",
        "documents in order",
        "notes may change",
        "去年收入多少？",
        "2023年第三季度的收入",
        "去年通知了谁",
        "2023年的年度报告",
        "三月份放几天假",
        "since March",
        "the letter of 3 May 2024",
        "2024年3月5日的通知",
        "三月五日的通知",
        "三月二十日的通知",
        "本月3日的通知",
        "When were the documents from 2019 destroyed?",
        "retention of documents from 2019",
        "destroy letters from 2019",
        "documents from 2019 retention period",
        "How long are letters from 2020 kept?",
        "2019年的文件保存多久",
        "2019年的文件保存期限",
        "销毁2019年的文件",
        "公司去年的文件",
        "大前年的文件",
    ],
)
def test_a_time_that_is_asked_about_is_none(ask: Ask, text: str) -> None:
    understood = ask(text, now=NOW)
    assert (understood.query.text, understood.where) == (text, None)


@pytest.mark.parametrize("name", ["handbook", "office"])
def test_no_question_that_people_ask_is_taken_for_a_time_of_documents(ask: Ask, name: str) -> None:
    lines = (QUESTIONS / name / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    changed = sum(ask(json.loads(line)["text"], now=NOW).where is not None for line in lines)
    assert changed == 0


def test_documents_of_another_time_are_left_out_and_those_of_none_are_not(find: Find) -> None:
    undated = ["errors", "draft", "trip"]
    assert find("documents since March 2024", now=NOW) == [
        "errors",
        "draft",
        "cats",
        "solar",
        "trip",
    ]
    assert find("documents in March 2024", now=NOW) == ["errors", "draft", "cats", "trip"]
    assert find("去年的通知", now=NOW) == ["errors", "draft", "leave", "trip"]
    assert find("documents before 2023", now=NOW) == undated


def test_the_zone_of_the_request_says_which_day_it_is(ask: Ask) -> None:
    late = datetime(2024, 5, 15, 23, 0, tzinfo=UTC)
    in_shanghai = late.astimezone(timezone(timedelta(hours=8)))
    for now, day in ((late, "2024-05-15"), (in_shanghai, "2024-05-16")):
        (reading,) = ask("news of today", now=now).query.readings
        assert reading.meaning.startswith(f"documents from {day}")


def test_the_clock_of_the_server_is_taken_where_a_request_has_none(ask: Ask) -> None:
    (reading,) = ask("news of today").query.readings
    today = datetime.now().astimezone().date()
    assert reading.meaning in {
        f"documents from {day}, before {day + timedelta(days=1)}"
        for day in (today, today - timedelta(days=1))
    }


def test_times_can_be_ignored_and_hold_beside_other_filters(ask: Ask, find: Find) -> None:
    ignored = ask("news of today", now=NOW, ignore=frozenset({"time"}))
    assert (ignored.query.text, ignored.where) == ("news of today", None)
    both = find("documents since 2024 -solar", now=NOW, where=parse_filter({"lang": "en"}))
    assert both == ["errors", "draft", "cats"]


def test_a_collection_without_dates_knows_no_times(analyzer: StandardAnalyzer) -> None:
    collection = MemoryStore(StoreSettings(kind="memory"), analyzer).create("a", FINGERPRINT)
    collection.put([document("d", ["text"], [X], {"lang": "en"})])
    means = Means(SearchRequest("news of today"), collection, analyzer, RetrievalSettings())
    assert understand(means).where is None


def test_a_range_over_new_year_begins_in_the_year_before() -> None:
    found = period("from November to February", date(2026, 11, 28))
    assert found == Period(date(2025, 11, 1), date(2026, 3, 1))
