"""Reads the sentences of a draft and the statements that each of them cites."""

from __future__ import annotations

import re
from typing import Final

from app.domain.answers import DraftSentence
from app.text.sentences import sentence_spans

_NUMBERS: Final = r"\d{1,3}(?:\s*[,，、;；–-]\s*\^?\d{1,3}){0,9}"
_MARK: Final = re.compile(
    rf"[\[【［]\s*\^?(?:(?:passages?|sources?|段落|来源)\s*)?({_NUMBERS})\s*[\]】］]"
    rf"|\((?:passages?|sources?)\s+({_NUMBERS})\)",
    re.IGNORECASE,
)
_DELIMITER: Final = re.compile(r"[<‹]\s?/?\s?passage(?:\s?\d{1,3})?\s?>", re.IGNORECASE)
"""What a small model repeats of the prompt; it is no citation, and nothing to say."""
_OPEN_MARK: Final = re.compile(r"[\[【［(][^\]】］)]{0,40}\Z")
_LEADING: Final = re.compile(rf"\A(?:\s*(?:{_MARK.pattern}))+", re.IGNORECASE)
_ATTRIBUTION: Final = re.compile(
    rf"^(?:according to|as (?:stated|described|mentioned) in|in|from|per|根据)\s*"
    rf"(?:the\s+)?(?:passages?|sources?|段落)\s*({_NUMBERS})\s*[,，:：]?\s*",
    re.IGNORECASE,
)
_RANGE: Final = re.compile(r"(\d{1,3})(?:\s*[–-]\s*(\d{1,3}))?")
_BULLET: Final = re.compile(r"^(?:[-*+•]|\d{1,3}[.)])\s+")
_LOOSE_SPACE: Final = re.compile(r" (?=[.,;:!?。，；：！？、])")
_VISIBLE_WORD: Final = re.compile(r"[^\W_]")


def parse_draft(text: str) -> list[DraftSentence]:
    """The sentences of a generated answer, without their citation marks, and what they cite.

    ``[1]``, ``[1, 2]``, ``[1][3]``, ``[1-3]``, ``【1】``, ``(passage 1)`` and "According to passage
    1," are read. A mark behind the final punctuation belongs to the sentence it follows, unless the
    draft puts its marks first. A mark that is still open at the end is left out, so that the
    sentences before it can be read while the draft grows.
    """
    text = _OPEN_MARK.sub("", _DELIMITER.sub(" ", text))
    marks_first = _LEADING.match(text) is not None
    found: list[tuple[str, list[int]]] = []
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        leading = _LEADING.match(sentence)
        if leading and found and not (marks_first and leading.end() < len(sentence)):
            found[-1][1].extend(_cited(leading.group()))
            sentence = sentence[leading.end() :]
        cited = _cited(sentence)
        sentence = _MARK.sub("", sentence).strip()
        attribution = _ATTRIBUTION.match(sentence)
        if attribution:
            cited += _expanded(attribution.group(1))
            sentence = sentence[attribution.end() :]
            sentence = sentence[:1].upper() + sentence[1:]
        sentence = _LOOSE_SPACE.sub("", " ".join(_BULLET.sub("", sentence).split()))
        if _VISIBLE_WORD.search(sentence):
            found.append((sentence, cited))
    return [DraftSentence(sentence, tuple(dict.fromkeys(cited))) for sentence, cited in found]


def leading_marks(text: str) -> int:
    """How many characters of citation marks, and white space before them, ``text`` begins with."""
    match = _LEADING.match(text)
    return match.end() if match else 0


def _cited(text: str) -> list[int]:
    return [n for match in _MARK.finditer(text) for n in _expanded(match[1] or match[2])]


def _expanded(numbers: str) -> list[int]:
    cited: list[int] = []
    for first, last in _RANGE.findall(numbers):
        cited += range(int(first), int(last or first) + 1)
    return cited
