"""``rag eval tune``: tunes retrieval settings on judged questions and saves accepted ones."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from app.domain.collections import Tuning
from app.main import Application
from app.retrieval.ranking.learned import NO_RERANKER
from app.settings import RetrievalSettings, Settings
from eval.commands.provenance import provenance
from eval.commands.target import Questions, Target, application, prepare, progress_bar
from eval.errors import EvaluationError
from eval.tuning.candidate_recall import recall_candidates, rerank_candidates
from eval.tuning.reranking import DEEPEST, tune_reranking
from eval.tuning.tune import tune
from eval.tuning.tuning_report import TuningReport, in_words


def run_tune(
    questions: Questions,
    *,
    settings: Settings,
    apply: bool,
    out: Path | None,
    console: Console,
) -> TuningReport:
    """Tunes settings, prints the findings, and saves accepted settings with the collection.

    Earlier tuned settings of the collection are ignored; the comparison is with the configured
    ones.

    Args:
        questions: The questions and the documents to ask them of.
        settings: The configured settings.
        apply: Save accepted settings with the collection; if none are, delete those saved before.
        out: JSON file for the report.
        console: Shows findings and progress.

    Raises:
        EvaluationError: the dataset can't be read, has too few questions, or ones that a program
            wrote, which do not tell which settings people need; or there are weight rules already.
    """
    if settings.retrieval.weight_rules:
        raise EvaluationError(
            "retrieval.weight_rules are set; what is tuned would take their place. Leave them out, "
            "and `rag eval tune` finds out whether languages or kinds of query need any."
        )
    untuned = settings.retrieval.model_copy(update={"tuned": False})
    with application(settings.model_copy(update={"retrieval": untuned}), questions) as app:
        target = prepare(app, questions, console)
        if target.dataset.synthetic:
            raise EvaluationError(
                f"{target.dataset.synthetic} of the questions were written by a program; they show "
                "whether an index works, not which route people need. Tune on questions of people."
            )
        report = _tune(app, target, app.settings.retrieval, console)
        for line in in_words(report):
            console.print(line)
        if apply:
            target.collection.tune(_tuning(app, target, report))
            kept = "kept with" if report.settings else "nothing is kept with"
            console.print(f"{kept} collection {target.collection.name}")
    if out is not None:
        report.save(out)
        console.print(f"written: {out}")
    return report


def _tune(
    app: Application, target: Target, configured: RetrievalSettings, console: Console
) -> TuningReport:
    pipeline = app.pipeline(target.collection)
    with progress_bar(console, "recalling") as advance:
        recalled = recall_candidates(
            pipeline,
            target.collection,
            target.dataset,
            routes=configured.routes,
            progress=advance,
        )
    started = time.perf_counter()
    report = tune(recalled, configured, recalled_depth=configured.depth)
    report = replace(report, seconds=round(time.perf_counter() - started, 3))
    deep = {
        "match_depth": DEEPEST,
        "match_weight": 1.0,
        "rerank_depth": DEEPEST,
        "rerank_weight": 1.0,
        "rerank_stop": 0.0,
    }
    chosen = RetrievalSettings(**configured.model_dump() | dict(report.settings) | deep)
    with progress_bar(console, "reranking") as advance:
        reranked = rerank_candidates(
            app.pipeline(target.collection, chosen), target.dataset, advance
        )
    report = report.with_reranking(
        tune_reranking(
            reranked,
            target.dataset.qrels,
            configured,
            learned=app.learned,
            seed=report.seed,
        )
    )
    facts = {
        "dataset": target.dataset.name,
        "dataset_hash": target.dataset.hash,
        **provenance(app, target.collection.fingerprint, configured),
    }
    return replace(report, provenance=facts)


def _tuning(app: Application, target: Target, report: TuningReport) -> Tuning | None:
    if not report.settings:
        return None
    return Tuning(
        settings=report.settings,
        evidence=report.evidence(),
        fingerprint=target.collection.fingerprint,
        reranker=app.reranker.id if app.reranker else NO_RERANKER,
        learned=asdict(app.learned.combination),
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
