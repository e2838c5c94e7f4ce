"""Times in a query that say when the documents are from: "minutes from last week", 去年的通知.

Only where documents are what the text looks for, or what it asks to be read: elsewhere a time may
be part of what is asked, and what happened in a year is often told by a document of the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from app.domain.queries import Reading
from app.filters import And, Compare, Exists, Filter, Not, Or
from app.retrieval.understanding.periods import CHINESE, ENGLISH, Period, period
from app.retrieval.understanding.steps import Draft, Means

DATE_FIELDS: Final = ("date", "published", "日期", "发布日期")
"""Where metadata say when a document is from; loaders fill ``date``."""
_KINDS: Final = (
    "minutes|notes|memos?|news|newsletters?|e-?mails?|messages?|letters?|announcements?|notices?"
    "|posts|articles?|documents?|docs|files|circulars?"
)
"""What is of a day. A report of a year is not: it is written in the next one."""
_LEAD: Final = (
    r"(?:(?:show|find|list|get|give|search|open|read|summari[sz]e|me|for|all|any|the|an?|my|our|new"
    r"|board|meeting|team|project|staff|company|internal) ){0,5}"
)
_WHEN: Final = (
    r"(?P<cut>(?: (?:published|written|sent|posted|received|issued|uploaded|added))?"
    rf" (?P<when>{ENGLISH}))"
)
_ENDS: Final = r"\s?(?:\Z|[,.;:!?])"
_GOES_ON: Final = r"\s(?:about|on|regarding|concerning|by)\b"
_BY_NAME: Final = r"(?P<when>(?:last|this) (?:week|month|quarter|year)|yesterday|today)['’]s "
_ENGLISH: Final = tuple(
    re.compile(source, re.IGNORECASE)
    for source in (
        rf"\A{_LEAD}(?:{_KINDS}){_WHEN}(?:{_ENDS}|{_GOES_ON})",
        rf"\Awhat (?:do|does|did) {_LEAD}(?:{_KINDS}){_WHEN} (?:say|mention|tell)\b",
        rf"\b(?:according to|in) {_LEAD}(?:{_KINDS}){_WHEN}{_ENDS}",
        rf"\A{_LEAD}(?P<cut>{_BY_NAME})(?:[^\W\d]\w{{0,30}} )?(?:{_KINDS}){_ENDS}",
    )
)
_CHINESE: Final = re.compile(
    r"(?:\A|[\s，。,])(?:请|帮我|给我|找|查|看|列出|搜索|打开|总结|根据|按照|所有|全部|一下){0,4}"
    rf"(?P<cut>(?P<when>{CHINESE})(?:[发写收]\w{{0,2}})?的?)(?![\d一二三四五六七八九十])\w{{0,4}}?"
    r"(?:纪要|通知|公告|新闻|邮件|消息|文件|文档|备忘录)(?=\Z|[\s，。,里中])"
)


def times(draft: Draft, means: Means) -> Draft:
    """Reads when documents are from into the filter; those without a date are never kept out."""
    found = _found(draft.text)
    if found is None:
        return draft
    now = means.request.now or datetime.now().astimezone()
    meant = period(found["when"], now.date())
    fields = [name for name in DATE_FIELDS if means.collection.has_field(name)]
    if meant is None or not fields or _stands_in_the_document(found["when"], meant):
        return draft
    begin, end = found.span("cut")
    reading = Reading("time", found["cut"].strip(), f"documents {_shown(meant)}")
    return replace(
        draft,
        text=" ".join(f"{draft.text[:begin]}{draft.text[end:]}".split()),
        where=draft.narrowed(_within(meant, fields)),
        readings=(*draft.readings, reading),
    )


def _found(text: str) -> re.Match[str] | None:
    """Where the text says when documents are from."""
    return next(filter(None, (pattern.search(text) for pattern in (*_ENGLISH, _CHINESE))), None)


def _stands_in_the_document(when: str, meant: Period) -> bool:
    """Whether it is one day by its date, which a letter says better than when it was saved."""
    one_day = meant.start and meant.end and (meant.end - meant.start).days == 1
    return bool(one_day and re.search(r"\d|[一二三四五六七八九十]", when))


def _within(meant: Period, fields: list[str]) -> Filter:
    """Documents of these days, and those of which no field says when they are from."""
    dated = [Exists(field) for field in fields]
    within = [And(tuple(_bounds(meant, field))) for field in fields]
    return Or((*within, Not(Or(tuple(dated)))))


def _bounds(meant: Period, field: str) -> Iterator[Compare]:
    if meant.start is not None:
        yield Compare(field, "gte", _shortest(meant.start))
    if meant.end is not None:
        yield Compare(field, "lt", _shortest(meant.end))


def _shortest(day: date) -> str:
    """The beginning of a day, so that a date which says the month or the year alone is counted."""
    text = day.isoformat()
    return text.removesuffix("-01").removesuffix("-01") if day.day == 1 else text


def _shown(meant: Period) -> str:
    parts = []
    if meant.start is not None:
        parts.append(f"from {meant.start}")
    if meant.end is not None:
        parts.append(f"before {meant.end}")
    return ", ".join(parts)
