"""Proposals of questions about a passage, from templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from eval.synthesis.definition_questions import ask_definition
from eval.synthesis.fact_questions import ask_fact
from eval.synthesis.heading_questions import ask_heading
from eval.synthesis.passages import Passage
from eval.synthesis.question import LANGUAGES, DraftQuestion, Kind, Language, Proposal

_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def propose(passage: Passage, *, language: Callable[[str], str]) -> Iterator[Proposal]:
    """Yields questions about a passage in reading order, headings first; some may repeat.

    Args:
        passage: The passage to ask about.
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


def ask_sentence(sentence: str, lang: Language) -> Iterator[tuple[Kind, DraftQuestion]]:
    """Yields the questions that a sentence answers: a definition, a fact, both, or mostly none."""
    if (asked := ask_definition(sentence, lang)) is not None:
        yield Kind.DEFINITION, asked
    if (asked := ask_fact(sentence, lang)) is not None:
        yield Kind.FACT, asked


def _in_running_case(asked: DraftQuestion, text: str) -> DraftQuestion:
    """Lower-cases the first word unless the passage always writes it with a capital."""
    first, space, rest = asked.subject.partition(" ")
    plain = first[:1].isupper() and first[1:].islower()
    lowered = first.lower()
    if not plain or re.search(rf"(?<!\w){re.escape(lowered)}(?!\w)", text) is None:
        return asked
    subject = f"{lowered}{space}{rest}"
    return DraftQuestion(asked.text.replace(asked.subject, subject), subject)


def _language(sentence: str, language: Callable[[str], str]) -> Language | None:
    detected = language(sentence)
    return next((known for known in LANGUAGES if known == detected), None)


def _proposal(
    asked: DraftQuestion, kind: Kind, lang: Language, passage: Passage, quote: str
) -> Proposal:
    chunk = passage.chunk
    return Proposal(asked.text, asked.subject, kind, lang, chunk.document_id, chunk.id, quote)
