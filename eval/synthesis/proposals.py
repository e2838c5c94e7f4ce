"""Everything that a passage is asked by the templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from eval.synthesis.definitions import ask_definition
from eval.synthesis.facts import ask_fact
from eval.synthesis.headings import ask_heading
from eval.synthesis.passages import Passage
from eval.synthesis.question import LANGUAGES, Asked, Kind, Language, Proposal

_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def propose(passage: Passage, *, language: Callable[[str], str]) -> Iterator[Proposal]:
    """The questions of a passage in reading order, headings first; they may repeat each other.

    Args:
        passage: What to ask of.
        language: The analyzer's; sentences of other languages than `LANGUAGES` are not asked.
    """
    chunk = passage.chunk
    for section in passage.sections:
        lang = _language(section.quote, language)
        if lang is None or (lang == "en") != (_HAN.search(section.heading) is None):
            continue
        title = "" if chunk.title.startswith(section.heading) else chunk.title
        asked = ask_heading(section.heading, title=title, lang=lang)
        if asked is not None:
            yield _proposal(asked, Kind.HEADING, lang, passage, section.quote)
    for sentence in passage.sentences:
        lang = _language(sentence, language)
        if lang is None:
            continue
        for kind, found in ask_sentence(sentence, lang):
            defines = kind is Kind.DEFINITION
            asked = _in_running_case(found, chunk.text) if defines else found
            yield _proposal(asked, kind, lang, passage, sentence)


def ask_sentence(sentence: str, lang: Language) -> Iterator[tuple[Kind, Asked]]:
    """What one sentence answers: a definition, a fact, both, or mostly nothing."""
    if (asked := ask_definition(sentence, lang)) is not None:
        yield Kind.DEFINITION, asked
    if (asked := ask_fact(sentence, lang)) is not None:
        yield Kind.FACT, asked


def _in_running_case(asked: Asked, text: str) -> Asked:
    """The first word keeps its capital only if the passage writes it with one throughout."""
    first, space, rest = asked.subject.partition(" ")
    plain = first[:1].isupper() and first[1:].islower()
    lowered = first.lower()
    if not plain or re.search(rf"(?<!\w){re.escape(lowered)}(?!\w)", text) is None:
        return asked
    subject = f"{lowered}{space}{rest}"
    return Asked(asked.text.replace(asked.subject, subject), subject)


def _language(sentence: str, language: Callable[[str], str]) -> Language | None:
    detected = language(sentence)
    return next((known for known in LANGUAGES if known == detected), None)


def _proposal(asked: Asked, kind: Kind, lang: Language, passage: Passage, quote: str) -> Proposal:
    chunk = passage.chunk
    return Proposal(asked.text, asked.subject, kind, lang, chunk.document_id, chunk.id, quote)
