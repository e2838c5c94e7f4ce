"""HTML source to a tree, whatever its depth, and out of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from app.errors import DocumentRejected

_XML_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_VOID: Final = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905 - word lists read best as words
)
_XML_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*")
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse_html(text: str) -> Element:
    """The tree of a page or a fragment, however broken. Nothing is fetched.

    Raises:
        DocumentRejected: ``empty``, when there is no element and no text.
    """
    markup = _NOT_XML.sub("", _XML_DECLARATION.sub("", text))
    root: Element | None = None
    if markup.strip():
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True)
        root = etree.fromstring(markup.encode(), parser)
        if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
            root = _parse_deep(markup)
    if root is None:
        raise DocumentRejected("empty", "The page has no content; check that it was saved in full.")
    return root


def remove(element: Element) -> None:
    """Takes an element out of its tree; the text behind it stays."""
    around, before = element.getparent(), element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        around.text = (around.text or "") + (element.tail or "")
    around.remove(element)


def _parse_deep(markup: str) -> Element:
    """For pages nested beyond the 2,048 levels at which libxml2 drops the rest."""
    builder = _DeepTreeBuilder()
    builder.feed(markup)
    return builder.tree()


class _DeepTreeBuilder(HTMLParser):
    """Builds a tree without a limit of depth; less forgiving than libxml2 with broken nesting."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._builder = etree.TreeBuilder()
        self._open: list[str] = ["html"]
        self._builder.start("html", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not _XML_NAME.fullmatch(tag) or tag == "html":
            return
        kept = {name: value or "" for name, value in attrs if _XML_NAME.fullmatch(name)}
        self._builder.start(tag, kept)
        if tag in _VOID:
            self._builder.end(tag)
        else:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "html" or tag not in self._open:
            return
        while (top := self._open.pop()) != tag:
            self._builder.end(top)
        self._builder.end(tag)

    def handle_data(self, data: str) -> None:
        self._builder.data(data)

    def tree(self) -> Element:
        """Closes what is open and returns the root."""
        self.close()
        for tag in reversed(self._open):
            self._builder.end(tag)
        root: Element = self._builder.close()
        return root
