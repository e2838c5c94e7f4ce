"""Bold type: which text is set in it from end to end, and which only begins with it.

While text is collected, bold stretches stand between two control characters, which no source can
hold: `html_tree.parse_html` takes them out.
"""

from __future__ import annotations

import re
from typing import Final

from lxml.etree import _Element as Element

BOLD: Final = "\x01"
PLAIN: Final = "\x02"
"""What stands before and behind a bold stretch; stretches may nest."""
_MARKS: Final = re.compile(f"[{BOLD}{PLAIN}]")
_BOLD_TAGS: Final = frozenset({"b", "strong"})
_BOLD_STYLE: Final = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)


def sets_bold(element: Element) -> bool:
    """Whether an element sets its text in bold type."""
    style = element.get("style")
    return element.tag in _BOLD_TAGS or (style is not None and bool(_BOLD_STYLE.search(style)))


def is_bold(element: Element) -> bool:
    """Whether all text in an element is bold, and there is some."""
    if not any(sets_bold(inner) for inner in element.iter("b", "strong", "span")):
        return False
    plain = "boolean(.//text()[normalize-space() and not(ancestor::b or ancestor::strong)])"
    styled = all(sets_bold(inner) for inner in element if isinstance(inner.tag, str))
    own = (element.text or "") + "".join(inner.tail or "" for inner in element)
    return not element.xpath(plain) or (styled and not own.strip())


def unmarked(text: str) -> str:
    """``text`` without marks."""
    return _MARKS.sub("", text)


def is_strong(text: str) -> bool:
    """Whether all of a marked text is bold."""
    return bool(unmarked(text).strip()) and not split_lead(text)[1].strip()


def split_lead(text: str) -> tuple[str, str]:
    """The bold stretch that a marked text begins with, and the rest; both without marks."""
    depth = 0
    for match in re.finditer(f"[{BOLD}{PLAIN}]|[^{BOLD}{PLAIN}]+", text):
        if match[0] == BOLD:
            depth += 1
        elif match[0] == PLAIN:
            depth -= 1
        elif depth <= 0 and match[0].strip():
            return unmarked(text[: match.start()]), unmarked(text[match.start() :])
    return unmarked(text), ""
