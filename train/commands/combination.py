"""``rag train combination``: fits the weights of term match and reranker to several datasets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console

from app.durability.files import write_text
from app.main import Application
from app.settings import Settings
from eval.commands.provenance import provenance
from eval.commands.target import evaluation_settings, index_dataset, progress_bar
from eval.datasets.dataset import Dataset
from eval.json_files import dump_json
from eval.tuning.candidate_recall import rerank_candidates
from eval.tuning.reranking import RerankedCandidates
from train.errors import InvalidPairs
from train.score_combination.fitting import FittedCombination, fit_combination
from train.score_combination.reranked_questions import RerankedQuestion

LEAST_SETS = 3


def run_combination(
    datasets: Sequence[tuple[Path, tuple[Path, ...]]],
    *,
    settings: Settings,
    limit: int | None,
    out: Path,
    console: Console,
) -> FittedCombination:
    """Fits the weights of term match and reranker, and the calibration of scores.

    Args:
        datasets: Folders in BEIR layout, each with folders whose corpora are added to its own.
        settings: Name the reranker, or none, its depth, and the recall before it.
        limit: Number of questions taken of each set, the first ones.
        out: JSON file for the result, including the test of each left-out set.
        console: Shows results and progress.

    Raises:
        InvalidPairs: there are fewer than three sets, two sets have one name, or a set has no
            questions.
        AttestError: a route or the reranker failed.
    """
    if len(datasets) < LEAST_SETS:
        raise InvalidPairs(f"give {LEAST_SETS} datasets or more: each is left out in turn")
    retrieval = settings.retrieval.model_copy(update={"rerank_stop": 0.0})
    models = settings.models.model_copy(update={"combination": None})  # it may be what is written
    own = settings.model_copy(update={"retrieval": retrieval, "models": models})
    app = Application(evaluation_settings(own))
    try:
        sets: dict[str, list[RerankedQuestion]] = {}
        for folder, distractors in datasets:
            name, dataset = index_dataset(app, folder, distractors, console)
            if dataset.name in sets:
                raise InvalidPairs(f"two datasets are called {dataset.name}; rename a folder")
            dataset = dataset.first(limit)
            collection = app.store.open(name)
            with progress_bar(console, f"reranking {dataset.name}") as advance:
                reranked = rerank_candidates(app.pipeline(collection), dataset, advance)
            sets[dataset.name] = _questions(app, reranked, dataset)
            if not sets[dataset.name]:
                raise InvalidPairs(f"{dataset.name} has no question with two candidates or more")
            facts = provenance(app, collection.fingerprint, settings.retrieval)
        learned = fit_combination(sets, reranker=app.reranker.id if app.reranker else None)
    finally:
        app.close()
    for one in learned.left_out:
        for compared in one.comparisons:
            console.print(
                f"{one.name} left out, {compared.order} against {compared.baseline}: "
                + ", ".join(
                    f"{label} {one.scores[compared.baseline][label]:.3f} → "
                    f"{one.scores[compared.order][label]:.3f} (p = {p:.3g})"
                    for label, p in compared.corrected.items()
                )
            )
    write_text(out, dump_json({**learned.as_json(), "provenance": dict(facts)}))
    console.print(f"written: {out}")
    return learned


def _questions(
    app: Application, reranked: Sequence[RerankedCandidates], dataset: Dataset
) -> list[RerankedQuestion]:
    """Questions with more than one candidate; the others have no order to change."""
    questions: list[RerankedQuestion] = []
    for found in reranked:
        read = [c for c in found.candidates if c.term_match is not None]
        read.sort(key=lambda candidate: candidate.fused_rank)
        if len(read) > 1:
            questions.append(
                RerankedQuestion(
                    fused=np.array([c.fused_score for c in read]),
                    matches=np.array([c.term_match for c in read], dtype=np.float64),
                    rerank=np.array([c.rerank_score for c in read], dtype=np.float64),
                    documents=tuple(c.document_id for c in read),
                    judged=dataset.qrels[found.question],
                    language=app.analyzer.language(dataset.queries[found.question].text),
                )
            )
    return questions
