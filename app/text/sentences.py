"""Where sentences begin and end, in English, in Chinese, and in text that mixes them with markup.

Lines come first: a heading, a table row and a line of code are each a sentence of their own, a
list item and a blank line begin a new one, and any other line break is only white space. Within
such a stretch, a sentence ends behind its final punctuation and what closes with it.
Every step looks at a bounded window, so time is linear in the text whatever the text is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.documents import BlockKind, Span
from app.text.abbreviations import abbreviates

_FENCE: Final = re.compile(r"(`{3,}|~{3,})")
_HEADING: Final = re.compile(
    r"#{1,6}(?:\s|$)"
    r"|\\(?:part|chapter|(?:sub){0,2}section|paragraph)\*?\{"
    r"|第[〇零一二三四五六七八九十百\d]{1,5}[章节節篇](?!.{40}|.{0,39}[。！？；])"
)
_LIST_ITEM: Final = re.compile(
    r"[-*+•‣◦▪·–]\s"
    r"|(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})[.)]\s"
    r"|[(（](?:\d{1,3}|[A-Za-z]|[ivx]{1,4}|[一二三四五六七八九十]{1,3})[)）]"
    r"|(?:\d{1,3}|[一二三四五六七八九十]{1,3})、"
    r"|[①-⑳]"
)
_RULE_CHARACTERS: Final = frozenset("-=~*_^+#|:. \t")
"""A line of these alone underlines, divides or separates; it says nothing."""
_SHORTEST_RULE: Final = 3

_END: Final = re.compile(
    r"(?P<mark>[.．!?！？。｡…；؟۔।]+)"
    r"(?P<closing>[\"'”’」』）)\]】》〉*_]*(?:\[\d{1,3}(?:[,，–-]\s?\d{1,3}){0,9}\]|【\d{1,3}】)*)"
)
"""Final punctuation, what closes with it, and footnote marks that stick to it."""
_FULL_STOPS: Final = frozenset("。｡！？；؟۔।")
"""Marks that end a sentence whatever follows."""
_DOTS: Final = frozenset(".．")

_WINDOW: Final = 24
"""Characters behind a mark in which the next word is looked for."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """``span`` is without white space around it; ``kind`` says what sort of line it stands in."""

    span: Span
    kind: BlockKind


def sentence_spans(text: str) -> list[Span]:
    """Spans of the sentences of ``text``, ascending and disjoint.

    Each character that is not white space is in exactly one. Never raises.
    """
    return [sentence.span for sentence in split_sentences(text)]


def split_sentences(text: str) -> list[Sentence]:
    """`sentence_spans`, and for each sentence the kind of text it is."""
    return list(_sentences(text))


def _sentences(text: str) -> Iterator[Sentence]:
    for start, end, kind in _stretches(text):
        if kind in (BlockKind.PARAGRAPH, BlockKind.LIST):
            for span in _split(text, start, end):
                yield Sentence(span, kind)
        else:
            yield Sentence((start, end), kind)


def _stretches(text: str) -> Iterator[tuple[int, int, BlockKind]]:
    """Lines that belong together, without white space around them."""
    fenced = _fenced_lines(text)
    open_start = open_end = 0
    open_kind = BlockKind.PARAGRAPH
    start = 0
    for number, line in enumerate(text.splitlines(keepends=True)):
        stripped = line.strip()
        left = start + len(line) - len(line.lstrip())
        right = left + len(stripped)
        start += len(line)
        kind = BlockKind.CODE if number in fenced else _kind(stripped)
        joins = stripped and kind is BlockKind.PARAGRAPH
        if joins and open_end > open_start:
            open_end = right
            continue
        if open_end > open_start:
            underlined = _is_underline(stripped) and "\n" not in text[open_start:open_end]
            yield open_start, open_end, BlockKind.HEADING if underlined else open_kind
        open_start, open_end, open_kind = left, right, kind
        if stripped and kind not in (BlockKind.PARAGRAPH, BlockKind.LIST):
            yield left, right, kind
            open_end = open_start
    if open_end > open_start:
        yield open_start, open_end, open_kind


def _kind(line: str) -> BlockKind:
    """The kind of a line that is in no fence; rules count as parts of tables, being no text."""
    if not line:
        return BlockKind.PARAGRAPH
    if line.startswith("|") or _is_rule(line):
        return BlockKind.TABLE
    if line.count(" | ") > 1 and _END.search(line) is None:  # p(x | y) stands in sentences, too
        return BlockKind.TABLE
    if _FENCE.match(line):
        return BlockKind.CODE
    if _HEADING.match(line):
        return BlockKind.HEADING
    return BlockKind.LIST if _LIST_ITEM.match(line) else BlockKind.PARAGRAPH


def _is_rule(line: str) -> bool:
    return len(line) >= _SHORTEST_RULE and set(line) <= _RULE_CHARACTERS


def _is_underline(line: str) -> bool:
    """Makes a heading of the line above it, in Markdown and in reStructuredText."""
    return _is_rule(line) and line[0] in "=-~^" and len(set(line)) == 1


def _fenced_lines(text: str) -> frozenset[int]:
    """Numbers of the lines between two fences, and of the fences.

    A fence without a partner opens nothing: passages are cut from documents, and the first fence in
    one may well be the end of a block that began before it.
    """
    if "```" not in text and "~~~" not in text:
        return frozenset()
    fenced: set[int] = set()
    opened: tuple[int, str] | None = None
    for number, line in enumerate(text.splitlines()):
        stripped = line.strip()
        match = _FENCE.match(stripped)
        if match is None:
            continue
        if opened is None:
            opened = number, match.group()
        elif stripped.startswith(opened[1]) and not stripped.strip(stripped[0]):
            fenced.update(range(opened[0], number + 1))
            opened = None
    return frozenset(fenced)


def _split(text: str, start: int, end: int) -> Iterator[Span]:
    """Sentences of a stretch that begins and ends with visible characters."""
    for match in _END.finditer(text, start, end):
        stop = match.end()
        if stop < end and not _ends(text, start, end, match):
            continue
        yield start, stop
        start = _skip_space(text, stop, end)
    if start < end:
        yield start, end


def _skip_space(text: str, position: int, end: int) -> int:
    while position < end and text[position].isspace():
        position += 1
    return position


def _ends(text: str, start: int, end: int, match: re.Match[str]) -> bool:
    """Whether a sentence that began at ``start`` ends with ``match``, which more text follows."""
    mark, closing = match.group("mark", "closing")
    if not _FULL_STOPS.isdisjoint(mark):
        return True
    following = text[match.end()]
    if _is_cjk(following):
        return mark[0] not in _DOTS or not text[match.start() - 1 : match.start()].isdigit()
    if not following.isspace():
        return False
    after = _skip_space(text, match.end(), min(end, match.end() + _WINDOW))
    following = text[after : after + 1]
    if following.islower():  # "e.g. this", "Really?" he asked, and then ... nothing
        return mark[0] in "!?" and not closing
    if len(mark) > 1 or mark[0] not in _DOTS:
        return True
    return closing != "" or not abbreviates(text, start, match.start(), after)


def _is_cjk(character: str) -> bool:
    """Chinese characters, kana, hangul, and the punctuation that goes with them."""
    return (
        "\u3000" <= character <= "\u9fff"
        or "\uac00" <= character <= "\ud7af"
        or ("\uf900" <= character <= "\ufaff" or "\U00020000" <= character <= "\U0003ffff")
    )
