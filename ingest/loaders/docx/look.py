"""What Word documents only show by looks: bold lines for headings, typewriter type for code."""

from __future__ import annotations

import re
from typing import Final

from lxml.etree import _Element as Element

from ingest.loaders.docx.styles import W, is_on, setting

_MAX_HEADING: Final = 100
"""Characters of the longest bold line that is taken for a heading."""
_LARGE: Final = 28
"""Type size, in half-points, from which such a line is a heading of the first level."""
_SENTENCE_END: Final = (".", ",", ";", ":", "。", "，", "；", "：", "!", "?", "！", "？")
_NAMED_VALUE: Final = re.compile(r"[^:：]{1,40}(?::\s|：)\s*\S")
"""A name and its value, which is said and heads nothing."""
_MONOSPACED: Final = re.compile(
    r"courier|consolas|mono|menlo|monaco|terminal|fixed|typewriter", re.IGNORECASE
)
_CODE_SIGNS: Final = re.compile(r"[(){}\[\];=<>_*/\\|$#]|^\s|^(?:return|else|try|end)\b")
_FIRST_ROW: Final = 0x0020
"""The bit of a table's look that styles its first row apart."""
_MIN_COLUMNS: Final = 3
"""Below, a first row may as well be the first pair of name and value; Word sets the bit always."""


def heading_by_look(paragraph: Element, text: str) -> int:
    """1 or 2 for a short line that is bold from end to end and no sentence, else 0."""
    line = text.strip()
    if not line or len(line) > _MAX_HEADING or "\n" in line or line.endswith(_SENTENCE_END):
        return 0
    if _NAMED_VALUE.match(line):
        return 0
    if any(owner.tag in (f"{W}tc", f"{W}txbxContent") for owner in paragraph.iterancestors()):
        return 0
    if not is_bold(paragraph) or not any(map(str.isalpha, line)):
        return 0
    return 1 if max(_size(run) for run in _text_runs(paragraph)) >= _LARGE else 2


def is_bold(block: Element) -> bool:
    """Whether a paragraph or a cell is bold from end to end."""
    runs = _text_runs(block)
    return bool(runs) and all(is_on(run, "b") for run in runs)


def bold_lead(paragraph: Element) -> str:
    """The text of the bold runs that a paragraph begins with."""
    lead = ""
    for run in _text_runs(paragraph):
        if not is_on(run, "b"):
            break
        lead += "".join(text.text or "" for text in run.iterfind(f"{W}t"))
    return lead


def looks_like_code(paragraph: Element, text: str) -> bool:
    """Whether a paragraph is set in monospaced type and has signs that prose hasn't."""
    runs = _text_runs(paragraph)
    return (
        bool(runs)
        and all(_MONOSPACED.search(_font(run)) for run in runs)
        and _CODE_SIGNS.search(text) is not None
    )


def first_row_is_header(table: Element) -> bool:
    """Whether a table sets its first row apart, and that row names three columns or more."""
    rows = table.findall(f"{W}tr")
    look = table.find(f"{W}tblPr/{W}tblLook")
    if len(rows) < 2 or look is None:  # noqa: PLR2004 - a header and a row
        return False
    bits = int(look.get(f"{W}val", "0"), 16)
    if not (look.get(f"{W}firstRow") == "1" or bits & _FIRST_ROW):
        return False
    names = ["".join(cell.itertext(f"{W}t")).strip() for cell in rows[0].iterfind(f"{W}tc")]
    filled = [name for name in names if name]
    return (
        len(names) >= _MIN_COLUMNS
        and len(filled) >= len(names) - 1
        and len(set(filled)) == len(filled)
        and not any(name.replace(".", "").replace(",", "").isdecimal() for name in filled)
    )


def _text_runs(paragraph: Element) -> list[Element]:
    return [
        run
        for run in paragraph.iter(f"{W}r")
        if any((text.text or "").strip() for text in run.iterfind(f"{W}t"))
    ]


def _size(run: Element) -> int:
    value = setting(run.find(f"{W}rPr"), "sz")
    return int(value) if value.isdecimal() else 0


def _font(run: Element) -> str:
    fonts = run.find(f"{W}rPr/{W}rFonts")
    return str(fonts.get(f"{W}ascii", "")) if fonts is not None else ""
