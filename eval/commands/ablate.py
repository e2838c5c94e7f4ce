"""``rag eval ablate``: searches with every part on and off, on several sets, in one table."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from app.durability.files import write_text
from app.main import Application
from app.ports.store import Collection
from app.requests import SearchRequest
from app.settings import Settings
from eval.ablation.ablate import AS_SERVED, AblationReport, Outcome, outcome, rows_of, to_markdown
from eval.ablation.changes import Change
from eval.commands.provenance import provenance
from eval.commands.target import Questions, evaluation_settings, prepare, progress_bar
from eval.datasets.dataset import Dataset


def run_ablation(
    sets: Sequence[Questions],
    *,
    settings: Settings,
    changes: Sequence[Change],
    limit: int | None,
    out: Path | None,
    markdown: Path | None,
    console: Console,
) -> AblationReport:
    """Searches each set as the service is configured and with each change, and prints the table.

    Settings that were tuned for a collection are left out: they would undo the changes.

    Args:
        sets: Judged questions and their documents.
        settings: As configured.
        changes: What is changed, one at a time.
        limit: Number of questions of each set, the first ones; ``None`` for all.
        out: JSON file for the report.
        markdown: Markdown file for the table.
        console: Shows the table and progress.

    Raises:
        EvaluationError: a set can't be read, or a change does not fit the settings.
    """
    started = time.perf_counter()
    untuned = Change("", {"retrieval.tuned": False}).applied(settings)
    variants = {AS_SERVED: untuned} | {c.name: c.applied(untuned) for c in changes}
    scored: dict[str, dict[str, Sequence[Outcome]]] = {}
    for name, own in variants.items():
        app = Application(evaluation_settings(own))
        try:
            for questions in sets:
                target = prepare(app, questions, console)
                outcomes = _ask(app, target.collection, target.dataset.first(limit), name, console)
                scored.setdefault(target.dataset.name, {})[name] = outcomes
            if name == AS_SERVED:
                facts = provenance(app, target.collection.fingerprint, own.retrieval)
        finally:
            app.close()
    report = AblationReport(
        rows_of(scored),
        {change.name: dict(change.values) for change in changes},
        facts,
        time.perf_counter() - started,
    )
    text = to_markdown(report)
    console.print(Markdown(text))
    if out is not None:
        report.save(out)
    if markdown is not None:
        write_text(markdown, text)
    return report


def _ask(
    app: Application, collection: Collection, dataset: Dataset, variant: str, console: Console
) -> list[Outcome]:
    """Searches with every judged question; its time is without that of embedding the question."""
    pipeline = app.pipeline(collection)
    found = []
    with progress_bar(console, f"{dataset.name}, {variant}") as advance:
        for done, query in enumerate(dataset.queries.values(), start=1):
            app.embedder.embed_queries([query.text])  # kept, so that each variant finds it there
            began = time.perf_counter()
            result = pipeline.search(SearchRequest(query.text))
            milliseconds = 1e3 * (time.perf_counter() - began)
            documents = list(dict.fromkeys(hit.chunk.document_id for hit in result.hits))
            found.append(outcome(documents, dataset.qrels[query.id], milliseconds))
            advance(done, len(dataset.queries))
    return found
