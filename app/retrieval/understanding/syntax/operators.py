"""Operators in a query: quotes, signs, fields, AND, OR, NOT and parentheses.

What they say is a filter, so that it binds whatever route finds a passage. What is left, and what
must be there, is ranked. A text that may hold them by accident is left as it is
(``docs/decisions/0034-operators-and-times-are-filters.md``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.domain.queries import Reading
from app.errors import InvalidRequest
from app.filters import And, Filter, Holds, Not, Or
from app.ports.analyzer import Analyzer
from app.retrieval.understanding.steps import Draft, Means
from app.retrieval.understanding.syntax.expressions import Joined, Node
from app.retrieval.understanding.syntax.fields import compared
from app.retrieval.understanding.syntax.intended import intended
from app.retrieval.understanding.syntax.pieces import Piece

MOST_CONDITIONS: Final = 64
"""Words, phrases and fields that one query may ask for."""


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a part of a query asks of a passage, and in words."""

    where: Filter
    shown: str
    conditions: int = 1


def operators(draft: Draft, means: Means) -> Draft:
    """Reads the operators of a text into its filter.

    Raises:
        InvalidRequest: AND, OR or NOT stand beside a parenthesis that has no other one, or the
            text asks for more than is read.
    """
    nodes, quotes = intended(draft.text, means)
    return _taken(draft, nodes, _Reader(means.analyzer, quotes=quotes))


def _taken(draft: Draft, nodes: Sequence[Node], reader: _Reader) -> Draft:
    """``draft`` with what ``nodes`` ask for; as it was where nothing is left to be ranked."""
    read = [(node, meaning) for node in nodes if (meaning := reader.meaning(node)) is not None]
    if not read:
        return draft
    if sum(meaning.conditions for _, meaning in read) > MOST_CONDITIONS:
        raise InvalidRequest(
            f"The query asks for more than {MOST_CONDITIONS} words, phrases and fields."
        )
    ranked = " ".join(text for node in nodes for text in reader.ranked(node))
    if not reader.analyzer.sequence(ranked):
        ranked = " ".join(text for node in nodes for text in reader.values(node))
    if not reader.analyzer.sequence(ranked):
        return draft
    parts = tuple(meaning.where for _, meaning in read)
    readings = tuple(
        Reading("operator", draft.text[node.span[0] : node.span[1]], meaning.shown)
        for node, meaning in read
    )
    return replace(
        draft,
        text=ranked,
        where=draft.narrowed(parts[0] if len(parts) == 1 else And(parts)),
        readings=(*draft.readings, *readings),
    )


class _Reader:
    """What nodes ask for; ``quotes``: a quotation without a sign asks for itself."""

    def __init__(self, analyzer: Analyzer, *, quotes: bool) -> None:
        self.analyzer = analyzer
        self._quotes = quotes

    def meaning(self, node: Node, *, required: bool = False) -> _Meaning | None:
        """``None`` where a node is only ranked by; ``required``: an operator joins it."""
        if isinstance(node, Piece):
            return self._of_piece(node, required=required)
        required = required or node.by != "beside"
        parts = [
            meaning
            for part in node.parts
            if (meaning := self.meaning(part, required=required)) is not None
        ]
        if not parts:
            return None
        return _denied(parts[0]) if node.by == "not" else _together(parts, any_=node.by == "or")

    def _of_piece(self, piece: Piece, *, required: bool) -> _Meaning | None:
        meaning: _Meaning | None = None
        if piece.kind == "field":
            where = compared(piece.field, piece.order, piece.text)
            if where is not None:
                meaning = _Meaning(where, f"{piece.field} {piece.order or '='} {piece.text}")
        elif required or piece.sign or (piece.kind == "phrase" and self._quotes):
            words = tuple(self.analyzer.sequence(piece.text))
            if words:
                meaning = _Meaning(Holds(words), f"“{piece.text}”")
        return _denied(meaning) if meaning is not None and piece.sign == "-" else meaning

    def ranked(self, node: Node) -> Iterator[str]:
        """The texts of a node, but for what must not be there."""
        if isinstance(node, Joined):
            if node.by != "not":
                for part in node.parts:
                    yield from self.ranked(part)
        elif node.kind != "field" and node.sign != "-":
            yield node.text

    def values(self, node: Node) -> Iterator[str]:
        """The values of its fields, but for what must not be there."""
        if isinstance(node, Joined):
            if node.by != "not":
                for part in node.parts:
                    yield from self.values(part)
        elif node.kind == "field" and node.sign != "-":
            yield node.text


def _denied(meaning: _Meaning) -> _Meaning:
    return replace(meaning, where=Not(meaning.where), shown=f"not {meaning.shown}")


def _together(parts: Sequence[_Meaning], *, any_: bool) -> _Meaning:
    if len(parts) == 1:
        return parts[0]
    every = tuple(part.where for part in parts)
    shown = (" or " if any_ else " and ").join(part.shown for part in parts)
    conditions = sum(part.conditions for part in parts)
    return _Meaning(Or(every) if any_ else And(every), f"({shown})", conditions)
