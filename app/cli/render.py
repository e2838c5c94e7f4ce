"""Hits and answers for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from app.domain.answers import Answer, StatementTrace
from app.domain.hits import Hit, SearchResult

SHOWN_CHARACTERS: Final = 320
"""Of a passage; the rest is a request away."""


def render_hits(result: SearchResult, *, explain: bool) -> RenderableType:
    """What was read into the query, then each hit with its headings and how its text begins."""
    parts = [
        Text(f"read as: {reading.meaning}  ({reading.text})", style="dim")
        for reading in result.readings
    ]
    for hit in result.hits:
        parts += [_headline(hit), Text(_shortened(hit.chunk.text))]
        if explain:
            parts.append(_contributions(hit))
        parts.append(Text())
    if not result.hits:
        parts.append(Text("nothing found"))
    return Group(*parts, *_remarks(result.degraded, result.timings_ms if explain else {}))


def render_answer(answer: Answer, *, explain: bool) -> RenderableType:
    """The answer with its marks, and below it the quotation behind each of them."""
    if answer.mode == "abstained":
        parts = [Text(f"No answer: {answer.reason}", style="yellow")]
        if answer.nearest:
            parts.append(Text("Nearest:", style="dim"))
    else:
        parts = [Text(answer.text)]
        parts += [Text(f"({answer.mode})", style="dim"), Text()]
    for citation in (*answer.citations, *answer.nearest):
        begin, end = citation.span
        place = filter(
            None, (f"{citation.document_id} {begin}–{end}", str(citation.setting.locator))
        )
        where = ", ".join(place)
        parts.append(Text(f"[{citation.n}] {where}", style="cyan"))
        if citation.setting.text:
            parts.append(Text(f"    {_shortened(citation.setting.text)}", style="dim"))
        parts.append(Text(f"    “{citation.quote}”"))
    if explain:
        parts += [_judged(statement) for statement in answer.statements]
        for sentence in answer.draft:
            verdict = sentence.reason or "supported"
            parts.append(Text(f"draft: {sentence.text} — {verdict}", style="dim"))
    return Group(*parts, *_remarks(answer.degraded, answer.timings_ms if explain else {}))


def _judged(statement: StatementTrace) -> Text:
    missing = f", lacks {', '.join(statement.missing)}" if statement.missing else ""
    measured = ", ".join(f"{name} {value:g}" for name, value in statement.features.items())
    return Text(
        f"{statement.probability:.2f} {statement.verdict}{missing}: "
        f"{_shortened(statement.text)} ({measured})",
        style="dim",
    )


def _headline(hit: Hit) -> Text:
    line = Text(f"{hit.rank}. {hit.chunk.id}", style="bold")
    if hit.chunk.context:
        line.append(f"  {hit.chunk.context}", style="dim")
    return line


def _contributions(hit: Hit) -> Text:
    routes = [
        f"{name} rank {part.rank}, score {part.score:.4f}"
        + (f" by {' › '.join(part.path)}" if part.path else "")
        for name, part in hit.routes.items()
    ]
    if hit.term_match is not None:
        routes.append(f"match {hit.term_match:.2f}")
    if hit.rerank_score is not None:
        routes.append(f"rerank {hit.rerank_score:.4f}")
    if hit.relevance is not None:
        routes.append(f"relevant {hit.relevance:.0%}")
    return Text(f"fused {hit.score:.5f}: {'; '.join(routes)}", style="dim")


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[:SHOWN_CHARACTERS]}…"


def _remarks(degraded: tuple[str, ...], timings_ms: Mapping[str, float]) -> list[Text]:
    remarks = [Text(f"degraded: {what}", style="yellow") for what in degraded]
    if timings_ms:
        spent = ", ".join(f"{stage} {ms:.1f} ms" for stage, ms in timings_ms.items())
        remarks.append(Text(spent, style="dim"))
    return remarks
