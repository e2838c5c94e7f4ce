"""The ways in which styles hide an element whole: out of sight, transparent, cut off or struck."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from math import inf
from typing import Final, TypeAlias

from lxml.etree import _Element as Element

from ingest.loaders.html.css_values import pixels, share, sides
from ingest.loaders.html.look import FAR, MIN_ALPHA, Look, value_of

_MIN_BOX: Final = 2.0
"""Pixels of the smallest box that can be seen, where it cuts off what does not fit into it."""
_FUNCTION: Final = re.compile(r"([a-z0-9-]+)\(([^()]*)\)")
_SIDES: Final = 4
"""Of a box."""
_STRUCK: Final = frozenset({"del", "s", "strike"})
_OUT_OF_FLOW: Final = frozenset({"absolute", "fixed", "sticky", "relative"})
_Get: TypeAlias = Callable[[str], str]


def is_dropped(element: Element, declared: Mapping[str, str], look: Look) -> bool:
    """Whether an element is hidden or struck with all that is in it."""
    get = partial(value_of, declared, look)
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


def _is_transparent(opacity: str, filters: str, animation: str) -> bool:
    if animation and not animation.startswith("none"):
        return False  # it is shown in a moment
    faded = re.search(r"opacity\(\s*([\d.]+)(%?)\s*\)", filters)
    shares = [share(opacity), share(f"{faded[1]}{faded[2]}") if faded else 1.0]
    return min(shares) < MIN_ALPHA


def _is_far(get: _Get) -> bool:
    """Whether a box stands beyond the edges of the screen that can't be scrolled to."""
    if get("position") in _OUT_OF_FLOW:
        for near, far in (("left", "right"), ("top", "bottom")):
            at, from_far = pixels(get(near)), pixels(get(far))
            reached = 4 * FAR if near == "left" or get("position") == "fixed" else inf
            if at is not None:
                if at <= -FAR or at >= reached:
                    return True
            elif from_far is not None and (from_far <= -FAR or from_far >= 2 * FAR):
                return True
    margins = (pixels(get("margin-left")), pixels(get("margin-top")))
    return any(margin is not None and margin <= -FAR for margin in margins)


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
        if match[1].startswith("translate") and any(at is not None and at <= -FAR for at in moved):
            return True
        turned = re.fullmatch(r"(-?\d+)deg", "".join(parts))
        if match[1] in ("rotatex", "rotatey") and turned and int(turned[1]) % 180 == 90:  # noqa: PLR2004 - degrees
            return True
    return False
