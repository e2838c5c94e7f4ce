"""What a sweep found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from app.domain.documents import Scalar
from app.durability.files import write_text
from eval.json_files import dump_json
from eval.reports.saved import read_saved
from eval.retrieval.table import Resampling
from eval.spans.configuration import Configuration
from eval.statistics.significance import Interval, PairedTest

FORMAT: Final = "attest-chunking/1"
"""Names the layout of a sweep's JSON."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """Means over all questions by measure label; ``interval`` is that of the decisive measure."""

    stage: str
    means: Mapping[str, float]
    interval: Interval


@dataclass(frozen=True, slots=True)
class ConfigurationResult:
    """One configuration. ``mean_tokens`` is of its chunks, ``precision_omega`` over questions."""

    configuration: Configuration
    chunks: int
    mean_tokens: float
    precision_omega: float
    stages: tuple[StageResult, ...]


@dataclass(frozen=True, slots=True)
class SweepComparison:
    """A configuration against the baseline, by span recall of one stage within one budget.

    ``p_corrected`` is the p-value of the randomisation test after Holm's correction for all
    comparisons of that stage, over configurations and budgets. ``won`` and ``lost`` count
    questions.
    """

    configuration: Configuration
    stage: str
    measure: str
    test: PairedTest
    p_corrected: float
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class SweepReport:
    """Every configuration on one dataset, the baseline first.

    ``alike`` maps the label of a configuration that cut exactly as an earlier one to the label of
    that one: it is left out of results, and of what comparisons are corrected for. ``decided_on``
    is the label of the decisive measure. ``left_out`` counts questions without a certain place.
    """

    dataset: str
    dataset_hash: str
    documents: int
    questions: int
    left_out: int
    decided_on: str
    budgets_tokens: tuple[int, ...]
    baseline: Configuration
    resampling: Resampling
    results: tuple[ConfigurationResult, ...]
    comparisons: tuple[SweepComparison, ...]
    alike: Mapping[str, str]
    provenance: Mapping[str, Scalar]
    seconds: float
    format: str = FORMAT

    def name(self, configuration: Configuration) -> str:
        """The configuration's label, with its embedder where that is not the baseline's."""
        if configuration.embedder == self.baseline.embedder:
            return configuration.label
        return f"{configuration.label} with {configuration.embedder}"

    def to_json(self) -> str:
        """The same report always as the same text; `sweep_from_json` reads it back equal."""
        return dump_json(asdict(self))

    def save(self, path: Path) -> None:
        """Writes `to_json` to a file."""
        write_text(path, self.to_json())


def sweep_from_json(text: str) -> SweepReport:
    """Reads a report back.

    Raises:
        EvaluationError: the text is not a report of this format.
    """
    return read_saved(text, SweepReport, format_=FORMAT, what="a report of a chunking sweep")
