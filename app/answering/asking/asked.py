"""A question taken apart once: what each part of it asks for, in which form, about what.

Nothing behind this room looks at the words of a question again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.answering.asking.forms import Form, form_of
from app.answering.asking.phrasing import (
    as_question,
    chinese_subject,
    is_story,
    with_short_days,
    without_now,
)
from app.answering.asking.pieces import compared, focus, pieces, shared
from app.answering.evidence.kinds.asked import kinds_asked
from app.answering.evidence.kinds.kind import Kind
from app.domain.queries import FollowUp, Query
from app.ports.analyzer import Analyzer
from app.retrieval.understanding.referring import about
from app.text.asking_words import PRONOUN
from app.text.function_words import is_english_function_word
from app.text.names.named import Named, Sort
from app.text.names.naming import named_in

CONTEXT_CHARACTERS: Final = 120
"""Of what stands above a part: more of a story would drown the question."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is asked.

    ``text`` can be read by itself: a follow-up stands below the question before it. ``shown`` is
    what the user wrote. ``readings`` are ways to put it, of which a reader takes for each statement
    the one that it answers best; without any it reads ``text``. ``terms`` are the analyzer's,
    without function words; ``names`` is what has to be met precisely; ``kinds`` are what an answer
    must hold one of. Parts that are ``compared`` ask the same, each of something else.
    """

    text: str
    shown: str
    language: str
    form: Form
    terms: tuple[str, ...]
    names: tuple[Named, ...] = ()
    about: tuple[Named, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    readings: tuple[str, ...] = ()
    compared: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A whole question; ``parts`` is never empty."""

    parts: tuple[Part, ...]
    language: str

    @property
    def compares(self) -> bool:
        """Whether there is more than one thing to be answered."""
        return len(self.parts) > 1


_SHORT_PART: Final = 40
"""Characters below which a question leans on what is said around it."""
_RICH: Final = 2
"""Terms with which a part says by itself what it is about; with a pronoun it takes one more."""
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_CHINESE_ASKING: Final = re.compile(
    r"请问|请|告诉我|我想知道|想问一下|问一下|帮我|一下|为什么|是什么|什么时候|什么|谁|哪些"
    r"|哪个|哪里|哪位|哪一|哪|何时|何地|如何|为何|怎么样|怎么办|怎么|怎样"
    r"|分别是|分别|多少|多久|多长时间|多长|多大|多高|多重"
    r"|几(?=[个天名位次台条种套份间层项级人张])|是不是|是否|能不能|能否|可不可以|可否|有没有"
    r"|有哪|吗|呢|吧|啊"
    r"|(?<=[\u3400-\u9fff])[的是了有在和与及将被把给让]|[？?，。！、；：]"
)


def take_apart(query: Query, analyzer: Analyzer, *, most: int) -> Asked:
    """The question that a query asks, as it was understood, in parts.

    What would be further parts than ``most`` is not asked.
    """
    read = query.follow_up or FollowUp(query.text)
    question = " ".join(read.question.split())
    language = analyzer.language(question)
    follows = bool(read.before)
    asking, around = focus(question)
    found: list[_Piece] = []
    for piece in pieces(asking)[:most]:
        texts = compared(piece)
        if len(texts) > 1:
            found += [_Piece(text, compared=True) for text in texts]
        else:
            found += [_Piece(text, compared=False) for text in shared(piece)]
    place = _Place(around, read.before, found[0].text, read.subject)
    parts = [
        _part(piece, at, place, analyzer, language=language, follows=follows)
        for at, piece in enumerate(found[:most])
    ]
    return Asked(tuple(parts), language)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One of the things asked; ``compared`` where another piece asks the same of something else."""

    text: str
    compared: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands around the pieces of a question.

    ``around`` is what is told beside them, ``earlier`` the questions before, where this one leans
    on them, ``first`` the first piece, ``subject`` what "it" is.
    """

    around: str
    earlier: str
    first: str
    subject: str


def _part(
    piece: _Piece, at: int, place: _Place, analyzer: Analyzer, *, language: str, follows: bool
) -> Part:
    text = piece.text
    context = "" if piece.compared else _context(text, at, place)
    subject = "" if piece.compared else _subject(text, at, place)
    own = named_in(about(text, subject) if subject else text)
    # "And in Germany?" asks no more of Austria: what it names takes the place of its sort.
    sorts = {name.sort for name in own}
    others = [name for name in named_in(context) if name.sort not in sorts and name not in own]
    terms = content_terms(text, analyzer)
    if follows and all(map(is_english_function_word, re.findall(r"\w+", text))):
        terms = []  # "How much is it?" is about nothing by itself
    if follows:
        inherited = set(content_terms(context, analyzer))
        replaced = [n for n in named_in(context) if n not in others and n not in own]
        inherited -= {term for name in replaced for term in analyzer.terms(name.text)}
        terms = [*terms, *sorted(inherited - set(terms))]
    if subject:
        terms += analyzer.terms(subject)
    enough = _RICH + (PRONOUN.search(text) is not None)
    in_context = f"{context}\n{text}" if context else text
    return Part(
        text=in_context,
        shown=text,
        readings=_readings(text, in_context, subject, rich=len(set(terms)) >= enough),
        language=language,
        form=form_of(text),
        terms=tuple(dict.fromkeys(terms)),
        names=tuple(dict.fromkeys((*own, *others) if follows else own)),
        about=()
        if follows
        else tuple(n for n in dict.fromkeys(others) if n.sort is Sort.IDENTIFIER),
        kinds=kinds_asked(text),
        compared=piece.compared,
    )


def _context(part: str, at: int, place: _Place) -> str:
    """What has to stand above a part so that it can be read by itself."""
    above = [_tail(place.earlier)] if place.earlier else []
    leans = PRONOUN.search(part) is not None
    if place.around and (leans or len(part) < _SHORT_PART or is_story(place.around)):
        above.append(_tail(place.around))
    if at and (leans or not named_in(part)):
        above.append(place.first)
    return "\n".join(above)


def _tail(text: str) -> str:
    """The last clauses of a text that is too long to stand above a question."""
    if len(text) <= CONTEXT_CHARACTERS:
        return text
    tail = text[-CONTEXT_CHARACTERS:]
    return re.split(r"[,;.，；。]\s*", tail, maxsplit=1)[-1] or tail


def _subject(part: str, at: int, place: _Place) -> str:
    """What a part is about that does not name it: what the part before it names."""
    if place.subject or not at or named_in(part):
        return place.subject
    codes = [n.text for n in named_in(place.first) if n.sort is Sort.IDENTIFIER]
    return codes[0] if len(codes) == 1 else chinese_subject(place.first)


def _readings(text: str, in_context: str, subject: str, *, rich: bool) -> tuple[str, ...]:
    """The ways to put it that a reader is asked; a part that says little needs its context."""
    if subject:
        found: tuple[str, ...] = (about(text, subject), in_context)
    elif in_context == text:
        found = (as_question(text),)
    else:
        found = (text, in_context) if rich else (in_context,)
    return tuple(dict.fromkeys((*found, *map(with_short_days, found), *map(without_now, found))))


def content_terms(text: str, analyzer: Analyzer) -> list[str]:
    """The analyzer's terms of what a question is about, without what only makes it one.

    Chinese is cut at the words that ask before it is analysed: pairs of characters that lie half in
    a word that asks say nothing.
    """
    said = _CHINESE_ASKING.sub(" ", text) if _HAN.search(text) else text
    return analyzer.query_terms(said if said.strip(" ?？。，,") else text)
