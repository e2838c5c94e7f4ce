"""The cascade of one page: which of the values that its styles declare holds for an element.

It counts what applying them costs, and refuses a page whose styles take too long.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from cssselect2 import ElementWrapper
from lxml import etree
from lxml.etree import _Element as Element

from app.errors import DocumentRejected
from ingest.loaders.html.css_rules import (
    Declaration,
    Rule,
    holds_on_screen,
    inline_declarations,
    rules_of,
)

MAX_STYLES: Final = 3_000_000
"""Characters of style sheets and different ``style`` attributes that are read."""
_TEST: Final = 40
"""What one test costs, in elements looked at."""
_INNER_TEST: Final = 4 * _TEST
"""The same for each element within another, where ``:has()`` looks at all of them."""
_MAX_TESTS: Final = 20_000_000
"""Elements looked at while rules are matched; a long page of Wikipedia takes half a million."""
_NEVER_STYLED: Final = frozenset({"noscript", "template"})


class Styles:
    """The cascade of one page."""

    def __init__(self, root: Element) -> None:
        sheets = [
            "".join(style.itertext())
            for style in root.iter("style")
            if holds_on_screen(style.get("media", ""))
            and next(style.iterancestors(*_NEVER_STYLED), None) is None
        ]
        self._left = MAX_STYLES - sum(map(len, sheets))
        self._tests = _MAX_TESTS
        self._inline: dict[str, tuple[Declaration, ...]] = {}
        if self._left < 0:
            raise _too_large()
        self._rules: dict[str, list[tuple[int, Rule]]] = {}
        rules = rules_of(sheets)
        names = _names(root) if rules else set()
        for order, rule in enumerate(rules):
            if not rule.names <= names:
                continue
            self._rules.setdefault(rule.key, []).append((order, rule))

    def of(self, wrapper: ElementWrapper, depth: int) -> dict[str, str]:
        """Values by property, in lower case, for an element within ``depth`` others."""
        best: dict[str, tuple[tuple[Any, ...], str]] = {}
        for rank, declaration in chain(self._matching(wrapper, depth), self._own(wrapper)):
            ranked = (declaration.important, *rank)
            if declaration.name not in best or best[declaration.name][0] <= ranked:
                best[declaration.name] = ranked, declaration.value
        return {name: value for name, (_, value) in best.items()}

    def _own(self, wrapper: ElementWrapper) -> Iterator[tuple[tuple[Any, ...], Declaration]]:
        style = wrapper.etree_element.get("style", "")
        if not style:
            return
        if style not in self._inline:
            self._left -= len(style)
            if self._left < 0:
                raise _too_large()
            self._inline[style] = inline_declarations(style)
        for declaration in self._inline[style]:
            yield (1, 0, (0, 0, 0), 0), declaration

    def _matching(
        self, wrapper: ElementWrapper, depth: int
    ) -> Iterator[tuple[tuple[Any, ...], Declaration]]:
        if not self._rules:
            return
        keys = {"", wrapper.local_name.lower(), f"#{wrapper.id}"}
        keys.update(f".{name}" for name in wrapper.classes)
        candidates = [found for key in keys for found in self._rules.get(key, ())]
        if not candidates:
            return
        inside = 0
        if any(rule.within for _, rule in candidates):
            inside = _INNER_TEST * sum(1 for _ in wrapper.etree_element.iterdescendants())
        for order, rule in candidates:
            self._tests -= _TEST + depth**rule.around + wrapper.index * rule.beside
            self._tests -= inside * rule.within
            if self._tests < 0:
                raise _too_large()
            if rule.test(wrapper):
                for declaration in rule.declarations:
                    layer = -rule.layer if declaration.important else rule.layer
                    yield (0, layer, rule.specificity, order), declaration


def _names(root: Element) -> set[str]:
    """Classes and ids that a page has."""
    names: set[str] = set()
    for element in root.iter(etree.Element):
        names.update(element.get("class", "").split())
        names.add(element.get("id", ""))
    return names


def _too_large() -> DocumentRejected:
    return DocumentRejected(
        "too_large",
        "The page's style sheets take too long to apply; save it without styles, or as text, "
        "and ingest again.",
    )
