"""The model card of a run: its training data, settings and held-out metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eval.reports.markdown import table
from train.mining.candidate_groups import CandidateGroup
from train.run_settings import EmbedderRun, RerankerRun
from train.score_combination.held_out import Ranks

_UNSTATED: Final = "not stated"
_SCORES: Final = (
    "Mean reciprocal rank of the answer among the first candidates of questions that were held "
    "out: in the order of the retrieval, by the model alone before and after training, and by both "
    "together after it."
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Held-out ranking metrics of one source, or of all, before and after training."""

    source: str
    questions: int
    before: Ranks
    after: Ranks


@dataclass(frozen=True, slots=True)
class Card:
    """Content of a card. ``licences`` are by source, where known.

    ``minutes`` count from the start of the run, or from its resumption at step ``taken_up``.
    """

    kind: str
    command: str
    run: RerankerRun | EmbedderRun
    base: str
    licence: str
    trained: Sequence[CandidateGroup]
    measured: Sequence[Measured]
    licences: Mapping[str, str]
    versions: Mapping[str, str]
    minutes: float
    taken_up: int
    steps: int

    def to_markdown(self) -> str:
        """Renders the card, which holds no text of the data."""
        trained = Counter((group.source, group.language) for group in self.trained)
        read = self.steps * self.run.batch_questions
        kept = f"step {self.steps}, {read:,} questions"
        if self.run.average > 1:
            kept = f"the mean of the last {self.run.average} checkpoints, up to {kept}"
        since = f" since it was taken up again at step {self.taken_up}" if self.taken_up else ""
        return "\n".join(
            [
                f"# A {self.kind} trained with Attest",
                "",
                f"Made from {self.base} by",
                "",
                f"    {self.command}",
                "",
                f"in {self.minutes:.0f} minutes{since}; kept: {kept}.",
                "",
                f"Licence of the weights: {self.licence or _UNSTATED}.",
                "",
                "## Data",
                "",
                *table(
                    ["source", "language", "questions", "licence"],
                    [
                        [source, language, str(count), self.licences.get(source, _UNSTATED)]
                        for (source, language), count in sorted(trained.items())
                    ],
                ),
                "",
                "## Scores",
                "",
                _SCORES,
                "",
                *table(
                    ["source", "questions", "retrieval", "before", "after", "together"],
                    [
                        [
                            row.source or "all",
                            str(row.questions),
                            f"{row.after.fused:.3f}",
                            f"{row.before.alone:.3f}",
                            f"{row.after.alone:.3f}",
                            f"{row.after.combined:.3f}",
                        ]
                        for row in self.measured
                    ],
                ),
                "",
                "## Settings",
                "",
                *(f"- {name}: {value}" for name, value in self.run.model_dump().items()),
                *(f"- {name} {version}" for name, version in self.versions.items()),
                "",
            ]
        )
