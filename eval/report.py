"""What one evaluation found, with all that is needed to believe or repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.domain import Scalar
from eval.errors import EvaluationError
from eval.json_files import dump_json, write_text
from eval.table import Table

FORMAT: Final = "attest-report/1"
"""Names the layout of a report's JSON."""


@dataclass(frozen=True, slots=True)
class Report:
    """An evaluation of one dataset.

    ``documents`` and ``unanswerable`` are counts, ``unjudged`` names queries that were left out.
    ``degraded`` counts the queries on which a part of the search failed, by the reason it gave:
    where it is not empty, the table is of a service that was not whole. ``provenance`` is flat:
    settings by dotted name, model ids, fingerprint, versions, commit.
    """

    dataset: str
    dataset_hash: str
    documents: int
    unanswerable: int
    unjudged: tuple[str, ...]
    table: Table
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
    try:
        report = TypeAdapter(Report).validate_json(text)
    except ValidationError as error:
        raise EvaluationError(f"this is not a report: {error}") from error
    if report.format != FORMAT:
        raise EvaluationError(f'the report has the format "{report.format}", not "{FORMAT}"')
    return report
