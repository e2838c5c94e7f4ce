"""Numbered passages: what an answer may rest on."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.documents import Span


@dataclass(frozen=True, slots=True)
class Passage:
    """One numbered source of an answer.

    ``n`` counts from 1 and is what a draft cites; ``context`` is the title and the headings above;
    ``text`` is ``document.text[span[0]:span[1]]``.
    """

    n: int
    chunk_id: str
    document_id: str
    title: str
    context: str
    text: str
    span: Span
