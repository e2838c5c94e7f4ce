"""Terms: lines that say what the text behind them is about, though nothing marks them as such.

Questions of an FAQ that stand alone, are bold or begin with ``Q:`` or ``问：``, short bold lines,
and captions of tables. What answers them stays as it is, so that it can be quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.domain.documents import BlockKind
from app.text.sentences import sentence_spans
from ingest.loaders.model import Piece

_MAX_QUESTION: Final = 300
_MAX_ALONE: Final = 100
"""Columns of the longest question that is taken for one of an FAQ though nothing marks it."""
_WIDE: Final = "\u2e80"
"""From here on, characters take two columns."""
_MAX_BOLD: Final = 80
"""Characters of the longest bold line that heads what follows without asking anything."""
_MAX_CAPTION: Final = 200
_COUNT: Final = r"(?:[#№]? ?\d{1,3}|[一二三四五六七八九十]{1,3})?"
_QUESTION: Final = rf"(?:FAQ|Question|Q|问题|提问|问|問) ?{_COUNT} ?"
_ANSWER: Final = rf"(?:Answer|A|答案|回答|答复|答) ?{_COUNT} ?"
_ASKS: Final = re.compile(
    rf"\s*(?:{_QUESTION}(?:[:：]|[.、](?=\s|\D))|【[问問]】|\[Q\])", re.IGNORECASE
)
_ANSWERS: Final = re.compile(rf"\s*(?:{_ANSWER}[:：]|【答】)", re.IGNORECASE)
_MARK: Final = re.compile(
    rf"(?:(?<=\s)|(?<=[?？。！!])|^)(?:(?P<asks>{_QUESTION}[:：]|【[问問]】)"
    rf"|{_ANSWER}(?:[:：]|\.(?=\s))|【答】)",
    re.IGNORECASE,
)
_QUESTION_END: Final = re.compile(r"[?？][\"'”’」』）)\]*_]{0,3}(?=\s|$|[^\x00-\x7f])")
_CAPTION: Final = re.compile(
    r"(?:table|tab\.|表格?)\s?(?:[\dA-Z][\d.\-–A-Z]{0,6}|[一二三四五六七八九十]{1,3})(?!\w)|表[:：]",
    re.IGNORECASE,
)
_SAYS: Final = re.compile(r"[.。!！;；,，]$|^[^:：]{1,40}[:：]\s*\S")
"""A bold line that says something by itself: a sentence, or a name and its value."""
_BODY: Final = frozenset(
    {BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.TABLE, BlockKind.CODE, BlockKind.FORMULA}
)


def mark_terms(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, those that head what follows made terms; questions and answers are parted."""
    parted = [part for piece in pieces for part in _parts(piece)]
    marked: list[Piece] = []
    for number, piece in enumerate(parted):
        below = parted[number + 1] if number + 1 < len(parted) else None
        is_term = (
            piece.kind is BlockKind.PARAGRAPH
            and below is not None
            and heads_what_follows(piece, below)
        )
        marked.append(replace(piece, kind=BlockKind.TERM) if is_term else piece)
    return marked


def is_question(text: str, *, strong: bool = False) -> bool:
    """Whether a short text asks and says nothing besides; a bold one may say why it asks."""
    text = text.strip()
    if len(text) > _MAX_QUESTION or "\n" in text or not _asks_at_end(text):
        return False
    if not strong and sum(1 + (sign >= _WIDE) for sign in text) > _MAX_ALONE:
        return False  # prose that wonders about something
    return strong or all(_asks_at_end(text[a:b]) for a, b in sentence_spans(text))


def is_marked_question(text: str) -> bool:
    """Whether a text begins with ``Q:``, ``Question 3:`` or ``问：``."""
    return _ASKS.match(text) is not None


def is_marked_answer(text: str) -> bool:
    """Whether a text begins with ``A:`` or ``答：``."""
    return _ANSWERS.match(text) is not None


def question_end(text: str) -> int:
    """Where the last question of ``text`` ends; its length where it asks nothing."""
    end = len(text)
    for match in _QUESTION_END.finditer(text):
        end = match.end()
    return end


def question_parts(text: str) -> list[tuple[int, int]]:
    """Spans of the questions and answers of a text that begins with ``Q:``, in turns.

    Questions are the spans that `is_marked_question` is true of.
    """
    cuts = [0]
    asking = True
    for match in _MARK.finditer(text):
        if not match.start() or (match["asks"] is None and not asking):
            continue
        cuts.append(match.start())
        asking = match["asks"] is not None
    spans: list[tuple[int, int]] = []
    for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        part = text[start:end]
        cut = start + question_end(part) if is_marked_question(part) else end
        spans.append((start, cut))
        if text[cut:end].strip():
            spans.append((cut, end))
    return spans


def _parts(piece: Piece) -> Iterator[Piece]:
    if piece.kind is not BlockKind.PARAGRAPH:
        yield piece
        return
    text, start, tight = piece.text.strip(), 0, piece.tight
    while (end := text.find("\n", start)) >= 0:
        first = text[start:end]
        if is_marked_question(first) or not is_question(first):
            break
        yield replace(piece, kind=BlockKind.TERM, text=first, tight=tight)
        start, tight = end + 1, True
    rest = text[start:]
    if not is_marked_question(rest):
        yield replace(piece, text=rest, tight=tight)
        return
    for first_sign, last in question_parts(rest):
        part = rest[first_sign:last]
        kind = BlockKind.TERM if is_marked_question(part) else BlockKind.PARAGRAPH
        yield replace(piece, kind=kind, text=part, tight=tight)
        tight = True


def heads_what_follows(piece: Piece, below: Piece) -> bool:
    """Whether a paragraph is a question, a bold line or a caption that heads the next piece."""
    text = piece.text.strip()
    if not text or below.kind is BlockKind.HEADING:
        return False
    if is_question(text, strong=piece.strong):
        return True
    if below.kind is BlockKind.TABLE and len(text) <= _MAX_CAPTION and _CAPTION.match(text):
        return "\n" not in text
    is_short = piece.strong and len(text) <= _MAX_BOLD and "\n" not in text
    if not is_short or _SAYS.search(text) or not any(map(str.isalpha, text)):
        return False
    return below.kind is BlockKind.TERM or (below.kind in _BODY and not _is_label(below))


def _is_label(piece: Piece) -> bool:
    """Whether a piece is one more short bold line, as in an address: none heads the other."""
    return piece.strong and not is_question(piece.text, strong=True)


def _asks_at_end(text: str) -> bool:
    return _QUESTION_END.search(text, max(0, len(text) - 5)) is not None and text.rstrip(
        "\"'”’」』）)]*_"
    ).endswith(("?", "？"))
