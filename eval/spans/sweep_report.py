"""The report of a chunking sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from app.domain.documents import Scalar
from eval.reports.saved_report import SavedReport
from eval.retrieval.table import Resampling
from eval.spans.configuration import Configuration
from eval.statistics.significance import Interval, PairedTest

FORMAT: Final = "attest-chunking/1"
"""Name of the JSON format."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """Means over all questions by measure label; ``interval`` is of the deciding measure."""

    stage: str
    means: Mapping[str, float]
    interval: Interval


@dataclass(frozen=True, slots=True)
class ConfigurationResult:
    """Scores of a configuration; ``mean_tokens`` is of chunks, ``precision_omega`` of questions."""

    configuration: Configuration
    chunks: int
    mean_tokens: float
    precision_omega: float
    stages: tuple[StageResult, ...]


@dataclass(frozen=True, slots=True)
class SweepComparison:
    """A comparison of a configuration with the baseline, by span recall of a stage in a budget.

    ``p_corrected`` is the p-value of the randomisation test, Holm-corrected over all configurations
    and budgets of that stage. ``won`` and ``lost`` count questions.
    """

    configuration: Configuration
    stage: str
    measure: str
    test: PairedTest
    p_corrected: float
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class SweepReport(SavedReport):
    """Scores of all configurations on one dataset, the baseline first.

    ``alike`` maps the label of a configuration to that of an earlier one with exactly the same
    chunks; it is left out of the results and of the correction. ``decided_on`` is the label of the
    deciding measure. ``left_out`` counts questions without a unique answer position.
    """

    NAME: ClassVar[str] = "a report of a chunking sweep"

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
        """Label of the configuration, with its embedder if that is not the baseline's."""
        if configuration.embedder == self.baseline.embedder:
            return configuration.label
        return f"{configuration.label} with {configuration.embedder}"
