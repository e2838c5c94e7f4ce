"""Line plots as SVG, each with a description and a table of its values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from eval.page.elements import Element, data_table, element
from eval.reports.grids import Grid

WIDTH: Final = 720
HEIGHT: Final = 340
LEFT: Final = 56
RIGHT: Final = 16
TOP: Final = 28
BOTTOM: Final = 46
"""Size of a plot and its margins, in units of its view box."""
STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2)
"""Possible distances of grid lines; the first that gives few enough lines is used."""
MOST_LINES: Final = 6
STYLES: Final = 5
"""Number of line styles in the style sheet."""


@dataclass(frozen=True, slots=True)
class Series:
    """A named line through points of increasing x, with one at every mark; y is from 0 to 1."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """The x axis: its label, its marks, and whether it is logarithmic."""

    label: str
    marks: tuple[float, ...]
    logarithmic: bool = False


def line_plot(title: str, axis: Axis, y_label: str, series: Sequence[Series]) -> Element:
    """A figure: the plot, and below it a table of the values at the marks."""
    low, high, step = _y_range([y for line in series for _, y in line.points])
    x_of, y_of = _scales(axis, low, high)
    drawing = element(
        "svg",
        element("title", title),
        element("desc", _description(axis, series)),
        *_grid(axis, y_label, (low, high, step), x_of, y_of),
        *(_line(n, line, axis, x_of, y_of) for n, line in enumerate(series)),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=f"{title}. {_description(axis, series)}",
    )
    numbers = Grid((axis.label, *map(_number, axis.marks)), tuple(_at_marks(axis, series)))
    return element(
        "figure",
        element("figcaption", title),
        _legend(series),
        drawing,
        element("details", element("summary", "Numbers"), data_table(title, numbers)),
    )


def _at_marks(axis: Axis, series: Sequence[Series]) -> Iterator[tuple[str, ...]]:
    for line in series:
        values = dict(line.points)
        yield (line.name, *(f"{values[mark]:.3f}" for mark in axis.marks))


def _y_range(values: Sequence[float]) -> tuple[float, float, float]:
    """Bounds of all values, on multiples of a step, within 0 and 1."""
    least, most = min(values), max(values)
    for step in STEPS:
        low = min(max(0.0, math.floor(least / step) * step), 1.0 - step)
        high = min(1.0, max(math.ceil(most / step) * step, low + step))
        if (high - low) / step <= MOST_LINES:
            break
    return low, high, step


Scale = Callable[[float], float]


def _scales(axis: Axis, low: float, high: float) -> tuple[Scale, Scale]:
    position: Scale = math.log10 if axis.logarithmic else float
    first, last = position(axis.marks[0]), position(axis.marks[-1])

    def x_of(x: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (position(x) - first) / (last - first)

    def y_of(y: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - y) / (high - low)

    return x_of, y_of


def _grid(
    axis: Axis, y_label: str, y_range: tuple[float, float, float], x_of: Scale, y_of: Scale
) -> list[Element]:
    low, high, step = y_range
    parts = []
    for n in range(round((high - low) / step) + 1):
        y = y_of(low + n * step)
        parts.append(_rule(LEFT, y, WIDTH - RIGHT, y))
        parts.append(_label(f"{low + n * step:.2f}", LEFT - 8, y + 4, anchor="end"))
    floor = HEIGHT - BOTTOM
    for mark in axis.marks:
        parts.append(_rule(x_of(mark), floor, x_of(mark), floor + 5))
        parts.append(_label(_number(mark), x_of(mark), floor + 20, anchor="middle"))
    parts.append(_label(axis.label, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, anchor="middle"))
    parts.append(_label(y_label, 4, 14))
    return parts


def _line(number: int, series: Series, axis: Axis, x_of: Scale, y_of: Scale) -> Element:
    path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in series.points)
    dots = [
        element(
            "circle",
            element("title", f"{series.name}: {y:.3f} at {_number(x)}"),
            cx=f"{x_of(x):.1f}",
            cy=f"{y_of(y):.1f}",
            r="3",
        )
        for x, y in series.points
        if x in axis.marks
    ]
    line = element("polyline", points=path, fill="none")
    return element("g", line, *dots, class_=f"series series-{number % STYLES}")


def _legend(series: Sequence[Series]) -> Element:
    items = []
    for number, line in enumerate(series):
        stroke = element("line", x1="0", y1="5", x2="32", y2="5")
        sample = element("svg", stroke, viewBox="0 0 32 10", aria_hidden="true")
        classes = f"series series-{number % STYLES}"
        items.append(element("li", sample, element("span", line.name), class_=classes))
    return element("ul", *items, class_="legend")


def _rule(x1: float, y1: float, x2: float, y2: float) -> Element:
    ends = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
    return element("line", class_="rule", **ends)


def _label(text: str, x: float, y: float, *, anchor: str = "start") -> Element:
    return element("text", text, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor)


def _number(value: float) -> str:
    return f"{value:g}"


def _description(axis: Axis, series: Sequence[Series]) -> str:
    lines = [
        f"{line.name} from {line.points[0][1]:.3f} at {_number(line.points[0][0])} "
        f"to {line.points[-1][1]:.3f} at {_number(line.points[-1][0])}"
        for line in series
    ]
    return f"By {axis.label}: {'; '.join(lines)}."
