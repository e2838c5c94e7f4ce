"""Text of documents for readers that render Markdown, as chat clients do, or feed it to models.

Quotations stand beside it in full, in ``sentences`` and ``citations``; what is shown here looks the
same, but for brackets, and does nothing: no image is fetched, no link leads anywhere, no HTML runs,
no mark passes for one of our citations and no token ends a turn.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from app.domain.answers import Answer, AnswerSentence

_MARK: Final = re.compile(
    r"[\[【［](\s{0,3}\^?\d{1,3}(?:\s{0,3}[,，、;；–-]\s{0,3}\d{1,3}){0,9}\s{0,3})[\]】］]"
)
"""What may pass for a citation: ``[3]``, ``[1, 2]``, ``【4】``, ``[^5]``."""
_BRACKET: Final = re.compile(r"(?<!\\)(\\*+)([\[\]])")
"""Images, links and their definitions need one; a backslash before it would undo ours."""
_OPENING: Final = re.compile(r"<(?=[A-Za-z/!?|｜<])")
"""Of a tag, a comment, an address or a control token."""


def inert(text: str) -> str:
    """``text`` as Markdown that shows it and does nothing else."""
    unmarked = _MARK.sub(r"(\1)", text)
    return _OPENING.sub("‹", _BRACKET.sub(r"\1\1\\\2", unmarked))


def shown(sentence: AnswerSentence) -> str:
    """The sentence behind its setting, with its marks, which are all there are."""
    quoted = replace(sentence, text=inert(sentence.text), setting=inert(sentence.setting))
    return quoted.cited_text


def shown_answer(answer: Answer) -> str:
    """The whole text of an answer, each of its sentences as `shown`."""
    parts: list[str] = []
    at = 0
    for sentence in answer.sentences:
        start = answer.text.index(sentence.cited_text, at)
        parts += [answer.text[at:start], shown(sentence)]
        at = start + len(sentence.cited_text)
    return "".join([*parts, answer.text[at:]])
