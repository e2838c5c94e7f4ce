"""The report of an evaluation of retrieval, with the facts needed to repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from app.domain.documents import Scalar
from eval.reports.saved_report import SavedReport
from eval.retrieval.table import Table

FORMAT: Final = "attest-report/2"
"""Name of the JSON format."""


@dataclass(frozen=True, slots=True)
class RetrievalReport(SavedReport):
    """Scores of retrieval on one dataset.

    ``documents`` and ``unanswerable`` are counts. ``unjudged`` names queries that were left out,
    ``synthetic`` those that a program wrote. ``languages`` and ``kinds`` are in the order of
    ``table.queries``; a kind is empty if the dataset has none. ``degraded`` counts the queries on
    which a part of the search failed, by reason; if it is not empty, the table is of an incomplete
    service. ``provenance`` is flat: settings by dotted name, model ids, fingerprint, versions,
    commit.
    """

    NAME: ClassVar[str] = "a report"

    dataset: str
    dataset_hash: str
    documents: int
    unanswerable: int
    unjudged: tuple[str, ...]
    synthetic: tuple[str, ...]
    table: Table
    languages: tuple[str, ...]
    kinds: tuple[str, ...]
    degraded: Mapping[str, int]
    provenance: Mapping[str, Scalar]
    seconds: float
    format: str = FORMAT
