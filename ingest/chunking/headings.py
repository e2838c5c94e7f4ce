"""Which headings stand above a block."""

from __future__ import annotations

from typing import TypeAlias

from app.domain.documents import BlockKind, Document

HeadingPath: TypeAlias = tuple[str, ...]
"""Headings from the outermost to the nearest."""


def heading_paths(document: Document) -> list[HeadingPath]:
    """The headings above each block of a document; a heading does not stand above itself."""
    paths: list[HeadingPath] = []
    above: tuple[tuple[int, str], ...] = ()
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            above = tuple(heading for heading in above if heading[0] < block.level)
        paths.append(tuple(text for _, text in above))
        if block.kind is BlockKind.HEADING:
            above += ((block.level, " ".join(document.text[slice(*block.span)].split())),)
    return paths
