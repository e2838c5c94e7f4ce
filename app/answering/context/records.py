"""Records: documents of names and values, one a line, that are about one thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.domain.documents import Block

_FIRST_LINES: Final = 3
"""Among which a record says what it is of; a comment may stand above it."""
_LONGEST_NAME: Final = 80
"""Characters of what a record is of; what is longer describes it."""
_NAMES_RECORD: Final = re.compile(
    r"(?:^|[^a-z])(?:service|app|application|product|model|device|machine|system)$"
    r"|(?:型号|产品|机型|服务|系统)$",
    re.IGNORECASE,
)


def record_of(text: str, blocks: Sequence[Block]) -> str:
    """The thing that a record says in its first lines that it is of; empty for other documents.

    A person's name is none: who stands in a setting could be taken for either side of a row.
    """
    first = next((block for block in blocks[:_FIRST_LINES] if block.cells), None)
    if first is None or len(first.cells) > 1:
        return ""
    start, end = first.cells[0].span
    names = _NAMES_RECORD.search(first.cells[0].head) is not None
    return text[start:end].strip() if names and end - start <= _LONGEST_NAME else ""
