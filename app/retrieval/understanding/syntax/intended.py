"""Which signs of a query are operators, and which are text that happens to hold them.

Only a quotation with a sign and a field of the collection are meant whatever surrounds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.ports.analyzer import Analyzer
from app.retrieval.understanding.steps import Means
from app.retrieval.understanding.syntax.expressions import (
    OPERATORS,
    Node,
    as_words,
    joining,
    parsed,
)
from app.retrieval.understanding.syntax.fields import compared
from app.retrieval.understanding.syntax.pieces import Piece, pieces
from app.text.function_words import CHINESE, is_english_function_word
from app.text.query_kind import asks

MOST_WORDS: Final = 12
"""More words that no operator is about are running text, where capitals and dashes say nothing.

Two characters of Chinese count as a word.
"""
SHORTEST_SIGNED: Final = 3
"""Letters of a word behind a sign; with fewer it is an option of a command."""
LONGEST_ACRONYM: Final = 5
"""Letters. In a text of capitals with a longer word, AND is loud and no operator."""


def intended(text: str, means: Means) -> tuple[Sequence[Node], bool]:
    """What stands side by side in a query, and whether quotations without a sign are phrases.

    Every sign and every field that is left is meant.

    Raises:
        InvalidRequest: as `parsed`.
    """
    typed = pieces(text, grouping=False)
    words = _meant(as_words(typed), text, means)
    joins = sum(piece.kind in OPERATORS for piece in typed)
    beside = [word.text for word in words if word.kind == "word" and not word.sign]
    if _is_running_text(beside, means.analyzer, most=MOST_WORDS + 2 * joins):
        return [_as_typed(word, text) if word.kind == "word" else word for word in words], False
    if joins and (nodes := _joined(text, means)):
        return nodes, True
    operated = any(word.sign or word.kind == "field" for word in words)
    return words, operated or not _hold_function_words(beside, means.analyzer)


def _joined(text: str, means: Means) -> list[Node]:
    """The text with its AND, OR and NOT; nothing where none of them joins anything."""
    found = _meant(pieces(text, grouping=True), text, means)
    found = joining(
        [
            replace(piece, kind="word") if _is_emphasis(found, at) else piece
            for at, piece in enumerate(found)
        ]
    )
    is_joined = any(piece.kind in OPERATORS for piece in found)
    return parsed(found) if is_joined and not _is_loud(found) else []


def _is_emphasis(found: Sequence[Piece], at: int) -> bool:
    """Whether an operator stands beside a word that nobody searches for, as in "must NOT be"."""
    if found[at].kind not in OPERATORS:
        return False
    return any(
        piece.kind == "word" and (is_english_function_word(piece.text) or piece.text == "must")
        for piece in found[max(0, at - 1) : at + 2]
    )


def _is_loud(found: Sequence[Piece]) -> bool:
    words = [piece.text for piece in found if piece.kind == "word"]
    cased = [word for word in words if word.upper() != word.lower()]
    return all(map(str.isupper, cased)) and any(len(word) > LONGEST_ACRONYM for word in cased)


def _meant(found: Sequence[Piece], text: str, means: Means) -> list[Piece]:
    """The pieces; as words where a field is none of the collection, or a sign is none."""
    fields = {
        name: means.collection.has_field(name)
        for name in {piece.field for piece in found if piece.field}
    }
    unsigned = [at for at, piece in enumerate(found) if piece.kind == "word" and not piece.sign]
    operated = any(piece.kind in OPERATORS or piece.field for piece in found)
    last = -1 if operated else max(unsigned, default=-1)
    return [
        piece if _is_meant(piece, fields, trailing=at > last) else _as_typed(piece, text)
        for at, piece in enumerate(found)
    ]


def _is_meant(piece: Piece, fields: dict[str, bool], *, trailing: bool) -> bool:
    """``trailing``: no word without a sign follows; ``find -name cats`` has an option of it."""
    if piece.field:
        return fields[piece.field] and compared(piece.field, piece.order, piece.text) is not None
    if piece.kind != "word" or not piece.sign:
        return True
    is_long = len(piece.text) >= SHORTEST_SIGNED or not piece.text.isascii()
    return (trailing or piece.sign == "+") and is_long and not is_english_function_word(piece.text)


def _as_typed(piece: Piece, text: str) -> Piece:
    return Piece("word", text[slice(*piece.span)], piece.span)


def _is_running_text(beside: Sequence[str], analyzer: Analyzer, *, most: int) -> bool:
    """Whether it is a question, or longer than what people put operators into."""
    joined = " ".join(beside)
    if asks(joined):
        return True
    sequence = analyzer.sequence(joined)
    unspaced = sum(len(word) == 1 and not word.isascii() for word in sequence)
    return len(sequence) - unspaced / 2 > most


def _hold_function_words(words: Sequence[str], analyzer: Analyzer) -> bool:
    """Whether they are running text, where quotes mark a title or a word that is spoken of."""
    return any(map(is_english_function_word, words)) or not CHINESE.isdisjoint(
        analyzer.terms(" ".join(words))
    )
