"""Settings in lines (TOML, INI, properties, environment): the lines as they are, told apart."""

from __future__ import annotations

import re
from typing import Final

from app.domain.documents import Block, BlockKind, Cell
from ingest.loaders.model import LoadedDocument
from ingest.loaders.plain.outline_lines import Line, read_lines
from ingest.loaders.plain.text import load_text

_SECTION: Final = re.compile(
    r"\[{1,2}[ \t]*(?P<name>[^\[\]]{1,200}?)[ \t]*\]{1,2}[ \t]*(?:[#;].*)?"
)
_SETTING: Final = re.compile(
    r"(?:export[ \t]+|set[ \t]+)?(?P<key>[^\s=:#;\[\]{}][^=:\[\]{}]{0,100}?)"
    r"[ \t]*[=:][ \t]*(?P<value>\S.*)"
)
_COMMENT: Final = re.compile(r"(?:[#;]+|//)[ \t]*(?=\S)")
_OPENS: Final = ("[", "{", "(", ",", "\\", '"""', "'''")
"""Ends of a line whose value goes on below."""
_QUOTES: Final = "\"'"
_REMARK: Final = re.compile(r"(?<=[ \t])[#;]")


def load_settings(data: bytes) -> LoadedDocument:
    """Reads a file of settings; sections are headings, settings are rows with their key for a head.

    Raises:
        DocumentRejected: ``empty`` or ``undecodable``.
    """
    loaded = load_text(data, keep_lines=True)
    blocks: list[Block] = []
    for line in read_lines(loaded.text):
        if line.is_blank:
            continue
        block = _block(line)
        above = blocks[-1] if blocks else None
        is_code = block.kind is BlockKind.CODE and above is not None
        if is_code and above is not None and above.kind is BlockKind.CODE:
            gap = loaded.text[above.span[1] : block.span[0]]
            if "\n\n" not in gap:
                blocks[-1] = Block(BlockKind.CODE, (above.span[0], block.span[1]))
                continue
        blocks.append(block)
    return LoadedDocument(loaded.text, loaded.title, tuple(blocks), loaded.metadata)


def _block(line: Line) -> Block:
    text, (start, end) = line.text, line.span
    if match := _SECTION.fullmatch(text):
        level = min(6, 1 + match["name"].count("."))
        name = (start + match.start("name"), start + match.end("name"))
        return Block(BlockKind.HEADING, name, level)
    if match := _COMMENT.match(text):
        return Block(BlockKind.PARAGRAPH, (start + match.end(), end))
    match = _SETTING.fullmatch(text)
    if match is None or match["value"].endswith(_OPENS):
        return Block(BlockKind.CODE, line.span)
    first, last = match.span("value")
    if text[first] in _QUOTES and (closing := text.find(text[first], first + 1)) > first + 1:
        first, last = first + 1, closing
    elif remark := _REMARK.search(text, first):
        last = first + len(text[first : remark.start()].rstrip())
    cell = Cell((start + first, start + last), match["key"].strip("\"' "))
    return Block(BlockKind.TABLE, line.span, cells=(cell,))
