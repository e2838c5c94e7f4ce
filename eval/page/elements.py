"""HTML as a tree, so that untrusted text can never become markup."""

from __future__ import annotations

from typing import TypeAlias
from xml.etree import ElementTree as ET

from eval.reports.grids import Grid

Element: TypeAlias = ET.Element
Child: TypeAlias = Element | str


def element(tag: str, *children: Child, **attributes: str) -> Element:
    """An element with children in order; strings are text.

    Attributes are named as in Python: ``class_``, ``aria_label``.
    """
    names = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    made = ET.Element(tag, names)
    for child in children:
        if not isinstance(child, str):
            made.append(child)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + child
        else:
            made.text = (made.text or "") + child
    return made


def data_table(caption: str, grid: Grid) -> Element:
    """A table with a caption; it scrolls where it is wide."""
    head = element("tr", *(element("th", cell, scope="col") for cell in grid.header))
    body = [
        element(
            "tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:])
        )
        for row in grid.rows
    ]
    made = element(
        "table",
        element("caption", caption),
        element("thead", head),
        element("tbody", *body),
    )
    return element("div", made, class_="scroll", role="region", tabindex="0", aria_label=caption)


def to_text(root: Element) -> str:
    """The tree as an HTML document. Contents of ``script`` and ``style`` are written as they are.

    What UTF-8 can't hold (half of a surrogate pair) becomes a question mark.
    """
    text = ET.tostring(root, encoding="unicode", method="html")
    return f"<!doctype html>\n{text}\n".encode("utf-8", "replace").decode("utf-8")
