"""JSON and YAML files: a line for each value with the path to it, a row for each object of a list.

``server › http › port: 8080`` can be found and quoted by itself, which ``port: 8080`` twenty lines
below ``server:`` can't. Long texts stay as they are, below their path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.domain.documents import BlockKind
from ingest.loaders.compose import compose
from ingest.loaders.encodings.cleaning import clean_lines, normalise
from ingest.loaders.encodings.encoding import decode
from ingest.loaders.model import LoadedDocument, Piece
from ingest.loaders.plain.outline import outline
from ingest.loaders.plain.text import load_text, text_pieces
from ingest.loaders.records.data_tree import Branch, Entry, Leaf, NoData, Node, read_json, read_yaml
from ingest.loaders.tables.grid import GridCell
from ingest.loaders.tables.rows import Row, Value, row_piece

_STEP: Final = " › "
_MAX_KEY: Final = 80
_MAX_PATH: Final = 240
_MAX_VALUE: Final = 240
"""Characters of the longest value that stands behind its path; longer ones stand below it."""
_MAX_ITEM: Final = 80
"""The same for items that share a line."""
_MAX_ROW: Final = 2_000
_NAMES: Final = ("name", "title", "id", "key", "code", "label", "名称", "标题", "编号", "姓名")
"""Keys by whose value an object of a list is called."""
_QUESTIONS: Final = ("question", "q", "问题", "问")
_ANSWERS: Final = ("answer", "a", "回答", "答案", "答")
_COMMENT: Final = re.compile(r"[ \t]*#+ ?(.*)")
_TRAILING: Final = re.compile(r"[ \t]+#+ ?(\S.*)")
_CODE_SIGNS: Final = re.compile(r"[{};=$<>|\\]|^[ \t]{2,}\S", re.MULTILINE)


def load_json(data: bytes) -> LoadedDocument:
    """Reads a JSON file; what is none, such as JSON with comments, is read as lines.

    Raises:
        DocumentRejected: ``empty`` or ``undecodable``.
    """
    return _load(data, read_json, "json")


def load_yaml(data: bytes) -> LoadedDocument:
    """Reads a YAML file with its comments; what is none is read as lines.

    Raises:
        DocumentRejected: ``empty`` or ``undecodable``.
    """
    return _load(data, read_yaml, "yaml")


def _load(data: bytes, read: Callable[[str], Node], name: str) -> LoadedDocument:
    decoded = decode(data)
    text = normalise(decoded.text)
    try:
        tree = read(text)
    except NoData:
        return load_text(data, keep_lines=True)
    pieces = list(_Writer(text.split("\n") if name == "yaml" else []).pieces(tree))
    if not pieces:
        return load_text(data, keep_lines=True)
    metadata = {"format": name}
    if decoded.encoding != "utf-8":
        metadata["encoding"] = decoded.encoding
    return compose(pieces, title=_title(tree), metadata=metadata)


def _title(tree: Node) -> str:
    entries = tree.entries if isinstance(tree, Branch) and not tree.is_list else ()
    for entry in entries:
        if entry.key.lower() == "title" and isinstance(entry.node, Leaf):
            return entry.node.text
    return ""


class _Writer:
    """Writes a tree as pieces; ``lines`` are those of the source, for its comments."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._seen = 0
        """Lines whose comments have been written."""

    def pieces(self, tree: Node) -> Iterator[Piece]:
        yield from self._node(tree, ())
        yield from self._comments(len(self._lines))

    def _node(self, node: Node, path: tuple[str, ...]) -> Iterator[Piece]:
        if isinstance(node, Leaf):
            yield from self._leaf(node, path)
        elif not node.entries:
            if path:
                yield from self._leaf(Leaf("[]" if node.is_list else "{}"), path)
        elif not node.is_list:
            for entry in node.entries:
                yield from self._comments(entry.line)
                yield from self._node(entry.node, (*path, entry.key))
        elif all(isinstance(entry.node, Leaf) for entry in node.entries):
            yield from self._values(node, path)
        else:
            yield from self._objects(node, path)

    def _leaf(self, leaf: Leaf, path: tuple[str, ...]) -> Iterator[Piece]:
        text = leaf.text.strip()
        label = _path(path)
        if "\n" in text or len(text) > _MAX_VALUE:
            if label:
                yield Piece(BlockKind.TERM, label)
            laid_out = any(part.row or part.kind is BlockKind.LIST for part in outline(text))
            if "\n" in text and not laid_out and _CODE_SIGNS.search(text):
                yield Piece(BlockKind.CODE, leaf.text, tight=True)
            else:
                yield from text_pieces(text)
            self._pass(leaf)
            return
        value = _value(text, label, path[-1] if path else "")
        yield self._commented(row_piece(Row((value,))), leaf)

    def _values(self, node: Branch, path: tuple[str, ...]) -> Iterator[Piece]:
        """Items of a list, in one line if they are short."""
        leaves = [entry.node for entry in node.entries if isinstance(entry.node, Leaf)]
        shown = [clean_lines(leaf.text) or '""' for leaf in leaves]
        is_short = all(len(text) <= _MAX_ITEM for text in shown)
        if not is_short or sum(map(len, shown)) > _MAX_VALUE or not path:
            for entry in node.entries:
                yield from self._comments(entry.line)
                yield from self._node(entry.node, path)
            return
        label, head = _path(path), path[-1]
        values = (_value(text, "" if n else label, head) for n, text in enumerate(shown))
        yield self._commented(row_piece(Row(tuple(values), joined=", ")), *leaves)

    def _objects(self, node: Branch, path: tuple[str, ...]) -> Iterator[Piece]:
        """Objects of a list, each as a row if its values are short, else below its name."""
        in_table = False
        for entry in node.entries:
            yield from self._comments(entry.line)
            row = _row(entry.node)
            if row is None:
                in_table = False
                yield from self._node(entry.node, (*path, _name(entry)))
                continue
            if path and not in_table:
                yield Piece(BlockKind.TERM, _path(path))
            in_table = True
            yield from _questioned(row) or [self._commented(row_piece(row), *_leaves(entry.node))]

    def _comments(self, before: int) -> Iterator[Piece]:
        """Comments on lines of their own up to a line, those that follow each other as one."""
        found: list[str] = []
        for line in self._lines[self._seen : before]:
            if match := _COMMENT.fullmatch(line):
                found.append(match[1])
            elif found:
                yield Piece(BlockKind.PARAGRAPH, "\n".join(found))
                found = []
        if found:
            yield Piece(BlockKind.PARAGRAPH, "\n".join(found))
        self._seen = max(self._seen, before)

    def _commented(self, piece: Piece, *leaves: Leaf) -> Piece:
        """The piece with the comments that stand behind its values."""
        text = piece.text
        for leaf in leaves:
            line = self._lines[leaf.line] if leaf.line < len(self._lines) else ""
            if not leaf.is_block and (match := _TRAILING.match(line, leaf.column)):
                text += f" # {clean_lines(match[1])}"
            self._pass(leaf)
        return replace(piece, text=text)

    def _pass(self, leaf: Leaf) -> None:
        """Leaves out the lines of a value, which may hold what looks like comments."""
        self._seen = max(self._seen, leaf.line if leaf.is_block else leaf.line + 1)


def _row(node: Node) -> Row | None:
    """An object as the values of a row; ``None`` where it is none, or too large for one."""
    if isinstance(node, Leaf) or node.is_list or not node.entries:
        return None
    values: list[Value] = []
    for label, text in _flat(node, ()):
        if text is None or "\n" in text.strip() or len(text) > _MAX_VALUE:
            return None
        values.append(_value(text, label, label))
    too_long = sum(len(value.text) + len(value.label) for value in values) > _MAX_ROW
    return None if too_long else Row(tuple(values))


def _flat(node: Branch, path: tuple[str, ...]) -> Iterator[tuple[str, str | None]]:
    """Labels and values within an object; no value where a list of objects stands in it."""
    for entry in node.entries:
        here = (*path, entry.key)
        if isinstance(entry.node, Leaf):
            yield _path(here), entry.node.text
        elif not entry.node.is_list:
            yield from _flat(entry.node, here)
        elif all(isinstance(item.node, Leaf) for item in entry.node.entries):
            items = (item.node.text for item in entry.node.entries if isinstance(item.node, Leaf))
            yield _path(here), ", ".join(items)
        else:
            yield _path(here), None


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
        return
    for entry in node.entries:
        yield from _leaves(entry.node)


def _questioned(row: Row) -> list[Piece]:
    """A question and its answer, where an object has nothing else; else nothing."""
    values = {value.label.lower(): value.text for value in row.values}
    question = next((values[key] for key in _QUESTIONS if key in values), None)
    answer = next((values[key] for key in _ANSWERS if key in values), None)
    if question is None or answer is None or len(values) > 2:  # noqa: PLR2004 - the two of them
        return []
    return [Piece(BlockKind.TERM, question), Piece(BlockKind.PARAGRAPH, answer)]


def _name(entry: Entry) -> str:
    """What an item of a list is called: by a member that names it, else by its count."""
    members = entry.node.entries if isinstance(entry.node, Branch) else ()
    named = {member.key.lower(): member.node for member in members}
    for key in _NAMES:
        node = named.get(key)
        if isinstance(node, Leaf) and 0 < len(node.text) <= _MAX_KEY:
            return node.text
    return entry.key


def _value(text: str, label: str, head: str) -> Value:
    shown = clean_lines(text) or '""'
    return Value(shown, label, clean_lines(head), GridCell(shown))


def _path(path: tuple[str, ...]) -> str:
    """Keys joined from the outermost; the outermost go where there are too many."""
    keys = [clean_lines(key)[:_MAX_KEY] for key in path]
    while len(keys) > 1 and sum(len(key) + len(_STEP) for key in keys) > _MAX_PATH:
        keys.pop(0)
    return _STEP.join(keys)
