"""What the text of an element looks like under its styles, and whether it can be seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from lxml.etree import _Element as Element

from ingest.loaders.html.css_values import Colour, colour_of, contrast, pixels, type_size

_WHITE: Final = (1.0, 1.0, 1.0)
_BLACK: Final = (0.0, 0.0, 0.0)
_MIN_CONTRAST: Final = 1.1
"""Contrast by WCAG, from 1 to 21, below which text can't be told from what it stands on."""
MIN_ALPHA: Final = 0.06
"""Opacity below which nothing is seen."""
_MIN_TYPE: Final = 2.0
"""Pixels of the smallest type that can be seen."""
FAR: Final = 900.0
"""Pixels beyond the left or upper edge from which text is nowhere on the screen."""
_VARIABLE: Final = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)", re.IGNORECASE)
_MAX_VARIABLES: Final = 8
_MAX_VALUE: Final = 2_000
_COLOURS: Final = re.compile(r"#[0-9a-f]+|[a-z-]+\([^()]*\)|[a-z-]+")
_CANVAS: Final = frozenset({"html", "body"})


@dataclass(frozen=True, slots=True)
class Look:
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
        if not self.visible or self.size < _MIN_TYPE or self.indent <= -FAR:
            return False
        if self.alpha < MIN_ALPHA:
            return False
        if self.ink is None or self.ground is None:
            return True
        return contrast(self.ink, self.ground, alpha=self.alpha) >= _MIN_CONTRAST


def look_of(element: Element, declared: Mapping[str, str], around: Look) -> Look:
    """The look of an element, whose text takes over from ``around`` what is not declared."""
    variables = {name: value for name, value in declared.items() if name.startswith("--")}
    look = replace(around, variables={**around.variables, **variables}) if variables else around
    if not declared and not element.attrib:
        return look
    get = partial(value_of, declared, look)
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


def value_of(declared: Mapping[str, str], look: Look, name: str) -> str:
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
            return around if alpha < MIN_ALPHA else colour if alpha > 1 - MIN_ALPHA else None
    return around
