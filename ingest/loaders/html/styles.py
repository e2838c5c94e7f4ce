"""What a page's own styles hide from its readers, taken out of its tree.

Hidden text is left out for two reasons: quotes must be what a reader finds on the page, and text
that only machines see is where instructions to language models are planted. Decided is what can be
decided from the page itself: style sheets elsewhere are not fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from math import inf
from typing import Any, Final, TypeAlias

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
from ingest.loaders.html.css_values import (
    Colour,
    colour_of,
    contrast,
    pixels,
    share,
    sides,
    type_size,
)
from ingest.loaders.html.tree import remove

MAX_STYLES: Final = 3_000_000
"""Characters of style sheets and different ``style`` attributes that are read."""
_TEST: Final = 40
"""What one test costs, in elements looked at."""
_INNER_TEST: Final = 4 * _TEST
"""The same for each element within another, where ``:has()`` looks at all of them."""
_MAX_TESTS: Final = 20_000_000
"""Elements looked at while rules are matched; a long page of Wikipedia takes half a million."""
_WHITE: Final = (1.0, 1.0, 1.0)
_BLACK: Final = (0.0, 0.0, 0.0)
_MIN_CONTRAST: Final = 1.1
"""Contrast by WCAG, from 1 to 21, below which text can't be told from what it stands on."""
_MIN_ALPHA: Final = 0.06
"""Opacity below which nothing is seen."""
_MIN_TYPE: Final = 2.0
"""Pixels of the smallest type that can be seen."""
_MIN_BOX: Final = 2.0
"""The same for a box that cuts off what does not fit into it."""
_FAR: Final = 900.0
"""Pixels beyond the left or upper edge from which text is nowhere on the screen."""
_VARIABLE: Final = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)", re.IGNORECASE)
_MAX_VARIABLES: Final = 8
_MAX_VALUE: Final = 2_000
_FUNCTION: Final = re.compile(r"([a-z0-9-]+)\(([^()]*)\)")
_COLOURS: Final = re.compile(r"#[0-9a-f]+|[a-z-]+\([^()]*\)|[a-z-]+")
_SIDES: Final = 4
"""Of a box."""
_STRUCK: Final = frozenset({"del", "s", "strike"})
_NEVER_STYLED: Final = frozenset({"noscript", "template"})
_CANVAS: Final = frozenset({"html", "body"})
_OUT_OF_FLOW: Final = frozenset({"absolute", "fixed", "sticky", "relative"})
_Get: TypeAlias = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Look:
    """What text takes over from the elements around it; no ``ground`` means that it is unknown."""

    ink: Colour | None = _BLACK
    alpha: float = 1.0
    ground: Colour | None = _WHITE
    size: float = 16.0
    visible: bool = True
    indent: float = 0.0
    fill: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_seen(self) -> bool:
        """Whether text can be seen."""
        if not self.visible or self.size < _MIN_TYPE or self.indent <= -_FAR:
            return False
        if self.alpha < _MIN_ALPHA:
            return False
        if self.ink is None or self.ground is None:
            return True
        return contrast(self.ink, self.ground, alpha=self.alpha) >= _MIN_CONTRAST


def remove_unseen(root: Element) -> None:
    """Takes hidden and struck elements and texts out of a tree.

    Raises:
        DocumentRejected: ``too_large``, when the styles of the page take too long to apply.
    """
    styles = _Styles(root)
    stack = [(ElementWrapper.from_html_root(root), _Look(), 0)]
    dropped: list[Element] = []
    unseen: list[Element] = []
    while stack:
        wrapper, around, depth = stack.pop()
        element = wrapper.etree_element
        if element.tag == "head":
            continue
        declared = styles.of(wrapper, depth)
        look = _look(element, declared, around)
        if element is not root and _is_dropped(element, declared, look):
            dropped.append(element)
            continue
        if not look.is_seen:
            unseen.append(element)
        stack.extend((child, look, depth + 1) for child in wrapper.iter_children())
    for element in unseen:
        element.text = None
        for child in element:
            child.tail = None
    for element in dropped:
        remove(element)


class _Styles:
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


def _is_dropped(element: Element, declared: Mapping[str, str], look: _Look) -> bool:
    """Whether an element is hidden or struck with all that is in it."""
    get = partial(_value, declared, look)
    display = get("display")
    return (
        display.startswith("none")
        or (not display and "hidden" in element.attrib)
        or element.tag in _STRUCK
        or "line-through" in get("text-decoration-line")
        or get("content-visibility") == "hidden"
        or _is_transparent(get("opacity"), get("filter"), get("animation-name"))
        or _is_far(get)
        or _is_clipped(get("clip"), get("clip-path"), get("position"))
        or _is_cut_off(get)
        or _is_shrunk(get("transform"), get("scale"))
    )


def _look(element: Element, declared: Mapping[str, str], around: _Look) -> _Look:
    variables = {name: value for name, value in declared.items() if name.startswith("--")}
    look = replace(around, variables={**around.variables, **variables}) if variables else around
    if not declared and not element.attrib:
        return look
    get = partial(_value, declared, look)
    ground = get("background-color") or element.get("bgcolor", "").strip().lower()
    if get("background-image") not in ("", "none"):
        look = replace(look, ground=None)
    elif ground:
        look = replace(look, ground=_background(ground, look.ground))
    fill = get("-webkit-text-fill-color") or look.fill
    ink = fill or get("color") or _attribute(element, "font", "color")
    ink = ink or _attribute(element, "body", "text")
    if ink and ink not in ("inherit", "unset", "currentcolor"):
        colour, alpha = colour_of(ink)
        look = replace(look, ink=colour, alpha=alpha, fill=fill)
        if element.tag in _CANVAS and not ground:
            look = replace(look, ground=None)  # where it is light, what it stands on is elsewhere
    if size := get("font-size"):
        look = replace(look, size=type_size(size, around.size))
    if indent := get("text-indent"):
        look = replace(look, indent=pixels(indent.split()[0], look.size) or 0.0)
    seen = get("visibility")
    if seen and seen not in ("inherit", "unset"):
        look = replace(look, visible=seen not in ("hidden", "collapse"))
    return look


def _value(declared: Mapping[str, str], look: _Look, name: str) -> str:
    """A value with its variables filled in, empty where there is none."""
    value = declared.get(name, "")
    for _ in range(_MAX_VARIABLES):
        if "var(" not in value or len(value) > _MAX_VALUE:
            break
        value = _VARIABLE.sub(
            lambda match: look.variables.get(match[1], match[2] or "").strip().lower(), value
        )
    return value.strip()


def _attribute(element: Element, tag: str, name: str) -> str:
    return element.get(name, "").strip().lower() if element.tag == tag else ""


def _background(value: str, around: Colour | None) -> Colour | None:
    """What a background is painted with; ``None`` where that shows through what is below."""
    for word in _COLOURS.findall(value):
        colour, alpha = colour_of(word)
        if colour is not None:
            return around if alpha < _MIN_ALPHA else colour if alpha > 1 - _MIN_ALPHA else None
    return around


def _is_transparent(opacity: str, filters: str, animation: str) -> bool:
    if animation and not animation.startswith("none"):
        return False  # it is shown in a moment
    faded = re.search(r"opacity\(\s*([\d.]+)(%?)\s*\)", filters)
    shares = [share(opacity), share(f"{faded[1]}{faded[2]}") if faded else 1.0]
    return min(shares) < _MIN_ALPHA


def _is_far(get: _Get) -> bool:
    """Whether a box stands beyond the edges of the screen that can't be scrolled to."""
    if get("position") in _OUT_OF_FLOW:
        for near, far in (("left", "right"), ("top", "bottom")):
            at, from_far = pixels(get(near)), pixels(get(far))
            reached = 4 * _FAR if near == "left" or get("position") == "fixed" else inf
            if at is not None:
                if at <= -_FAR or at >= reached:
                    return True
            elif from_far is not None and (from_far <= -_FAR or from_far >= 2 * _FAR):
                return True
    margins = (pixels(get("margin-left")), pixels(get("margin-top")))
    return any(margin is not None and margin <= -_FAR for margin in margins)


def _is_clipped(clip: str, path: str, position: str) -> bool:
    return (position in ("absolute", "fixed") and _leaves_no_box(clip)) or _leaves_no_shape(path)


def _leaves_no_box(clip: str) -> bool:
    match = _FUNCTION.search(clip)
    edges = [pixels(part) for part in match[2].replace(",", " ").split()] if match else []
    if match is None or match[1] != "rect" or len(edges) != _SIDES:
        return False
    top, right, bottom, left = edges
    return _is_flat(top, bottom) or _is_flat(left, right)


def _leaves_no_shape(path: str) -> bool:
    match = _FUNCTION.search(path)
    if match is None:
        return False
    name, numbers = match[1], re.findall(r"-?\d*\.?\d+", match[2])
    if name == "inset":
        stated = match[2].partition("round")[0].split()
        shares = [share(side) if side.endswith("%") else 0.0 for side in stated]
        top, right, bottom, left = sides(shares or [0.0])
        return len(shares) <= _SIDES and max(top + bottom, left + right) >= 1
    if name in ("circle", "ellipse"):
        return bool(numbers) and float(numbers[0]) == 0
    if name == "polygon":
        return len(set(match[2].replace("px", "").replace("%", "").split(","))) < 3 or not any(  # noqa: PLR2004 - corners
            float(number) for number in numbers
        )
    return False


def _is_flat(first: float | None, second: float | None) -> bool:
    return first is not None and second is not None and second - first < _MIN_BOX


def _is_cut_off(get: _Get) -> bool:
    """Whether a box without width or height hides what does not fit into it."""
    if not re.search(r"hidden|clip", get("overflow")):
        return False
    sizes = (pixels(get(name)) for name in ("width", "height", "max-width", "max-height"))
    return any(size is not None and size < _MIN_BOX for size in sizes)


def _is_shrunk(transform: str, scale: str) -> bool:
    if scale and any(share(part) == 0 for part in scale.split()):
        return True
    for match in _FUNCTION.finditer(transform):
        parts = match[2].replace(",", " ").split()
        if match[1] in ("scale", "scalex", "scaley", "scale3d") and any(
            share(part) == 0 for part in parts[:2]
        ):
            return True
        moved = (pixels(part) for part in parts if not part.endswith("%"))
        if match[1].startswith("translate") and any(at is not None and at <= -_FAR for at in moved):
            return True
        turned = re.fullmatch(r"(-?\d+)deg", "".join(parts))
        if match[1] in ("rotatex", "rotatey") and turned and int(turned[1]) % 180 == 90:  # noqa: PLR2004 - degrees
            return True
    return False
