"""A follow-up read together with what was said before it.

"And in Spain?" is the question before it, asked of Spain; "How much is it?" asks about what was
named last. Where neither is sure, the follow-up is searched for below the question before it. Each
question before it is read so in its turn: what was named three questions ago is not lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.domain.queries import FollowUp, Reading
from app.domain.questions import Turn
from app.ports.analyzer import Analyzer
from app.retrieval.understanding.passages import HoldBoth, Passages
from app.retrieval.understanding.referring import about, mentions, referent
from app.retrieval.understanding.replacing import put_into
from app.retrieval.understanding.steps import Draft, Means
from app.text.asking_words import PRONOUN

ELLIPTIC: Final = re.compile(
    r"^\W*(?:and|but|or|what about|how about|what if|also|then|so|same|for|in|on|with)\b"
    r"|^\W*(?:那|那么|还有|另外|换成|如果是|至于|再|而)"
    r"|^[^，。？?]{0,14}呢[？?]?$|^\W*(?:why|how so|really|when|where|who|how much|how many"
    r"|how long|为什么|多久|多少钱|谁|什么时候)\W*$",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(
    r"^\W*(?:(?:and|but|or|so|then|also|what about|how about)\b\W*)+|^\W*(?:那么?|还有|另外|至于)",
    re.IGNORECASE,
)
_SHORT: Final = 80
"""Characters up to which a question may leave out what it is about without a sign of it."""
_FEW_TERMS: Final = 2
"""Terms with which a question means little by itself."""


def after_others(draft: Draft, means: Means) -> Draft:
    """The draft as it is meant after the questions before it, as far as the settings look back."""
    history, turns = means.request.history, means.settings.history_turns
    found = follow(
        draft.text,
        list(_exchanges(history))[-turns:] if turns else [],
        means.analyzer,
        Passages(means.collection, means.analyzer).hold_both,
    )
    if found is None:
        return draft
    text = searched(found)
    reading = Reading("history", draft.text, text)
    return replace(draft, text=text, follow_up=found, readings=(*draft.readings, reading))


def follow(
    question: str, exchanges: Sequence[tuple[str, str]], analyzer: Analyzer, hold_both: HoldBoth
) -> FollowUp | None:
    """How ``question`` is read after others and their answers; ``None`` where it needs none."""
    before, answered = "", ""
    for asked, said in exchanges:
        read = _read(asked, before, answered, analyzer, hold_both)
        before, answered = (searched(read) if read else asked), said
    return _read(question, before, answered, analyzer, hold_both)


def searched(read: FollowUp) -> str:
    """The text to search for."""
    if not read.subject:
        return f"{read.before}\n{read.question}" if read.before else read.question
    asked = _LEAD.sub("", read.question)
    if asked.isascii() and not PRONOUN.search(asked):
        return f"{asked.rstrip(' ?.')} {read.subject}?"
    return about(asked, read.subject)


def _exchanges(history: Sequence[Turn]) -> Iterator[tuple[str, str]]:
    """Each question of the user, and what was answered."""
    asked: str | None = None
    said = ""
    for turn in history:
        if turn.role == "user":
            if asked is not None:
                yield asked, said
            asked, said = " ".join(turn.content.split()), ""
        elif asked is not None:
            said = turn.content
    if asked is not None:
        yield asked, said


def _read(
    question: str, before: str, answered: str, analyzer: Analyzer, hold_both: HoldBoth
) -> FollowUp | None:
    if not before:
        return None
    leans = _leans(question, analyzer)
    put = put_into(question, before, answered, hold_both) if ELLIPTIC.search(question) else None
    if put and _asks_no_more(question, put, analyzer):
        return FollowUp(put)
    subject = "" if mentions(question) else referent(question, before, answered)
    if leans and subject and not PRONOUN.search(question):
        return FollowUp(question, before, subject if hold_both(subject, question) else "")
    if leans:
        return FollowUp(question, before, subject)
    if subject and len(question) <= _SHORT and hold_both(subject, question):
        return FollowUp(question, before, subject)
    return None


def _asks_no_more(question: str, put: str, analyzer: Analyzer) -> bool:
    """Whether the question before, so changed, has all that the follow-up is about.

    "In summer, when does the pool open?" is not asked of winter tyres.
    """
    asked = analyzer.query_terms(PRONOUN.sub(" ", question))
    # Pairs of Chinese characters reach over what was put in; short as it is, it asks no more.
    return {term for term in asked if term.isascii()} <= set(analyzer.terms(put))


def _leans(question: str, analyzer: Analyzer) -> bool:
    """Whether a question means little without the one before it."""
    if ELLIPTIC.search(question) or PRONOUN.search(question):
        return True
    return len(set(analyzer.query_terms(question))) <= _FEW_TERMS
