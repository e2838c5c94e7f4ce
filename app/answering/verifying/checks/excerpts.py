"""Whether a sentence is a part of its statement word for word, and leaves out what restricts it."""

from __future__ import annotations

import re
from typing import Final

from app.answering.verifying.claims import comparable, surroundings

_CONDITION_BEFORE: Final = re.compile(
    r"(?:^|[.;。；!?！？]\s?)(?:if|unless|when|whenever|except|provided|as long as|in case"
    r"|only if)\b[^.;。；!?！？]{2,200},\s*$"
    r"|(?:^|[。；，])(?:除|如果|若|倘若|假如|只有|只要|当)[^。；]{2,100}[，,]\s*$|[^。；，]{1,60}(?:时|的话|以外|之外|除外)[，,]\s*$",
    re.IGNORECASE,
)
_CONDITION_BEHIND: Final = re.compile(
    r"\s{0,3}[,，]?\s{0,3}(?:if|when|whenever|unless|except|only|but not|provided|as long as"
    r"|in case)\b|\s{0,3}[,，]?\s{0,3}(?:除非|除|但|前提)",
    re.IGNORECASE,
)
_LOOKED_BACK: Final = 240
"""Characters before an excerpt among which what restricts it stands."""
_RESTRICTS: Final = re.compile(
    r"^\s*+[,，]?\s*+(?:unless|except|if|only|but not|provided|when|where|除非|除|但|仅|如果"
    r"|只有)|(?:not"
    r"|never|no longer|not yet|hardly|don't|doesn't|cannot|n't|without|unable to|forbidden to"
    r"|不(?:得|可|能|应|要|会|许|准|必|需|该|允许|可以)?|无(?:需|须|法)|未(?:能|曾)?|没有|非|禁止|严禁"
    r"|勿|至少|至多"
    r"|最多|最少|不超过|超过"
    r"|约|at least|at most|up to|more than|less than|under|over|about|only|nearly|minus|零下"
    r"|[-−–])\s*$",
    re.IGNORECASE,
)


def stands_in(claim: str, text: str) -> bool:
    """Whether ``claim`` is a part of ``text``, but for the capital that begins a sentence."""
    spelled, source = comparable(claim).strip(".。"), comparable(text)
    return spelled in source or source.startswith(f"{spelled[:1].swapcase()}{spelled[1:]}")


def cut_short(claim: str, text: str) -> bool:
    """Whether ``claim``, a part of ``text``, leaves out a word beside it that changes it."""
    part = claim.strip(" .。")
    around = surroundings(part, text) or surroundings(f"{part[:1].swapcase()}{part[1:]}", text)
    if around is None:
        return False
    before, after = around
    digit = before[-1:].isdigit() or after[:1].isdigit() or re.match(r"[.,]\d", after) is not None
    head = re.search(_RESTRICTS, before[-16:])
    tail = _CONDITION_BEHIND.match(after) or _CONDITION_BEFORE.search(before[-_LOOKED_BACK:])
    inside = before[-1:].isalnum() and before[-1:].isascii() and claim.strip()[:1].isalnum()
    return bool(digit or (head and head.end() == len(before[-16:])) or tail or inside)
