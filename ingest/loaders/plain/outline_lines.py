"""Lines of plain text, and what a line by itself may be: an item, a heading, a field."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from app.domain.documents import Span
from ingest.loaders.plain.terms import is_marked_answer, is_marked_question

MAX_HEADING: Final = 80
"""Columns of the longest line that is a heading by its looks alone."""
_MAX_INDENT: Final = 3
"""Columns beyond which a line belongs to something."""
_MAX_WORDS: Final = 10
_MAX_KEY: Final = 40
_MAX_KEY_WORDS: Final = 6
_MAX_VALUE: Final = 400
_MIN_CAPITALS: Final = 4
_CHINESE: Final = "一二三四五六七八九十百"

MARKER: Final = re.compile(
    r"[-*+•‣◦▪·–●○■□][ \t]+(?=\S)"
    r"|\d{1,3}[.)](?:[ \t]+(?=\S)|(?=[\u4e00-\u9fff]))|\d{1,3}、"
    r"|(?:[a-z]|[ivx]{2,4})\)[ \t]+(?=\S)"
    rf"|[(（](?:\d{{1,3}}|[a-z]|[ivx]{{2,4}}|[{_CHINESE}]{{1,3}})[)）][ \t]*(?=\S)"
    rf"|[{_CHINESE}]{{1,3}}、|[①-⑳][ \t]*"
)
"""What begins an item of a list."""
_FAMILIES: Final = (
    ("chapter", 1, re.compile(rf"第[〇零{_CHINESE}\d]{{1,5}}[章编篇][ \t\u3000:：]*")),
    ("section", 2, re.compile(rf"第[〇零{_CHINESE}\d]{{1,5}}[节節][ \t\u3000:：]*")),
    ("dotted", 2, re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}\.?[ \t\u3000]+")),
    ("number", 2, re.compile(r"\d{1,2}(?:[.、](?:[ \t]+|(?=[\u4e00-\u9fff]))|[ \t]{1,4})")),
    ("chinese", 2, re.compile(rf"[{_CHINESE}]{{1,3}}、[ \t]*")),
    ("bracket", 3, re.compile(rf"[(（][{_CHINESE}]{{1,3}}[)）][ \t]*")),
)
"""Ways to number headings: name, level, and what stands before the heading."""
_CHAPTER: Final = re.compile(r"(?:CHAPTER|PART|SECTION|ARTICLE|APPENDIX|ANNEX)\b", re.IGNORECASE)
_ENDS: Final = tuple(".。!?！？;；:：,，、…")
_FIELD: Final = re.compile(
    r"(?P<key>[^\s:：=|#>\"'“(（\[{][^:：=]{0,60}?)"
    r"[ \t]*(?:：[ \t]*|:[ \t]+|[ \t]=[ \t]+)(?P<value>\S.*)"
)
_SETTING: Final = re.compile(r"(?P<key>[A-Za-z_][\w.-]{0,60})=(?P<value>\S.*)")
_KEY_STOPS: Final = re.compile('[.。!！?？;；,，、"“”]')
_SENTENCES: Final = re.compile(r"[.!?][\"')\]]?\s+[A-Z\u4e00-\u9fff]|[。！？]\S")
_WORD: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: where it begins, its visible part, and how far that is indented, in columns."""

    start: int
    span: Span
    indent: int
    text: str

    @property
    def is_blank(self) -> bool:
        """Whether nothing is visible."""
        return not self.text


@dataclass(frozen=True, slots=True)
class Field:
    """A line such as ``Range: 90 km``: its key, and where its value stands."""

    key: str
    value: Span


def read_lines(text: str) -> list[Line]:
    r"""The lines of ``text``, which end at ``\n`` or ``\r\n``."""
    lines: list[Line] = []
    start = 0
    for raw in text.split("\n"):
        if not raw:  # there may be millions
            lines.append(Line(start, (start, start), 0, ""))
            start += 1
            continue
        visible = raw.strip()
        left = len(raw) - len(raw.lstrip())
        indent = len(raw[:left].expandtabs(4))
        span = (start + left, start + left + len(visible))
        lines.append(Line(start, span, indent, visible))
        start += len(raw) + 1
    return lines


def field_of(line: Line) -> Field | None:
    """The key and the value of a line that is nothing else."""
    text = line.text
    if len(text) > _MAX_KEY + _MAX_VALUE or is_marked_question(text) or is_marked_answer(text):
        return None
    match = _FIELD.fullmatch(text) or _SETTING.fullmatch(text)
    if match is None:
        return None
    key = match["key"].strip("*_` ")
    words = len(_WORD.findall(key))
    if not key or columns(key) > _MAX_KEY or words > _MAX_KEY_WORDS or _KEY_STOPS.search(key):
        return None
    if MARKER.match(text) or _SENTENCES.search(match["value"]):
        return None
    start = line.span[0] + match.start("value")
    lead = len(match["value"]) - len(match["value"].lstrip("*_ "))
    return Field(key, (start + lead, line.span[1]))


def heading_family(line: Line) -> tuple[str, int] | None:
    """How a line that may be a heading is numbered, and its level; ``None`` for other lines."""
    text = line.text
    if len(text) > MAX_HEADING or line.indent > _MAX_INDENT:
        return None
    if columns(text) > MAX_HEADING or text.endswith(_ENDS):
        return None
    for name, level, pattern in _FAMILIES:
        if match := pattern.match(text):
            title = text[match.end() :]
            depth = match[0].rstrip(". \t\u3000").count(".")
            if name in ("chapter", "section") or _is_title(title):
                return name, min(6, level + depth)
            return None
    is_capitals = text.isupper() and text.isascii() and "|" not in text
    if is_capitals and sum(map(str.isalpha, text)) >= _MIN_CAPITALS:
        return "capitals", 1 if _CHAPTER.match(text) else 2
    return None


def columns(text: str) -> int:
    """Columns of a terminal: two for East Asian wide characters."""
    return len(text) + sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)


def _is_title(text: str) -> bool:
    """Whether the text behind a number reads as a title: short, and not in the midst of a thing."""
    if not text or len(_WORD.findall(text)) > _MAX_WORDS or field_like(text) or "|" in text:
        return False
    return text[0].isupper() or "\u4e00" <= text[0] <= "\u9fff"


def field_like(text: str) -> bool:
    """Whether a text has a colon amid it, as a name and a value."""
    return re.search(r"[:：=]\s*\S", text) is not None
