"""Markdown text and tables from untrusted text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from eval.reports.wording import printable

_SPECIAL: Final = re.compile(r"[\\`*<>|&]|\](?=[(\[:])")
"""Characters that could end a cell, start a tag or a link, or change the formatting."""


def plain(text: str) -> str:
    """Escapes untrusted text (an id, a reason) as one line of Markdown."""
    return _SPECIAL.sub(r"\\\g<0>", printable(text))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Renders the lines of a table; cells are plain text."""
    lines = ["| " + " | ".join(map(plain, row)) + " |" for row in (header, *rows)]
    return [lines[0], "|---" * len(header) + "|", *lines[1:]]
