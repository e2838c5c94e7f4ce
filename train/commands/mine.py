"""Mines hard negatives: indexes the passages of training pairs and searches their questions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from app.main import Application
from app.settings import Settings
from eval.commands.target import evaluation_settings, progress_bar
from ingest.sources.records import RecordSource
from train.mining.candidate_groups import CandidateGroup, read_groups, write_groups
from train.mining.hard_negatives import Corpus, MiningSettings, corpus_of, mine
from train.mining.training_pairs import Pair, by_source


def mined_groups(
    pairs: Sequence[Pair],
    *,
    settings: Settings,
    mining: MiningSettings,
    folder: Path,
    console: Console,
) -> list[CandidateGroup]:
    """Mines the groups of all sources, or reads those of earlier runs from ``folder``.

    Args:
        pairs: Questions and passages that answer them.
        settings: The embedder, chunking and fusion of recall.
        mining: Options of hard negatives.
        folder: Folder of mined groups, one file per source.
        console: Shows results and progress.

    Raises:
        AttestError: a route failed.
    """
    groups: list[CandidateGroup] = []
    models = settings.models.model_copy(update={"reranker": "none"})  # recall alone is asked
    app = Application(evaluation_settings(settings.model_copy(update={"models": models})))
    try:
        for source, own in by_source(pairs).items():
            corpus = corpus_of(own)
            file = folder / f"{_key(app, corpus, mining, source)}.jsonl"
            if not file.is_file():
                found = _mine(app, source, corpus, mining, console)
                lost = len(corpus.questions) - len(found)
                console.print(f"{source}: {len(found)} questions with negatives, {lost} left out")
                write_groups(file, found)
            groups += read_groups(file)
    finally:
        app.close()
    return groups


def _mine(
    app: Application, source: str, corpus: Corpus, mining: MiningSettings, console: Console
) -> list[CandidateGroup]:
    name = f"train-{_key(app, corpus, mining, source)}"
    with progress_bar(console, f"indexing {source}") as advance:
        app.ingest(name, _records(corpus), lambda r: advance(r.received, len(corpus.documents)))
    collection = app.store.open(name)
    app.embedder.embed_queries(list(corpus.questions))  # in batches, into its cache
    found: list[CandidateGroup] = []
    with progress_bar(console, f"mining {source}") as advance:
        mined = mine(
            corpus, app.pipeline(collection), collection, analyzer=app.analyzer, settings=mining
        )
        for done, group in enumerate(mined, start=1):
            if group is not None:
                found.append(group)
            advance(done, len(corpus.questions))
    return found


def _records(corpus: Corpus) -> Iterator[RecordSource]:
    for document, pair in corpus.documents.items():
        record = {"id": document, "title": pair.title, "text": pair.positive}
        yield RecordSource(document, record)


def _key(app: Application, corpus: Corpus, mining: MiningSettings, source: str) -> str:
    """Key of mined groups: the same pairs, indexed and mined the same way, have the same key."""
    recall = app.settings.retrieval.model_dump(mode="json")
    made_by = [asdict(app.indexer.fingerprint), asdict(mining), recall, source]
    digest = hashlib.sha256(repr(made_by).encode())
    for document, pair in corpus.documents.items():
        digest.update(repr((document, pair.title, pair.positive)).encode())
    for query, relevant in corpus.questions.items():
        digest.update(repr((query, sorted(relevant))).encode())
    return digest.hexdigest()[:16]
