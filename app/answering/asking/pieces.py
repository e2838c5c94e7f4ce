"""What a question asks: the clauses of it that ask, and each of the things they ask for."""

from __future__ import annotations

import re
from typing import Final

from app.answering.asking.phrasing import asked_of, asking_clause, asks, is_story
from app.text.asking_words import ASKS
from app.text.function_words import is_english_function_word
from app.text.names.named import Sort
from app.text.names.naming import named_in, phrases

_SENTENCE: Final = re.compile(r"(?<=[?？!！。])\s*|(?<!\bi\.e\.)(?<!\be\.g\.)(?<=[.;；])\s+|\n+")
_CONJOINED: Final = re.compile(
    r"(?:,|;|，|；)?\s{1,3}(?:and|&|or also|plus)\s{1,3}(?:also\s{1,3})?"
    r"(?=(?:(?:at|by|in|to|for|on|from|until|since|with) )?(?:what|who|whom|whose|which|when"
    r"|where|why|how)\b|(?:is|are|does|do|can|may|must|did|was|were|will) (?:the|it|they|there"
    r"|i|we|you|he|she|an?)\b)"
    r"|[，,；;]\s*+(?:and\s++)?(?=(?:what|who|whom|when|where|why|how)\b)"
    r"|[，,；;]\s*+(?:以及|还有|并且|而且|另外|同时|那么|那)?\s*+(?=[^，,；;？?]{0,20}(?:什么|谁"
    r"|哪|何时|如何|为什么|怎么|怎样|多少|几|吗|多久|多长|多大))"
    r"|(?<=[什么谁哪少几久时])(?:以及|和)(?=[^，,；;？?]{2})",
    re.IGNORECASE,
)
_JOINED: Final = (
    r"(?:\s*(?:,|，|、|/|;)\s*(?:and|or|和|与|及|以及|还是|或)?\s*|\s+(?:and|or|vs\.?|versus"
    r"|than|to|compared (?:to|with))\s+(?:the\s+|in\s+|of\s+|for\s+|that of (?:the )?)?"
    r"|\s*(?:和|与|跟|及|以及|还是|或者?|比|同|对比)\s*)"
)
_COMPARING: Final = re.compile(
    r"^(?:(?:please |can you |could you )?compare\s+|(?:what(?:'s"
    r"| is) the )?differences? (?:between|in)\s+|(?:which|what"
    r"|who) (?:one )?(?:of (?:the )?\w+ )?(?:is|has|are|have|can|takes?|needs?|costs?|weighs?"
    r"|uses?|gets?|gives?|runs?)\s+|is it\s+(?:the )?|(?:请)?(?:比较|对比)(?:一下)?)"
    r"|\b(?:the )?(?:longer|shorter|heavier|lighter|bigger|larger|smaller|higher|lower|faster"
    r"|slower|cheaper|more expensive|better|louder|quieter|more|less|most|least)\b(?: (?=\w))?"
    r"|有(?:什么|何|哪些)?(?:区别|不同|差别|差异)|(?:哪个|哪款|哪种|谁)(?:更|比较)?|各是|各有"
    r"|分别是?|相差多少|更(?=[大小长短高低重轻快慢多少贵便])",
    re.IGNORECASE,
)
"""What only makes a comparison of a question: each thing is asked for by itself."""
_APART: Final = re.compile(
    r"\A(?P<one>[^，,的、]{1,14}?)(?:和|与|跟|、)(?P<other>[^，,的、]{1,14}?)"
    r"(?P<rest>[的，,].*(?:各|分别|区别|不同|差).*)\Z",
    re.DOTALL,
)
"""Two things that Chinese names side by side, asked for the same."""
_SHARED: Final = re.compile(
    r"^(?:what(?:'s| is| are)|whats|give me|tell me)?\s*(?:the )?"
    r"(?P<one>[A-Za-z][\w-]*(?: [\w-]+){0,2}?) and (?:the )?"
    r"(?P<other>[A-Za-z][\w-]*(?: [\w-]+){0,2}?) (?:of|for|in|at|on) .+$",
    re.IGNORECASE,
)
_SHARED_ZH: Final = re.compile(
    r"^[^，,？?的和与]{1,14}的(?P<one>[^，,？?的和与及]{1,8})(?:和|与|及|、)"
    r"(?P<other>[^，,？?的和与及是为各分]{1,8})(?:各|分别)?(?:是|为|有)?"
    r"(?:多少|什么|谁|几\S{0,3}|多\S)[？?]?$"
)
"""Two things that are asked of one, side by side."""


def focus(query: str) -> tuple[str, str]:
    """What of it asks, and the rest; of a story, the clauses that ask."""
    sentences = [s for s in _SENTENCE.split(query) if s and s.strip()]
    asking = [s for s in sentences if s.rstrip().endswith(("?", "？"))]
    if not asking and len(sentences) > 1:
        asking = [s for s in sentences if asks(s)] or [s for s in sentences if ASKS.search(s)]
    asking = asking or sentences
    rest = [s for s in sentences if s not in asking]
    if not is_story(query):
        return (" ".join(asking), " ".join(rest)) if rest else (query, "")
    clauses = [asking_clause(s) for s in asking]
    rest += [s.replace(c, " ") for s, c in zip(asking, clauses, strict=True) if c != s and c in s]
    return " ".join(clauses), " ".join(" ".join(rest).split())


def pieces(focus: str) -> list[str]:
    """What is asked one after the other; a piece that asks nothing belongs to the one before it."""
    pieces: list[str] = []
    for sentence in _SENTENCE.split(focus):
        for piece in _CONJOINED.split(sentence or ""):
            if not piece or not piece.strip():
                continue
            if pieces and not (ASKS.search(piece) and ASKS.search(pieces[-1])):
                pieces[-1] = f"{pieces[-1]} {piece.strip()}"
            else:
                pieces.append(piece.strip())
    return pieces or [focus]


def compared(piece: str) -> list[str]:
    """A piece for each of the things that it names side by side: "T40 and T60"."""
    names = [n.text for n in named_in(piece) if n.sort is not Sort.NUMBER or len(n.text) == 4]  # noqa: PLR2004 - a year
    names = phrases([name for name in names if name in piece], piece)
    for first in range(len(names)):
        run = [names[first]]
        for name in names[first + 1 :]:
            joined = re.compile(
                re.escape(run[-1]) + r"(?:\s?年)?" + _JOINED + re.escape(name), re.IGNORECASE
            )
            if not joined.search(piece):
                break
            run.append(name)
        if len(run) > 1:
            start = piece.index(run[0])
            end = piece.index(run[-1], start) + len(run[-1])
            found = []
            for name in run:
                text = f"{piece[:start]}{name}{piece[end:]}"
                left = _COMPARING.sub("", text).strip(" ,，") or text
                found.append(asked_of(name, left))
            return found
    if apart := _APART.match(piece):
        rest = _COMPARING.sub("", apart["rest"])
        return [f"{apart['one']}{rest}", f"{apart['other']}{rest}"]
    return [piece]


def shared(piece: str) -> list[str]:
    """A piece for each of two things asked of one: "weight and length of the T40"."""
    for pattern in (_SHARED, _SHARED_ZH):
        found = pattern.match(piece.strip())
        if found is None:
            continue
        one, other = found["one"], found["other"]
        words = f"{one} {other}".split()
        if named_in(one) or named_in(other) or any(map(is_english_function_word, words)):
            return [piece]
        text = found.group()
        start, end = found.start("one"), found.end("other")
        return [f"{text[:start]}{thing}{text[end:]}" for thing in (one, other)]
    return [piece]
