"""Blocks of a LaTeX body: sections, paragraphs, lists, tables, formulas, code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from pylatexenc.latexwalker import (
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexMathNode,
    LatexSpecialsNode,
)

from app.domain.documents import BlockKind
from ingest.loaders.encodings.cleaning import join_lines
from ingest.loaders.latex.inline import LINE, PARAGRAPH, Inline
from ingest.loaders.model import Piece
from ingest.loaders.tables.grid import GridCell
from ingest.loaders.tables.rows import table_pieces

_SECTIONS: Final = {
    "part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4,
    "paragraph": 5, "subparagraph": 6,
}  # fmt: skip
_FORMULAS: Final = frozenset(
    "equation align gather multline eqnarray displaymath math alignat flalign dmath".split()  # noqa: SIM905 - word lists read best as words
)
_LISTS: Final = frozenset({"itemize", "enumerate", "description", "compactitem", "list"})
_CODE: Final = frozenset({"verbatim", "Verbatim", "lstlisting", "minted", "alltt"})
_TABLES: Final = frozenset({"tabular", "tabularx", "tabulary", "longtable", "tabu", "array"})
_FLOATS: Final = frozenset(
    {"table", "figure", "wraptable", "wrapfigure", "sidewaystable", "longtable"}
)
_DROPPED: Final = frozenset({"comment", "tikzpicture", "pgfpicture", "picture", "filecontents"})
_RULES: Final = frozenset({"hline", "midrule", "toprule", "bottomrule", "cline", "cmidrule"})
_MAX_HEADER_ROWS: Final = 3
_CODE_BODY: Final = re.compile(
    r"\\begin\{[^}]*\}(?:\[[^\]]*\])?(?:\{[^}]*\})?\n?(.*?)\n?\\end\{[^}]*\}", re.DOTALL
)
_BIBLIOGRAPHY_ITEM: Final = re.compile(r"^\s*(?:\[[^\]]*\])?\s*")


class LatexBlocks:
    """Collects pieces. Call `write` with nodes, then `finish`."""

    def __init__(self, inline: Inline) -> None:
        self._inline = inline
        self._pieces: list[Piece] = []
        self._buffer: list[str] = []
        self._markers: list[str] = []
        self._item = 0
        self._marker = ""
        self._in_list = False
        self._in_item = False

    def finish(self) -> list[Piece]:
        """All pieces, in order."""
        self._end_paragraph()
        return self._pieces

    def write(self, nodes: Sequence[Any]) -> None:
        """Writes nodes in reading order."""
        for node in nodes:
            self._write_node(node)

    def _write_node(self, node: Any) -> None:
        if isinstance(node, LatexEnvironmentNode):
            self._environment(node)
        elif isinstance(node, LatexMathNode) and node.displaytype == "display":
            self._add(BlockKind.FORMULA, str(node.latex_verbatim()))
        elif isinstance(node, LatexMacroNode) and node.macroname.rstrip("*") in _SECTIONS:
            title = self._inline.text(self._inline.arguments(node)[-1:])
            self._add(
                BlockKind.HEADING, title.replace(LINE, " "), _SECTIONS[node.macroname.rstrip("*")]
            )
        elif isinstance(node, LatexMacroNode) and node.macroname == "caption":
            caption = self._inline.text(self._inline.arguments(node)[-1:])
            self._add(BlockKind.TERM, caption.replace(LINE, " ").replace(PARAGRAPH, " "))
        elif isinstance(node, LatexMacroNode) and node.macroname in ("item", "bibitem"):
            self._start_item(node)
        elif isinstance(node, LatexGroupNode):
            self.write(node.nodelist)
        elif node is not None:
            self._text(self._inline.node(node))

    def _text(self, text: str) -> None:
        first, *others = text.split(PARAGRAPH)
        self._buffer.append(first)
        for other in others:
            self._end_paragraph()
            self._buffer.append(other)

    def _add(self, kind: BlockKind, text: str, level: int = 0) -> None:
        self._end_paragraph()
        self._pieces.append(Piece(kind, text, level=level))
        self._in_list = self._in_item = False

    def _end_paragraph(self) -> None:
        lines = (join_lines(line) for line in "".join(self._buffer).split(LINE))
        text = "\n".join(line for line in lines if line)
        self._buffer.clear()
        if not text:
            return
        if not self._markers:
            self._add(BlockKind.PARAGRAPH, text)
            return
        indent = "  " * (len(self._markers) - 1)
        lead = indent + (self._marker or "  ")
        level = len(self._markers) - 1
        goes_on = self._in_item and not self._marker and self._pieces[-1].level == level
        if goes_on:
            item = self._pieces.pop()
            lead = f"{item.text}\n{lead}"
        tight = item.tight if goes_on else self._in_list
        self._pieces.append(Piece(BlockKind.LIST, lead + text, level=level, tight=tight))
        self._marker, self._in_list, self._in_item = "", True, True

    def _start_item(self, node: Any) -> None:
        self._end_paragraph()
        self._item += 1
        self._in_item = False
        label = self._inline.text(self._inline.arguments(node)[:1]).strip()
        marker = self._markers[-1] if self._markers else "- "
        if label and node.macroname == "item":
            self._marker = f"- {label}: " if self._markers else f"{label} "
        elif node.macroname == "bibitem":
            self._marker = f"[{label.split(',')[0]}] "
        else:
            self._marker = f"{self._item}. " if marker == "1. " else marker

    def _environment(self, node: Any) -> None:
        name = node.environmentname.rstrip("*")
        if name in _DROPPED:
            return
        if name in _FORMULAS:
            self._add(BlockKind.FORMULA, str(node.latex_verbatim()))
        elif name in _CODE:
            found = _CODE_BODY.search(node.latex_verbatim())
            self._add(BlockKind.CODE, found[1] if found else "")
        elif name in _TABLES:
            self._end_paragraph()
            self._pieces.extend(self._table(node))
            self._in_list = self._in_item = False
        elif name in _LISTS or name == "thebibliography":
            self._list(node, name)
        else:
            self._end_paragraph()
            if name == "abstract":
                self._add(BlockKind.HEADING, "Abstract", level=2)
            self._text(self._inline.environment_label(name))
            first = len(self._pieces)
            self.write(node.nodelist)
            self._end_paragraph()
            if name in _FLOATS:
                self._pieces[first:] = _captions_first(self._pieces[first:])

    def _list(self, node: Any, name: str) -> None:
        self._end_paragraph()
        if not self._markers:
            self._in_list = False
        if name == "thebibliography":
            self._add(BlockKind.HEADING, "References", level=2)
        outer, self._item = self._item, 0
        self._markers.append("1. " if name == "enumerate" else "- ")
        self.write(node.nodelist)
        self._end_paragraph()
        self._markers.pop()
        self._in_item = False
        self._item, self._marker = outer, ""

    def _table(self, node: Any) -> list[Piece]:
        rows: list[list[GridCell]] = []
        cells: list[list[Any]] = [[]]
        header_rows = 0
        nodes = [*node.nodelist, None]
        for part in nodes:
            name = part.macroname if isinstance(part, LatexMacroNode) else ""
            if isinstance(part, LatexSpecialsNode) and part.specials_chars == "&":
                cells.append([])
            elif part is None or name in ("\\", "tabularnewline"):
                rows.append([self._cell(cell) for cell in cells])
                cells = [[]]
            elif name in _RULES:
                filled = sum(any(cell.text for cell in row) for row in rows)
                if name in ("hline", "midrule") and filled and not header_rows:
                    header_rows = len(rows)
            else:
                cells[-1].append(part)
        if header_rows > _MAX_HEADER_ROWS or not any(
            cell.text for row in rows[header_rows:] for cell in row
        ):
            header_rows = 0
        return table_pieces(_fill_rows(rows), header_rows=header_rows)

    def _cell(self, nodes: list[Any]) -> GridCell:
        text = join_lines(self._inline.text(nodes).replace(LINE, " ").replace(PARAGRAPH, " "))
        for node in nodes:
            name = node.macroname if isinstance(node, LatexMacroNode) else ""
            if name in ("multicolumn", "multirow"):
                span = self._inline.text(self._inline.arguments(node)[:1]).strip()
                count = int(span) if span.isdecimal() else 1
                is_wide = name == "multicolumn"
                return GridCell(text, columns=count if is_wide else 1, rows=1 if is_wide else count)
        return GridCell(text)


def _captions_first(pieces: list[Piece]) -> list[Piece]:
    """Puts the captions of a float above its tables; those of figures head nothing."""
    is_table = any(piece.kind is BlockKind.TABLE for piece in pieces)
    if not is_table:
        paragraph = BlockKind.PARAGRAPH
        return [replace(p, kind=paragraph) if p.kind is BlockKind.TERM else p for p in pieces]
    first = next(n for n, piece in enumerate(pieces) if piece.kind is BlockKind.TABLE)
    if any(piece.kind is BlockKind.TERM and not piece.tight for piece in pieces[:first]):
        return pieces
    below = [n for n, p in enumerate(pieces) if p.kind is BlockKind.TERM and not p.tight]
    moved = [pieces[n] for n in below[:1]]
    rest = [piece for n, piece in enumerate(pieces) if n not in below[:1]]
    return [*rest[:first], *moved, *rest[first:]]


def _fill_rows(rows: list[list[GridCell]]) -> list[list[GridCell]]:
    """Repeats what spans rows in the empty cells that LaTeX wants below it."""
    below: dict[int, tuple[int, str]] = {}
    filled: list[list[GridCell]] = []
    for row in rows:
        line: list[GridCell] = []
        column = 0
        for cell in row:
            left, text = below.get(column, (0, ""))
            if left and not cell.text:
                below[column] = (left - 1, text)
                line.append(GridCell(text))
            else:
                below[column] = (cell.rows - 1, cell.text)
                line.append(GridCell(cell.text, columns=cell.columns))
            column += cell.columns
        filled.append(line)
    return filled
