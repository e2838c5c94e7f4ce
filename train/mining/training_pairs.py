"""Pairs of a question and a passage that answers it, the input of training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.datasets.dataset import Dataset
from eval.datasets.rows import read_rows
from eval.metrics.relevance_grades import RELEVANT_GRADE


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a text that answers it.

    ``source`` names the origin of both; questions are searched among the passages of their source.
    ``language`` is empty if it is not stated.
    """

    query: str
    positive: str
    title: str = ""
    source: str = ""
    language: str = ""


def read_pairs(path: Path) -> list[Pair]:
    """Reads a JSON Lines file: ``{"query", "positive", "title"?, "source"?, "lang"?}``.

    Pairs without a source get the name of the file.

    Raises:
        InvalidDataset: the file is absent or a row is malformed.
    """
    return [
        Pair(
            query=row.text("query"),
            positive=row.text("positive"),
            title=row.optional_text("title"),
            source=row.optional_text("source") or path.stem,
            language=row.optional_text("lang"),
        )
        for row in read_rows(path)
    ]


def pairs_of(dataset: Dataset) -> list[Pair]:
    """Makes a pair of each relevant document of each question of an evaluation dataset."""
    return [
        Pair(
            query=query.text,
            positive=dataset.documents[document].text,
            title=dataset.documents[document].title,
            source=dataset.name,
            language=query.lang,
        )
        for query in dataset.queries.values()
        for document, grade in dataset.qrels[query.id].items()
        if grade >= RELEVANT_GRADE
    ]


def by_source(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """Groups pairs by source, in order."""
    sources: dict[str, list[Pair]] = {}
    for pair in pairs:
        sources.setdefault(pair.source, []).append(pair)
    return sources
