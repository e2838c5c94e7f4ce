"""Data files as trees: what JSON and YAML have in common, with the comments of YAML.

Values stay as they are written: a number is no float, ``no`` is no boolean, a date is no date.
Depth and size are bounded, also where the aliases of a YAML file would multiply it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import yaml

MAX_DEPTH: Final = 32
MAX_LEAVES: Final = 50_000
MAX_CHARACTERS: Final = 8 * 2**20
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NoData(Exception):
    """The text is not what its file's name says, or is larger than data are read."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value as it is written. ``line`` and ``column`` are where it ends, from 0."""

    text: str
    is_block: bool = False
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Branch:
    """An object or a list; a list has its counts, from 1, for keys."""

    entries: tuple[Entry, ...]
    is_list: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One member of a branch and the line that it begins on, from 0."""

    key: str
    node: Node
    line: int = 0


Node: TypeAlias = Leaf | Branch


def read_json(text: str) -> Node:
    """The tree of a JSON text, or of several, one a line.

    Raises:
        NoData: it is no JSON, or too large.
    """
    if len(text) > MAX_CHARACTERS:
        raise NoData
    try:
        raw = _parse(text)
    except ValueError as error:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2:  # noqa: PLR2004 - one line would have been read
            raise NoData from error
        try:
            raw = [_parse(line) for line in lines]
        except (ValueError, RecursionError) as second:
            raise NoData from second
    except RecursionError as error:
        raise NoData from error
    return _Builder().of_json(raw)


def read_yaml(text: str) -> Node:
    """The tree of a YAML file; several documents in it are a list.

    Raises:
        NoData: it is no YAML with an object or a list in it, or too large.
    """
    if len(text) > MAX_CHARACTERS:
        raise NoData
    builder = _Builder()
    try:
        trees = list(builder.of_events(yaml.parse(text, _LOADER)))
    except (yaml.YAMLError, ValueError) as error:
        raise NoData from error
    if not trees or all(isinstance(tree, Leaf) for tree in trees):
        raise NoData
    return trees[0] if len(trees) == 1 else _list([(tree, 0) for tree in trees])


class _Pairs(list[tuple[str, object]]):
    """Members of a JSON object, in their order, doubles included."""


def _parse(text: str) -> object:
    return json.loads(
        text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_Pairs
    )


class _Builder:
    """Builds trees; counts what it has built, and what aliases repeat.

    YAML is read event by event, because composing it recurses as deep as a hostile file likes.
    """

    def __init__(self) -> None:
        self._leaves = 0
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        """Nodes by their anchor, with their leaves and their depth below them."""
        self._deepest = 0

    def of_json(self, raw: object, depth: int = 0) -> Node:
        self._count(depth)
        if isinstance(raw, _Pairs):
            members = (Entry(key, self.of_json(value, depth + 1)) for key, value in raw)
            return Branch(tuple(members), is_list=False)
        if isinstance(raw, list):
            return _list([(self.of_json(value, depth + 1), 0) for value in raw])
        if isinstance(raw, str):
            return Leaf(raw)
        return Leaf("null" if raw is None else "true" if raw else "false")

    def of_events(self, events: Iterator[yaml.Event]) -> Iterator[Node]:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors.clear()
                yield self._node(next(events), events, 0)

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._repeated(str(event.anchor), depth)
        before, self._deepest = self._leaves, depth
        self._count(depth)
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            node = Leaf(str(event.value), event.style in ("|", ">"), *_place(event.end_mark))
        elif isinstance(event, yaml.MappingStartEvent):
            node = Branch(tuple(self._members(events, depth)), is_list=False)
        else:
            node = _list(list(self._items(events, depth)))
        if anchor := getattr(event, "anchor", None):
            self._anchors[anchor] = node, self._leaves - before, self._deepest - depth
        return node

    def _items(self, events: Iterator[yaml.Event], depth: int) -> Iterator[tuple[Node, int]]:
        deepest = depth
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            yield self._node(event, events, depth + 1), _place(event.start_mark)[0]
            deepest = max(deepest, self._deepest)
        self._deepest = deepest

    def _members(self, events: Iterator[yaml.Event], depth: int) -> Iterator[Entry]:
        deepest = depth
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, events, depth + 1)
            name = key.text if isinstance(key, Leaf) else "?"
            node = self._node(next(events), events, depth + 1)
            deepest = max(deepest, self._deepest)
            if name == "<<" and isinstance(node, Branch) and not node.is_list:
                yield from node.entries  # the members of another object
            else:
                yield Entry(name, node, _place(event.start_mark)[0])
        self._deepest = deepest

    def _repeated(self, anchor: str, depth: int) -> Node:
        if anchor not in self._anchors:
            raise NoData  # it would hold itself
        node, leaves, below = self._anchors[anchor]
        self._count(depth + below, leaves)
        self._deepest = depth + below
        return node

    def _count(self, depth: int, leaves: int = 1) -> None:
        self._leaves += leaves
        if depth > MAX_DEPTH or self._leaves > MAX_LEAVES:
            raise NoData


def _place(mark: Any) -> tuple[int, int]:
    """Line and column of a mark, which is of one class or of another by the parser."""
    return (mark.line, mark.column) if mark is not None else (0, 0)


def _list(items: list[tuple[Node, int]]) -> Branch:
    entries = (Entry(str(n), node, line) for n, (node, line) in enumerate(items, start=1))
    return Branch(tuple(entries), is_list=True)
