"""Text of HTML elements, as a reader sees it: in one line, verbatim, or with formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from ingest.loaders.encodings.cleaning import join_lines
from ingest.loaders.html.boilerplate import is_left_out

BLOCKS: Final = frozenset(
    "html body main article section div p blockquote header aside figure figcaption address "  # noqa: SIM905 - word lists read best as words
    "details summary fieldset legend form center hgroup search "
    "table caption thead tbody tfoot tr td th colgroup hr li dt dd "
    "pre ul ol dl dir h1 h2 h3 h4 h5 h6 math-block".split()
)
BREAK: Final = "\n"
"""What a reader sees as the end of a line."""
_WRAP: Final = "\r"
"""A line end of the source, which readers don't see."""
_BLANKS: Final = re.compile("[ \t\n\r\f]+")
_SPACES: Final = re.compile(" +")
_CELL_GAPS: Final = {"td": ", ", "th": ", ", "tr": "; ", "li": "; "}
"""What closes a part inside a table cell, where a row must stay on one line."""
_GAP_BEFORE_END: Final = re.compile(r"[,;\s]+$")
_DOUBLE_GAP: Final = re.compile(r"\s*[,;](?:\s*[,;])+\s*")


def formula_of(element: Element) -> tuple[str, bool] | None:
    """TeX source of a formula and whether it stands alone; ``None`` for anything else."""
    classes = element.get("class", "").split()
    if element.tag == "math":
        sources = element.xpath(
            ".//*[local-name()='annotation'][contains(@encoding, 'tex')]/text()"
        )
        source = (sources or [element.get("alttext") or "".join(element.itertext())])[0]
        return collapse(str(source)).strip(), element.get("display") == "block"
    if "math" in classes and ("inline" in classes or "block" in classes):
        return "".join(element.itertext()).strip(), "block" in classes
    return None


def _visible(root: Element) -> Iterator[tuple[str, Element, str | None]]:
    """``(event, element, text)`` for each text in the tree, hidden parts left out."""
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    skipped: Element | None = None
    for event, element in walk:
        if event == "start":
            if element is not root and is_left_out(element):
                skipped = element
                walk.skip_subtree()
            elif formula := formula_of(element):
                yield "start", element, formula[0]
                skipped = element
                walk.skip_subtree()
            else:
                yield "start", element, element.text
        else:
            dropped = event != "end" or element is skipped
            if element is root:
                yield "end", element, None
            else:
                yield ("skip" if dropped else "end"), element, element.tail


def flat_text(root: Element) -> str:
    """All text in one line; nested lists and tables are separated by commas and semicolons."""
    parts: list[str] = []
    for event, element, text in _visible(root):
        if element is not root and event != "skip":
            if event == "end" and element.tag in _CELL_GAPS:
                parts.append(_CELL_GAPS[element.tag])
            elif element.tag in BLOCKS or element.tag == "br":
                parts.append(" ")
        parts.append(collapse(text or ""))
    line = _GAP_BEFORE_END.sub("", tidy("".join(parts)))
    return _DOUBLE_GAP.sub("; ", line) if _has_parts(root) else line


def _has_parts(root: Element) -> bool:
    return any(root.find(f".//{tag}") is not None for tag in _CELL_GAPS)


def verbatim_text(root: Element) -> str:
    """All text with its blanks and line ends."""
    parts: list[str] = []
    for event, element, text in _visible(root):
        if event == "start" and element.tag == "br":
            parts.append("\n")
        parts.append(text or "")
    return "".join(parts)


def collapse(text: str) -> str:
    """Runs of blanks become one: `_WRAP` where the source breaks its line there, else a space."""
    return _BLANKS.sub(_fold, text)


def _fold(blanks: re.Match[str]) -> str:
    return _WRAP if "\n" in blanks[0] or "\r" in blanks[0] else " "


def tidy(text: str) -> str:
    """Joins source lines as their script wants it; what `BREAK` separates stays on its lines."""
    lines = (join_lines(line.replace(_WRAP, "\n")) for line in text.split(BREAK))
    return "\n".join(tidy for line in lines if (tidy := _SPACES.sub(" ", line).strip()))
