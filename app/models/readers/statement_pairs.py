"""How a question and a statement in its setting are laid out for a reader.

::

    <s> question </s> setting </s> statement </s>

All behind the question is of token type 1. Of a long question the story before what is asked is
left out, which mostly stands at its end; of a long setting the middle, since its title and its last
heading say most; of a long statement the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from app.models.runtimes.pair_scorer import PairBatch, pad_rows

SETTING_SEPARATOR: Final = " › "
"""Between the title and the headings of a setting."""
QUESTION_TOKENS: Final = 64
QUESTION_HEAD: Final = 16
"""Of these, how many are the first of a longer question; the others are its last."""
STATEMENT_TOKENS: Final = 112
"""Of setting and statement together."""
SETTING_LEAST: Final = 32
"""Tokens that a setting may have however long its statement is."""
_CHARACTERS: Final = 1_500
"""Of a text that is tokenized; no token is so long that more could be read."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as token ids, and the characters that each of them stands for."""

    ids: list[int]
    offsets: list[tuple[int, int]]


class TextEncoder(Protocol):
    """What is wanted of a tokenizer, in the words of ``tokenizers``."""

    def encode(self, text: str, *, add_special_tokens: bool = True) -> Any:
        """`Tokens`, or what has their attributes."""

    def encode_batch(self, texts: Sequence[str], *, add_special_tokens: bool = True) -> list[Any]:
        """The same of each of ``texts``."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A pair as token ids: from ``begin`` on of type 1, from ``said`` on the statement's.

    ``offsets`` are the characters of the statement's tokens, counted without its setting.
    """

    ids: tuple[int, ...]
    begin: int
    said: int
    offsets: tuple[tuple[int, int], ...]

    @property
    def types(self) -> list[int]:
        """The type of each token."""
        return [0] * self.begin + [1] * (len(self.ids) - self.begin)


def split_setting(text: str) -> tuple[str, str]:
    """The setting, which may be empty, and the statement of ``setting + newline + statement``."""
    setting, newline, statement = text.partition("\n")
    return (setting, statement) if newline else ("", text)


def lay_out(tokenizer: TextEncoder, question: str, texts: Sequence[str]) -> list[Laid]:
    """Pairs of ``question`` with each of ``texts``, in their order."""
    first, *_, last = tokenizer.encode("").ids
    asked = tokenizer.encode(_ends(question), add_special_tokens=False).ids
    front = (first, *_without_middle(asked, QUESTION_TOKENS, head=QUESTION_HEAD), last)
    halves = [split_setting(text) for text in texts]
    settings = tokenizer.encode_batch(
        [_ends(setting) for setting, _ in halves], add_special_tokens=False
    )
    statements = tokenizer.encode_batch(
        [statement[:_CHARACTERS] for _, statement in halves], add_special_tokens=False
    )
    laid = []
    for setting, statement in zip(settings, statements, strict=True):
        room = max(STATEMENT_TOKENS - len(statement.ids), SETTING_LEAST)
        kept = _without_middle(setting.ids, room, head=room // 2)
        most = STATEMENT_TOKENS - len(kept)
        above = (*kept, last) if kept else ()
        laid.append(
            Laid(
                ids=(*front, *above, *statement.ids[:most], last),
                begin=len(front),
                said=len(front) + len(above),
                offsets=tuple(statement.offsets[:most]),
            )
        )
    return laid


def batch_of(pairs: Sequence[Laid], *, pad: int, most: int) -> PairBatch:
    """Pads ``pairs`` to the longest of them; of one above ``most`` tokens the end is left out."""
    rows = [(pair.ids, pair.types) for pair in pairs]
    return pad_rows(rows, pad=pad, most=most)


def _ends(text: str) -> str:
    if len(text) <= 2 * _CHARACTERS:
        return text
    return f"{text[:_CHARACTERS]} {text[-_CHARACTERS:]}"


def _without_middle(ids: list[int], room: int, *, head: int) -> list[int]:
    """Of more than ``room`` ids the first ``head`` and the last."""
    if len(ids) <= room:
        return ids
    return ids[:head] + ids[len(ids) - (room - head) :]
