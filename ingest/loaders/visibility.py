"""What of an HTML page its reader sees as its content.

Hidden text is left out for two reasons: quotes must be what a reader finds on the page, and text
that only machines see is where instructions to language models are planted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
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
_HIDING_STYLE: Final = re.compile(
    r"(?:^|[;{\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|opacity\s*:\s*0(?:\.0*)?\s*(?:[;}!]|$)|font-size\s*:\s*0(?![.\d]*[1-9]))",
    re.IGNORECASE,
)
_CSS_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_CONDITIONAL: Final = re.compile(r"@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
"""An at-rule with its block: what it hides is hidden on some screens only."""
_CSS_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE_SELECTOR: Final = re.compile(r"(?:[a-z0-9]+)?([.#][\w-]+)", re.IGNORECASE)
_MIN_LINKS: Final = 2
_MIN_LINKED_SHARE: Final = 0.9
"""Share of a list's characters that are links, from which it is navigation."""
_MIN_MAIN_SHARE: Final = 0.2
"""Share of a page's text that its main element must hold to be taken for the page."""


@dataclass(frozen=True, slots=True)
class Visibility:
    """Decides for one page. ``hidden`` are class and id selectors that its style sheets hide."""

    hidden: frozenset[str] = frozenset()

    @classmethod
    def of_page(cls, root: Element) -> Visibility:
        """Reads the style sheets inside the page; only rules for one class or id are understood."""
        hidden: set[str] = set()
        for style in root.iter("style"):
            sheet = _CSS_CONDITIONAL.sub("", _CSS_COMMENT.sub("", style.text or ""))
            for selectors, declarations in _CSS_RULE.findall(sheet):
                if _HIDING_STYLE.search(declarations):
                    hidden.update(_selected(selectors))
        return cls(frozenset(hidden))

    def drops(self, element: Element) -> bool:
        """Whether the element and everything in it is left out."""
        tag = element.tag
        if not isinstance(tag, str):
            return True  # comments and processing instructions
        if tag in _NEVER_TEXT or tag in _BOILERPLATE_TAGS:
            return True
        if tag in ("ul", "ol") and _is_link_list(element):
            return True
        attributes = element.attrib
        if not attributes:
            return False
        classes = attributes.get("class", "").split()
        return (
            "hidden" in attributes
            or attributes.get("aria-hidden") == "true"
            or attributes.get("role", "").lower() in _BOILERPLATE_ROLES
            or _HIDING_STYLE.search(attributes.get("style", "")) is not None
            or not _BOILERPLATE_CLASSES.isdisjoint(classes)
            or (bool(self.hidden) and not self.hidden.isdisjoint(_selectors(attributes, classes)))
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


def _is_link_list(element: Element) -> bool:
    """Whether a list only links to parts of this page, or to this page in other languages.

    A table of contents repeats the headings: as a passage it would match every question and
    answer none.
    """
    links = [link for link in element.iter("a") if link.get("href")]
    if len(links) < _MIN_LINKS:
        return False
    if not all(link.get("hreflang") or link.get("href").startswith("#") for link in links):
        return False
    linked = sum(len("".join(link.itertext()).strip()) for link in links)
    return linked >= _MIN_LINKED_SHARE * len("".join("".join(element.itertext()).split()))


def _selected(selectors: str) -> Iterator[str]:
    for selector in selectors.split(","):
        if match := _SIMPLE_SELECTOR.fullmatch(selector.strip()):
            yield match[1]


def _selectors(attributes: dict[str, str], classes: list[str]) -> Iterator[str]:
    yield from (f".{name}" for name in classes)
    if identity := attributes.get("id"):
        yield f"#{identity}"
