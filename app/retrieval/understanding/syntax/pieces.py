"""What a query is made of, where it may hold operators: words, phrases, fields, signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

PieceKind: TypeAlias = Literal["word", "phrase", "field", "and", "or", "not", "open", "close"]
Sign: TypeAlias = Literal["", "+", "-"]

LONGEST_PHRASE: Final = 400
"""Characters between two quotes."""
_QUOTES: Final = {"straight": ('"', '"'), "curly": ("“", "”"), "corner": ("「", "」")}
_QUOTED: Final = "|".join(
    rf"{opening}(?P<{name}>[^{opening}{closing}]{{1,{LONGEST_PHRASE}}}){closing}"
    for name, (opening, closing) in _QUOTES.items()
)
_FIELD: Final = r"(?:(?P<field>[^\W\d]\w{0,63}):(?P<order>[<>]=?)?)"
_PHRASE: Final = re.compile(rf"(?P<sign>[-+]?){_FIELD}?(?:{_QUOTED})(?!\S)")
_GROUPED_PHRASE: Final = re.compile(
    rf"(?P<open>\({{0,16}})(?P<sign>[-+]?){_FIELD}?(?:{_QUOTED})(?P<close>\){{0,16}})(?!\S)"
)
_WORD: Final = re.compile(r"\S+")
_FIELD_VALUE: Final = re.compile(rf"(?P<sign>[-+]?){_FIELD}(?P<value>[^\s/\\:<>=\"“「].*)")
_SIGNED: Final = re.compile(r"(?P<sign>[-+])(?P<word>[^\W\d_]\w*(?:[.'’\-]\w+)*[+#]*)")
_OPERATORS: Final[dict[str, PieceKind]] = {"AND": "and", "OR": "or", "NOT": "not"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a query; ``text`` is it without its signs, its quotes and its field.

    ``span`` is where it stands. ``order`` is one of ``< <= > >=``, or empty.
    """

    kind: PieceKind
    text: str
    span: tuple[int, int]
    sign: Sign = ""
    field: str = ""
    order: str = ""


def pieces(query: str, *, grouping: bool) -> list[Piece]:
    """All of a query but its white space; parentheses are pieces only with ``grouping``.

    A quotation counts where white space, or a parenthesis that groups, stands on both sides of it.
    """
    phrase = _GROUPED_PHRASE if grouping else _PHRASE
    found: list[Piece] = []
    start = 0
    while word := _WORD.search(query, start):
        quoted = phrase.match(query, word.start())
        if quoted:
            found += _quotation(quoted)
        elif grouping:
            found += _grouped(word.group(), word.start())
        else:
            found.append(_word(word.group(), word.start()))
        start = (quoted or word).end()
    return found


def _quotation(match: re.Match[str]) -> Iterator[Piece]:
    parts = match.groupdict()
    text = next(filter(None, (parts["straight"], parts["curly"], parts["corner"])))
    begin = match.start() + len(parts.get("open") or "")
    end = match.end() - len(parts.get("close") or "")
    yield from (Piece("open", "(", (at, at + 1)) for at in range(match.start(), begin))
    kind: PieceKind = "field" if parts["field"] else "phrase"
    field, order = parts["field"] or "", parts["order"] or ""
    yield Piece(kind, text, (begin, end), _sign(parts["sign"]), field, order)
    yield from (Piece("close", ")", (at, at + 1)) for at in range(end, match.end()))


def _grouped(word: str, start: int) -> Iterator[Piece]:
    """A word without the parentheses around it; those that it closes itself are its own."""
    inner = word.lstrip("(")
    opened = len(word) - len(inner)
    unclosed = inner.count(")") - inner.count("(")
    closed = max(0, min(unclosed, len(inner) - len(inner.rstrip(")"))))
    yield from (Piece("open", "(", (start + at, start + at + 1)) for at in range(opened))
    inner = inner[: len(inner) - closed]
    if inner:
        yield _word(inner, start + opened)
    end = start + len(word)
    yield from (Piece("close", ")", (at, at + 1)) for at in range(end - closed, end))


def _word(word: str, start: int) -> Piece:
    span = (start, start + len(word))
    if word in _OPERATORS:
        return Piece(_OPERATORS[word], word, span)
    if match := _FIELD_VALUE.fullmatch(word):
        sign, order = _sign(match["sign"]), match["order"] or ""
        return Piece("field", match["value"], span, sign, match["field"], order)
    if match := _SIGNED.fullmatch(word):
        return Piece("word", match["word"], span, _sign(match["sign"]))
    return Piece("word", word, span)


def _sign(written: str) -> Sign:
    return "+" if written == "+" else "-" if written == "-" else ""
