"""Pieces of a query in their order, joined by AND, OR, NOT and parentheses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from app.errors import InvalidRequest
from app.retrieval.understanding.syntax.pieces import Piece

OPERATORS: Final = ("and", "or", "not")
"""The kinds of pieces that join others."""
DEEPEST: Final = 8
"""Parentheses in each other."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts that one operator joins; ``beside`` are those that parentheses alone hold together."""

    by: Literal["and", "or", "not", "beside"]
    parts: tuple[Node, ...]
    span: tuple[int, int]


Node: TypeAlias = Piece | Joined


def as_words(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with AND, OR and NOT as words like any other."""
    return [replace(piece, kind="word") if piece.kind in OPERATORS else piece for piece in pieces]


def joining(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with those of AND, OR and NOT as words that have nothing to join."""
    found = list(pieces)
    starts = False
    begins = [False] * len(found)
    """Whether an operand begins there."""
    for at in range(len(found) - 1, -1, -1):
        kind = found[at].kind
        starts = kind in ("word", "phrase", "field", "open") or (kind == "not" and starts)
        begins[at] = starts
    ended = False
    for at, piece in enumerate(found):
        before_operand = at + 1 < len(found) and begins[at + 1]
        joins = piece.kind == "not" or ended
        if piece.kind in OPERATORS and not (before_operand and joins):
            found[at] = replace(piece, kind="word")
        ended = found[at].kind in ("word", "phrase", "field", "close")
    return found


def parsed(pieces: Sequence[Piece]) -> list[Node]:
    """What stands side by side in a query; NOT binds closest, then AND, then OR.

    Raises:
        InvalidRequest: a parenthesis has no other one, or they nest too deep.
    """
    reader = _Reader(pieces)
    found = reader.beside(depth=0)
    if reader.next is not None:
        raise InvalidRequest(
            "The query closes a parenthesis that it does not open; put what is meant as text in "
            "quotes."
        )
    return found


class _Reader:
    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._at = 0

    @property
    def next(self) -> Piece | None:
        return self._pieces[self._at] if self._at < len(self._pieces) else None

    def _take(self, kind: str) -> Piece | None:
        piece = self.next
        if piece is None or piece.kind != kind:
            return None
        self._at += 1
        return piece

    def beside(self, *, depth: int) -> list[Node]:
        found: list[Node] = []
        while self.next is not None and self.next.kind != "close":
            found.append(self._either(depth))
        return found

    def _either(self, depth: int) -> Node:
        parts = [self._both(depth)]
        while self._take("or"):
            parts.append(self._both(depth))
        return _joined("or", parts)

    def _both(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self._take("and"):
            parts.append(self._one(depth))
        return _joined("and", parts)

    def _one(self, depth: int) -> Node:
        negations: list[Piece] = []
        while denied := self._take("not"):
            negations.append(denied)
        node: Node
        if opened := self._take("open"):
            node = self._group(opened, depth + 1)
        else:
            node = self._pieces[self._at]  # `joining` left no operator without operands
            self._at += 1
        if not negations:
            return node
        by: Literal["and", "not"] = "not" if len(negations) % 2 else "and"
        return Joined(by, (node,), (negations[0].span[0], node.span[1]))

    def _group(self, opened: Piece, depth: int) -> Node:
        if depth > DEEPEST:
            raise InvalidRequest(f"The query nests parentheses deeper than {DEEPEST} levels.")
        parts = self.beside(depth=depth)
        closed = self._take("close")
        if closed is None:
            raise InvalidRequest(
                "The query opens a parenthesis and does not close it; put what is meant as text in "
                "quotes."
            )
        return Joined("beside", tuple(parts), (opened.span[0], closed.span[1]))


def _joined(by: Literal["and", "or"], parts: list[Node]) -> Node:
    if len(parts) == 1:
        return parts[0]
    return Joined(by, tuple(parts), (parts[0].span[0], parts[-1].span[1]))
