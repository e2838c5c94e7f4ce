"""Word's formulas (OMML) as linear text close to LaTeX: ``(a)/(b)``, ``x_i^2``, ``√(x)``."""

from __future__ import annotations

from typing import Final

from lxml.etree import _Element as Element

M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_HAT: Final = "\u0302"
"""The accent of a formula that names none."""


def formula_text(element: Element) -> str:  # noqa: C901, PLR0911, PLR0912 - one case an element
    """Text of an ``m:oMath`` element or of any part of it."""
    tag = element.tag.removeprefix(M) if isinstance(element.tag, str) else ""
    match tag:
        case "t":
            return element.text or ""
        case "f":
            return f"{_group(element, 'num')}/{_group(element, 'den')}"
        case "sSub":
            return f"{_part(element, 'e')}_{_group(element, 'sub')}"
        case "sSup":
            return f"{_part(element, 'e')}^{_group(element, 'sup')}"
        case "sSubSup":
            base = _part(element, "e")
            return f"{base}_{_group(element, 'sub')}^{_group(element, 'sup')}"
        case "rad":
            degree = _part(element, "deg")
            return f"{degree and f'[{degree}]'}√({_part(element, 'e')})"
        case "nary":
            return _n_ary(element)
        case "d":
            return _delimited(element)
        case "func":
            return f"{_part(element, 'fName')} {_part(element, 'e')}"
        case "limLow":
            return f"{_part(element, 'e')}_{_group(element, 'lim')}"
        case "limUpp":
            return f"{_part(element, 'e')}^{_group(element, 'lim')}"
        case "acc":
            return f"{_part(element, 'e')}{_property(element, 'accPr', 'chr', _HAT)}"
        case "m":
            rows = (
                " & ".join(_all(cell) for cell in row.iterfind(f"{M}e"))
                for row in element.iterfind(f"{M}mr")
            )
            return "; ".join(rows)
        case "eqArr":
            return "; ".join(_all(line) for line in element.iterfind(f"{M}e"))
    return "" if tag.endswith("Pr") else _all(element)


def _all(element: Element) -> str:
    return "".join(formula_text(child) for child in element)


def _part(element: Element, name: str) -> str:
    child = element.find(f"{M}{name}")
    return _all(child) if child is not None else ""


def _group(element: Element, name: str) -> str:
    text = _part(element, name)
    return text if len(text) <= 1 else f"({text})"


def _property(element: Element, properties: str, name: str, default: str) -> str:
    child = element.find(f"{M}{properties}/{M}{name}")
    return child.get(f"{M}val", "") if child is not None else default


def _n_ary(element: Element) -> str:
    sign = _property(element, "naryPr", "chr", "∫")
    lower, upper = _group(element, "sub"), _group(element, "sup")
    limits = (f"_{lower}" if lower else "") + (f"^{upper}" if upper else "")
    return f"{sign}{limits} {_part(element, 'e')}"


def _delimited(element: Element) -> str:
    opening = _property(element, "dPr", "begChr", "(")
    closing = _property(element, "dPr", "endChr", ")")
    separator = _property(element, "dPr", "sepChr", "|")
    return opening + separator.join(_all(part) for part in element.iterfind(f"{M}e")) + closing
