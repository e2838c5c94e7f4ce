"""Styles of a Word document: which paragraphs are headings or list items."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
_DEEPEST_LIST: Final = 8
_OUTLINE_LEVELS: Final = frozenset("012345678")
"""9 is body text."""


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


def read_styles(root: Element | None) -> Mapping[str, Style]:
    """Paragraph styles by id, with what they take over from the styles they are based on."""
    if root is None:
        return {}
    elements = {style.get(f"{W}styleId", ""): style for style in root.iter(f"{W}style")}
    styles: dict[str, Style] = {}
    for identity in elements:
        _resolve(identity, elements, styles)
    return styles


def remove_struck(document: Element, styles: Element | None) -> None:
    """Takes out the runs that a style strikes through; those that are struck by themselves stay."""
    struck = {
        style.get(f"{W}styleId", "")
        for style in (styles.iter(f"{W}style") if styles is not None else ())
        if any(is_on(style, name) for name in ("strike", "dstrike"))
    } - {""}
    if not struck:
        return
    for run in list(document.iter(f"{W}r")):
        paragraph = next(run.iterancestors(f"{W}p"), None)
        around = paragraph.find(f"{W}pPr") if paragraph is not None else None
        names = {setting(run.find(f"{W}rPr"), "rStyle"), setting(around, "pStyle")}
        if not struck.isdisjoint(names) and run.find(f"{W}rPr/{W}strike") is None:
            run.getparent().remove(run)


def setting(properties: Element | None, name: str) -> str:
    """The value of a setting among properties, empty where it is not there."""
    element = properties.find(f"{W}{name}") if properties is not None else None
    return str(element.get(f"{W}val", "")) if element is not None else ""


def is_set(properties: Element, name: str) -> bool:
    """Whether a switch among properties is there and not turned off."""
    switch = properties.find(f"{W}{name}")
    return switch is not None and switch.get(f"{W}val", "1") not in ("0", "false", "off")


def is_on(parent: Element, name: str) -> bool:
    """Whether a switch of a run or a style, such as bold type, is set."""
    properties = parent.find(f"{W}rPr")
    return properties is not None and is_set(properties, name)


def style_of(properties: Element | None, styles: Mapping[str, Style]) -> Style:
    """The style that paragraph properties name."""
    identity = setting(properties, "pStyle")
    if identity not in styles and (match := _HEADING_ID.fullmatch(identity)):
        return Style(level=min(int(match[1] or 1), 6))
    return styles.get(identity, Style())


def numbering_of(properties: Element | None) -> tuple[str, int] | None:
    """Id and level of the list that paragraph properties name; ``None`` for no list.

    The id is empty where only a level is named, which is one of the list of the style, and ``0``
    where the list of the style is taken away.
    """
    found = properties.find(f"{W}numPr") if properties is not None else None
    if found is None:
        return None
    return setting(found, "numId"), bounded_level(setting(found, "ilvl"))


def completed(
    own: tuple[str, int] | None, inherited: tuple[str, int] | None
) -> tuple[str, int] | None:
    """What a paragraph or a style says of its list, and what it leaves open as it is inherited."""
    if own is None:
        return inherited
    return own if own[0] or inherited is None else (inherited[0], own[1])


def bounded_level(stated: str) -> int:
    """The level of a list, of which OOXML has nine; its items are indented by it."""
    if not stated.isdecimal():
        return 0
    return int(stated) if len(stated) == 1 and stated <= str(_DEEPEST_LIST) else _DEEPEST_LIST


def outline_level(properties: Element | None) -> int:
    """Heading level 1–6 that paragraph properties set directly, else 0."""
    value = setting(properties, "outlineLvl")
    return min(int(value) + 1, 6) if value in _OUTLINE_LEVELS else 0


def _resolve(identity: str, elements: Mapping[str, Element], styles: dict[str, Style]) -> None:
    """Puts a style and those that it builds upon into ``styles``, each of them read once.

    One that builds upon itself ends there.
    """
    chain: dict[str, Element] = {}
    while identity in elements and identity not in styles and identity not in chain:
        chain[identity] = elements[identity]
        identity = setting(elements[identity], "basedOn")
    style = styles.get(identity, Style())
    for name, element in reversed(chain.items()):
        style = styles[name] = _upon(element, style)


def _upon(element: Element, base: Style) -> Style:
    """What a style says itself, and of the rest what the one says that it builds upon."""
    name = setting(element, "name")
    properties = element.find(f"{W}pPr")
    level = 0
    if match := _HEADING.fullmatch(name):
        level = min(int(match[1]), 6)
    elif name.lower() == "title":
        level = 1
    return Style(
        level=level or outline_level(properties) or base.level,
        is_code=base.is_code or _CODE.fullmatch(name) is not None,
        numbering=completed(numbering_of(properties), base.numbering),
        is_caption=base.is_caption or name.lower() in _CAPTIONS,
        continues_item=base.continues_item or name.lower().startswith("list continue"),
    )
