"""Text and tables in Markdown, of whatever text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from eval.reports.wording import printable

_SPECIAL: Final = re.compile(r"[\\`*<>|&]|\](?=[(\[:])")
"""What could end a cell, start a tag or a link, or change how the text is shown."""


def plain(text: str) -> str:
    """Text of others (an id, a reason) as one line that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\g<0>", printable(text))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; cells are text, not Markdown."""
    lines = ["| " + " | ".join(map(plain, row)) + " |" for row in (header, *rows)]
    return [lines[0], "|---" * len(header) + "|", *lines[1:]]
