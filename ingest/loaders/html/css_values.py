"""Lengths, shares and colours of style sheets, as a usual screen shows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeAlias, TypeVar

from tinycss2 import color4

_LENGTH: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([a-z%]*)")
_PIXELS: Final = {
    "": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0,
    "cm": 37.8, "mm": 3.78, "in": 96.0, "vw": 12.8, "vh": 8.0, "vmin": 8.0, "vmax": 12.8, "%": 10.0,
    "lh": 20.0, "rlh": 20.0, "dvw": 12.8, "dvh": 8.0, "svw": 12.8, "svh": 8.0,
}  # fmt: skip
"""What a unit is on a usual screen; per cent as of a box of 1,000 pixels."""
_CALCULATED: Final = re.compile(r"calc\(([^()]*)\)")
_TYPE_SIZES: Final = {
    "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0,
    "x-large": 24.0, "xx-large": 32.0, "smaller": 13.0, "larger": 19.0,
}  # fmt: skip
Colour: TypeAlias = tuple[float, float, float]
"""Red, green and blue in [0, 1]."""
_T = TypeVar("_T")


def pixels(value: str, size: float = 16.0) -> float | None:
    """A length, ``None`` for what is none; ``size`` is that of the type."""
    if calculated := _CALCULATED.fullmatch(value):
        sign = -1.0 if calculated[1].strip().startswith(("0px -", "-1 *", "0 -")) else 1.0
        found = [pixels(part, size) for part in re.findall(r"-?[\d.]+[a-z%]+", calculated[1])]
        return sign * sum(part for part in found if part is not None) if found else None
    match = _LENGTH.fullmatch(value)
    if match is None or match[2] not in _PIXELS:
        return None
    unit = size if match[2] == "em" else _PIXELS[match[2]]
    return float(match[1]) * unit


def type_size(value: str, around: float) -> float:
    """Pixels of a type size within type of the size ``around``."""
    if value in _TYPE_SIZES:
        return _TYPE_SIZES[value]
    size = around * share(value) if value.endswith("%") else pixels(value, around)
    return around if size is None else size


def share(value: str) -> float:
    """A number or a percentage; 1 for what is neither."""
    match = _LENGTH.fullmatch(value)
    if match is None:
        return 1.0
    return float(match[1]) / (100 if match[2] == "%" else 1)


def sides(parts: Sequence[_T]) -> tuple[_T, _T, _T, _T]:
    """Top, right, bottom and left of values, where the left may be that of the right and so on."""
    stated = dict(enumerate(parts))
    top = stated[0]
    right = stated.get(1, top)
    return top, right, stated.get(2, top), stated.get(3, right)


def colour_of(value: str) -> tuple[Colour | None, float]:
    """A colour, ``None`` if unknown, and its opacity."""
    if re.fullmatch(r"[0-9a-f]{6}|[0-9a-f]{3}", value):
        value = f"#{value}"  # as attributes may have it
    try:
        parsed = color4.parse_color(value)
    except (ValueError, RecursionError):
        return None, 1.0
    if parsed is None or isinstance(parsed, str):
        return None, 1.0
    alpha = float(parsed.alpha)
    try:
        red, green, blue = (float(part) for part in parsed.to("srgb").coordinates)
    except (NotImplementedError, TypeError, ValueError):
        first = parsed.coordinates[0]
        light = float(first) if isinstance(first, int | float) else 0.5
        grey = light if light <= 1 else light / 100
        return (grey, grey, grey), alpha  # lightness comes first in those that are left
    return (red, green, blue), alpha


def contrast(ink: Colour, ground: Colour, *, alpha: float) -> float:
    """From 1 to 21, of ink that covers its ground to the share ``alpha``. Source: WCAG 2.2."""
    red, green, blue = (alpha * a + (1 - alpha) * b for a, b in zip(ink, ground, strict=True))
    light, dark = _luminance((red, green, blue)), _luminance(ground)
    return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)


def _luminance(colour: Colour) -> float:
    """Relative luminance. Source: WCAG 2.2, section 3."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - of sRGB
        for part in (min(max(part, 0.0), 1.0) for part in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
