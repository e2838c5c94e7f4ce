"""What of an HTML page is no content: navigation, footers, menus, consent banners, lists of links.

Tags, roles and the classes of well-known programs are taken at their word. Any other class or id
must be a clear mark, and what it stands on must look the part: sections are often named by their
heading, ``<section id="cookie-banner">`` in a manual for one, and that is content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from ingest.loaders.html.tree import remove

_NEVER_TEXT: Final = frozenset(
    "script style template noscript iframe object embed svg canvas video audio map button select "  # noqa: SIM905 - word lists read best as words
    "input textarea datalist progress meter dialog head link meta base title rp".split()
)
_BOILERPLATE_TAGS: Final = frozenset({"nav", "footer", "menu"})
_BOILERPLATE_ROLES: Final = frozenset(
    {"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "toolbar"}
)
_BOILERPLATE_CLASSES: Final = frozenset(
    {
        "noprint",  # the author's own word for what is not content
        "headerlink",  # Sphinx: the pilcrow after a heading
        "mw-editsection",  # MediaWiki: "[edit]", …
        "mw-jump-link",
        "navbox",
        "catlinks",
        "printfooter",
        "after-portlet",
        "reference",  # … and "[12]", which points at a list and reads as noise in a quote
        "katex-html",  # KaTeX: the formula again, glyph by glyph
        "footnote-backref",
        "sr-only",
        "visually-hidden",
    }
)
_MIN_MAIN_SHARE: Final = 0.2
"""Share of a page's text that its main element must hold to be taken for the page."""
_CONTAINERS: Final = frozenset(
    {"div", "section", "aside", "ul", "ol", "form", "table", "span", "p"}
)
_FOOTER: Final = re.compile(
    r"(?:(?:site|page|main|global|web|blog|app|content-?info)-?)?footer(?:-?(?:wrapper|container"
    r"|inner|content|links|nav|menu|bottom|area|widgets))?|colophon|copyright-?bar"
)
_MENU: Final = re.compile(
    r"(?:(?:site|main|top|side|global|primary|secondary|header|sub|mobile)-?)?(?:nav|navbar|navigation)"
    r"(?:-?(?:bar|menu|links|list|wrapper|container))?|menu-?bar|(?:site|main|top)-?menu"
    r"|breadcrumbs?(?:-?(?:nav|list|wrapper))?|skip-?links?"
)
_PRIVACY: Final = r"(?:cookies?|gdpr|ccpa|tracking|privacy|consent)"
_NOTICE: Final = (
    r"(?:banner|notice|bar|popup|pop-?up|modal|overlay|dialog|message|notification|prompt|consent"
    r"|alert|manager|toast|wall|layer|disclaimer|law|info-?bar)"
)
_CONSENT: Final = re.compile(
    rf"(?:[a-z]+-)?{_PRIVACY}(?:-[a-z]+)?-?{_NOTICE}(?:-[a-z0-9]+)*"
    rf"|(?:banner|notice|popup|modal)-{_PRIVACY}"
    r"|onetrust-[a-z-]+|cybot-?cookiebot-?dialog[a-z-]*|cc-(?:window|banner)|didomi-[a-z-]+"
    r"|usercentrics-[a-z-]+|qc-cmp2-[a-z-]+|iubenda-cs-[a-z-]+|osano-cm-[a-z-]+|cmp-?(?:box|banner)"
    r"|truste[a-z_-]*|sp-message-container[a-z0-9-]*"
)
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_+")
_MAX_NAME: Final = 60
_MAX_CONSENT: Final = 2_000
"""Characters of the longest banner; what is longer is a policy, and content."""
_MIN_MENU_SHARE: Final = 0.6
"""Share of a menu's characters that are links."""
_MIN_LINKS: Final = 2
_MIN_LINKED_SHARE: Final = 0.9
"""Share of a list's characters that are links, from which it is navigation."""
_MAIN: Final = frozenset({"main", "article", "h1"})
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4"})
_MAX_TEXTS: Final = 20
"""Stretches of a heading that are compared with the name of its section."""


@dataclass(slots=True)
class _Sum:
    """What an element holds; characters are those that leave ink."""

    characters: int = 0
    linked: int = 0
    links: int = 0
    links_away: int = 0
    """Links to other pages, this page in other languages aside."""
    is_main: bool = False
    heading: Element | None = None
    """The first one."""

    def add(self, inner: _Sum) -> None:
        self.characters += inner.characters
        self.linked += inner.linked
        self.links += inner.links
        self.links_away += inner.links_away
        self.is_main |= inner.is_main
        self.heading = self.heading if inner.heading is None else inner.heading


def is_left_out(element: Element) -> bool:
    """Whether the element and everything in it is no content."""
    tag = element.tag
    if not isinstance(tag, str):
        return True  # comments and processing instructions
    if tag in _NEVER_TEXT or tag in _BOILERPLATE_TAGS:
        return True
    attributes = element.attrib
    if not attributes:
        return False
    return (
        attributes.get("aria-hidden") == "true"
        or attributes.get("role", "").lower() in _BOILERPLATE_ROLES
        or not _BOILERPLATE_CLASSES.isdisjoint(attributes.get("class", "").split())
    )


def content_root(root: Element) -> Element:
    """The element that holds the page's content: its main or only article, else all of it."""
    candidates: list[Element] = root.xpath("//main | //*[@role='main']") or root.xpath("//article")
    if len(candidates) == 1:
        main = candidates[0]
        if _text_length(main) >= _MIN_MAIN_SHARE * _text_length(root):
            return main
    return root


def remove_boilerplate(root: Element) -> None:
    """Takes footers, menus, consent banners and lists of links within the page out of a tree."""
    elements = list(root.iter())
    sums: dict[Element, _Sum] = {}
    for element in reversed(elements):
        found = sums.setdefault(element, _Sum())
        if isinstance(element.tag, str):
            _count_own(element, found)
        around = element.getparent()
        if around is not None and element is not root:
            outer = sums.setdefault(around, _Sum())
            outer.add(found)
            outer.characters += _inked(element.tail)
    for element in elements:
        if element is not root and _is_boilerplate(element, sums[element]):
            remove(element)


def _text_length(element: Element) -> int:
    return sum(
        (0 if node.tag in _NEVER_TEXT else len(node.text or "")) + len(node.tail or "")
        for node in element.iter(etree.Element)
    )


def _count_own(element: Element, found: _Sum) -> None:
    found.characters += _inked(element.text)
    target = element.get("href") if element.tag == "a" else None
    if target:
        found.linked = found.characters
        found.links += 1
        found.links_away += not (element.get("hreflang") or target.startswith("#"))
    found.is_main |= element.tag in _MAIN
    if element.tag in _HEADINGS:
        found.heading = element


def _is_boilerplate(element: Element, found: _Sum) -> bool:
    if element.tag not in _CONTAINERS:
        return False
    names = [*element.get("class", "").split(), *element.get("id", "").split()]
    marks = [_CAMEL.sub("-", name).lower() for name in names if len(name) <= _MAX_NAME]
    if element.tag in ("ul", "ol") and _is_link_list(found):
        return True
    if any(_FOOTER.fullmatch(mark) for mark in marks):
        return not _is_content(found, marks)
    if any(_CONSENT.fullmatch(mark) for mark in marks):
        return not _is_content(found, marks) and found.characters <= _MAX_CONSENT
    is_menu = any(_MENU.fullmatch(mark) for mark in marks)
    return is_menu and found.linked >= _MIN_MENU_SHARE * found.characters


def _is_link_list(found: _Sum) -> bool:
    """Whether a list only links to parts of this page, or to this page in other languages.

    A table of contents repeats the headings: as a passage it would match every question and
    answer none.
    """
    only_within = found.links >= _MIN_LINKS and not found.links_away
    return only_within and found.linked >= _MIN_LINKED_SHARE * found.characters


def _is_content(found: _Sum, marks: list[str]) -> bool:
    """Whether an element holds the main part of a page, or is only named by its heading."""
    if found.is_main:
        return True
    heading = "" if found.heading is None else "".join(islice(found.heading.itertext(), _MAX_TEXTS))
    return bool(_slug(heading)) and _slug(heading) in map(_slug, marks)


def _slug(text: str) -> str:
    return "".join(sign for sign in text[:_MAX_NAME].lower() if sign.isalnum())


def _inked(text: str | None) -> int:
    return sum(map(len, text.split())) if text else 0
