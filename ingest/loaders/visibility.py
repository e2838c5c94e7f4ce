"""What of an HTML page is content by its tags, roles and the classes of well-known programs.

What styles hide, and what looks like navigation, `html_styles` and `html_boilerplate` take out.
"""

from __future__ import annotations

from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

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


def _text_length(element: Element) -> int:
    return sum(
        (0 if node.tag in _NEVER_TEXT else len(node.text or "")) + len(node.tail or "")
        for node in element.iter(etree.Element)
    )
