"""Untrusted document text as Markdown, for clients that render it or feed it to models.

Verbatim quotations are in ``sentences`` and ``citations``. The text here looks the same, except for
brackets, and is inert: no image is fetched, no link leads anywhere, no HTML runs, no mark passes
for one of our citations, and no token ends a turn.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from app.domain.answers import Answer, AnswerSentence

_MARK: Final = re.compile(
    r"[\[【［](\s{0,3}\^?\d{1,3}(?:\s{0,3}[,，、;；–-]\s{0,3}\d{1,3}){0,9}\s{0,3})[\]】］]"
)
"""Marks that could pass for a citation: ``[3]``, ``[1, 2]``, ``【4】``, ``[^5]``."""
_BRACKET: Final = re.compile(r"(?<!\\)(\\*+)([\[\]])")
"""Brackets, which images, links and their definitions need; a backslash before one would undo our
escape."""
_OPENING: Final = re.compile(r"<(?=[A-Za-z/!?|｜<])")
"""Opening of a tag, a comment, an address or a control token."""


def inert(text: str) -> str:
    """Escapes ``text`` as Markdown that shows it and does nothing else."""
    unmarked = _MARK.sub(r"(\1)", text)
    return _OPENING.sub("‹", _BRACKET.sub(r"\1\1\\\2", unmarked))


def shown(sentence: AnswerSentence) -> str:
    """Renders a sentence behind its setting; its only marks are its citations."""
    quoted = replace(sentence, text=inert(sentence.text), setting=inert(sentence.setting))
    return quoted.cited_text


def shown_answer(answer: Answer) -> str:
    """Renders the whole text of an answer, each of its sentences as `shown`."""
    return "".join(shown_pieces(answer))


def shown_pieces(answer: Answer) -> list[str]:
    """The parts of `shown_answer`: each sentence behind what parts it from the last; the notes."""
    pieces: list[str] = []
    at = 0
    for sentence in answer.sentences:
        start = answer.text.index(sentence.cited_text, at)
        pieces.append(answer.text[at:start] + shown(sentence))
        at = start + len(sentence.cited_text)
    return [*pieces, answer.text[at:]]
