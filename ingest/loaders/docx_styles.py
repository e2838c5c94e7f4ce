"""Styles and numbering of a Word document: which paragraphs are headings or list items."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml.etree import _Element as Element

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING: Final = re.compile(r"heading (\d)", re.IGNORECASE)
_CODE: Final = re.compile(
    r"(?:source ?)?code(?: ?(?:block|example|snippet))?|listing|macro text|verbatim"
    r"|(?:html )?preformatted(?: text)?",
    re.IGNORECASE,
)
_CAPTIONS: Final = frozenset({"caption", "题注", "表标题"})
_HEADING_ID: Final = re.compile(r"Heading(\d)|Title")
"""Ids that programs give the built-in styles, also where they forget to define them."""
_MAX_DEPTH: Final = 20
"""Styles that one style may build upon, one after the other."""


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says. ``level`` is 1–6 for headings and 0 otherwise."""

    level: int = 0
    is_code: bool = False
    numbering: tuple[str, int] | None = None
    """Id of a numbering and a level in it, from 0."""
    is_caption: bool = False
    continues_item: bool = False
    """Whether its paragraphs go on with the list item above them."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """How list items are marked: ``ordered`` are the ``(id, level)`` that count."""

    ordered: frozenset[tuple[str, int]] = field(default_factory=frozenset)


def read_styles(root: Element | None) -> Mapping[str, Style]:
    """Paragraph styles by id, with what they take over from the styles they are based on."""
    if root is None:
        return {}
    elements = {style.get(f"{W}styleId", ""): style for style in root.iter(f"{W}style")}
    return {identity: _resolve(identity, elements) for identity in elements}


def style_of(properties: Element | None, styles: Mapping[str, Style]) -> Style:
    """The style that paragraph properties name."""
    named = properties.find(f"{W}pStyle") if properties is not None else None
    identity = named.get(f"{W}val", "") if named is not None else ""
    if identity not in styles and (match := _HEADING_ID.fullmatch(identity)):
        return Style(level=min(int(match[1] or 1), 6))
    return styles.get(identity, Style())


def read_numbering(root: Element | None) -> Numbering:
    """Numberings that print numbers or letters."""
    if root is None:
        return Numbering()
    abstract = {item.get(f"{W}abstractNumId"): item for item in root.iter(f"{W}abstractNum")}
    ordered: set[tuple[str, int]] = set()
    for number in root.iter(f"{W}num"):
        link = number.find(f"{W}abstractNumId")
        definition = abstract.get(link.get(f"{W}val")) if link is not None else None
        for level in definition.iter(f"{W}lvl") if definition is not None else ():
            form = level.find(f"{W}numFmt")
            if form is not None and form.get(f"{W}val") not in ("bullet", "none"):
                ordered.add((number.get(f"{W}numId", ""), int(level.get(f"{W}ilvl", "0"))))
    return Numbering(frozenset(ordered))


def numbering_of(properties: Element | None) -> tuple[str, int] | None:
    """Id and level of the list that paragraph properties name; ``None`` for no list."""
    found = properties.find(f"{W}numPr") if properties is not None else None
    if found is None:
        return None
    identity, level = found.find(f"{W}numId"), found.find(f"{W}ilvl")
    name = identity.get(f"{W}val", "0") if identity is not None else "0"
    return (name, int(level.get(f"{W}val", "0")) if level is not None else 0)


def outline_level(properties: Element | None) -> int:
    """Heading level 1–6 that paragraph properties set directly, else 0."""
    outline = properties.find(f"{W}outlineLvl") if properties is not None else None
    value = int(outline.get(f"{W}val", "9")) if outline is not None else 9
    return min(value + 1, 6) if value < 9 else 0  # noqa: PLR2004 - 9 is OOXML's "body text"


def _resolve(identity: str, elements: Mapping[str, Element]) -> Style:
    level, is_code, numbering = 0, False, None
    is_caption = continues_item = False
    for _ in range(_MAX_DEPTH):
        element = elements.get(identity)
        if element is None:
            break
        label = element.find(f"{W}name")
        name = label.get(f"{W}val", "") if label is not None else ""
        properties = element.find(f"{W}pPr")
        if match := _HEADING.fullmatch(name):
            level = level or min(int(match[1]), 6)
        elif name.lower() == "title":
            level = level or 1
        level = level or outline_level(properties)
        is_caption = is_caption or name.lower() in _CAPTIONS
        continues_item = continues_item or name.lower().startswith("list continue")
        is_code = is_code or _CODE.fullmatch(name) is not None
        numbering = numbering or numbering_of(properties)
        base = element.find(f"{W}basedOn")
        identity = base.get(f"{W}val", "") if base is not None else ""
    return Style(level, is_code, numbering, is_caption, continues_item)
