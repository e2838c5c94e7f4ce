"""The model card of a reader: its training data, settings and held-out metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.models.readers.statement_reader import Scale
from eval.reports.markdown import table
from train.reader.reader_metrics import ReaderScores
from train.reader.run_settings import ReaderRun
from train.reader.statement_groups import StatementGroup

_UNSTATED: Final = "not stated"
_SCORES: Final = (
    "Of questions that were held out. *First*: the best of the passage's statements answers. "
    "*Statements*: area under the curve of statements that answer against those that do not. "
    "*Questions*: the same for the best statement of passages that answer and of passages on the "
    "same topic that do not. Beside each: the cosine of the embedder."
)


@dataclass(frozen=True, slots=True)
class ReaderCard:
    """Content of a card. ``facts`` are `ReaderTraining.facts`; ``licences`` are by source."""

    command: str
    run: ReaderRun
    base: str
    licence: str
    trained: Sequence[StatementGroup]
    facts: Mapping[str, Any]
    readings: Sequence[ReaderScores]
    cosines: Sequence[ReaderScores]
    scale: Scale
    licences: Mapping[str, str]
    versions: Mapping[str, str]

    def to_markdown(self) -> str:
        """Renders the card, which holds no text of the data."""
        counts = Counter((group.source, group.lang) for group in self.trained)
        slope, intercept = self.scale.slope, self.scale.intercept
        return "\n".join(
            [
                "# A reader of statements trained with Attest",
                "",
                f"Made from {self.base} by",
                "",
                f"    {self.command}",
                "",
                self._how(),
                "",
                f"P(answers) = sigmoid({slope:.4f} · logit + {intercept:.4f}).",
                "",
                f"Licence of the weights: {self.licence or _UNSTATED}.",
                "",
                "## Data",
                "",
                *table(
                    ["source", "language", "groups", "licence"],
                    [
                        [source, lang, str(count), self.licences.get(source, _UNSTATED)]
                        for (source, lang), count in sorted(counts.items())
                    ],
                ),
                "",
                "## Scores",
                "",
                _SCORES,
                "",
                *table(
                    ["source", "answered", "not", "first", "statements", "questions"],
                    [
                        [
                            reading.source,
                            str(reading.answered),
                            str(reading.unanswered),
                            _beside(reading.first, cosine.first),
                            _beside(reading.statements, cosine.statements),
                            _beside(reading.questions, cosine.questions),
                        ]
                        for reading, cosine in zip(self.readings, self.cosines, strict=True)
                    ],
                ),
                "",
                "## Settings",
                "",
                *(
                    f"- {name}: {value}"
                    for name, value in self.run.model_dump(exclude={"base"}).items()
                ),
                *(f"- {name} {version}" for name, version in self.versions.items()),
                "",
            ]
        )

    def _how(self) -> str:
        facts = self.facts
        share = facts["read"] / len(self.trained)
        return (
            f"in {facts['minutes']:.1f} minutes on {facts['device']} (torch {facts['torch']}) and "
            f"{facts['steps']:,} steps over {facts['read']:,} groups: {share:.2f} times the "
            f"{len(self.trained):,} below, in random order."
        )


def _beside(score: float | None, cosine: float | None) -> str:
    return "–" if score is None or cosine is None else f"{score:.3f} ({cosine:.3f})"
