"""What one evaluation found, with all that is needed to believe or repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from app.domain.documents import Scalar
from app.durability.files import write_text
from eval.errors import EvaluationError
from eval.json_files import dump_json
from eval.reports.saved import read_saved
from eval.retrieval.table import Table

FORMAT: Final = "attest-report/2"
"""Names the layout of a report's JSON."""


@dataclass(frozen=True, slots=True)
class Report:
    """An evaluation of one dataset.

    ``documents`` and ``unanswerable`` are counts, ``unjudged`` names queries that were left out,
    ``synthetic`` those that were asked and that a program wrote.
    ``languages`` and ``kinds`` tell of each query, in the order of ``table.queries``; a kind is
    empty where the dataset gives none.
    ``degraded`` counts the queries on which a part of the search failed, by the reason it gave:
    where it is not empty, the table is of a service that was not whole. ``provenance`` is flat:
    settings by dotted name, model ids, fingerprint, versions, commit.
    """

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

    def to_json(self) -> str:
        """The same report always as the same text; `report_from_json` reads it back equal."""
        return dump_json(asdict(self))

    def save(self, path: Path) -> None:
        """Writes `to_json` to a file."""
        write_text(path, self.to_json())


def report_from_json(text: str) -> Report:
    """Reads a report back.

    Raises:
        EvaluationError: the text is not a report of this format.
    """
    return read_saved(text, Report, format_=FORMAT, what="a report")


def read_report(path: Path) -> Report:
    """Reads a saved report.

    Raises:
        EvaluationError: the file can't be read, or is not a report of this format.
    """
    try:
        return report_from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, EvaluationError) as error:
        raise EvaluationError(f"{path}: {error}") from error
