"""Evaluation of a model by how it orders the candidates of held-out questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sentence_transformers.base.evaluation import BaseEvaluator

from app.retrieval.ranking.combination import standard_scores
from train.mining.candidate_groups import CandidateGroup

CANDIDATES: Final = 16
"""Number of candidates of each question, in fused order."""
TOTAL: Final = ""
"""Key of the mean over all sources; no source has an empty name."""
ALONE: Final = "mrr"
COMBINED: Final = "mrr_combined"
"""Metrics that checkpoints can be chosen by: the model alone, or combined with the fused score."""

Score = Callable[[str, Sequence[str]], Sequence[float]]
"""Maps a question and passages to a score for each passage."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """Mean reciprocal rank of the answer among the first `CANDIDATES`, 0 if it is not there.

    ``fused`` is for the order before reranking, ``alone`` for the model's own order, and
    ``combined`` for the sum of both standard scores.
    """

    fused: float
    alone: float
    combined: float


def measure(groups: Sequence[CandidateGroup], score: Score) -> Ranks:
    """Measures the ranking of each group's candidates by ``score``."""
    return _mean([_reciprocal_ranks(group, score) for group in groups])


def measure_by_source(groups: Sequence[CandidateGroup], score: Score) -> dict[str, Ranks]:
    """Applies `measure` to all groups, as `TOTAL`, and to each source if there are several."""
    sources: dict[str, list[tuple[float, float, float]]] = {TOTAL: []}
    for group in groups:
        found = _reciprocal_ranks(group, score)
        sources[TOTAL].append(found)
        sources.setdefault(group.source, []).append(found)
    several = len(sources) > 2  # noqa: PLR2004 - the total, and one source
    return {name: _mean(found) for name, found in sources.items() if several or name == TOTAL}


def _mean(found: Sequence[tuple[float, float, float]]) -> Ranks:
    fused, alone, combined = np.array(found).mean(axis=0).tolist()
    return Ranks(fused, alone, combined)


def _reciprocal_ranks(group: CandidateGroup, score: Score) -> tuple[float, float, float]:
    passages = group.passages[:CANDIDATES]
    answer = next((i for i, passage in enumerate(passages) if passage.relevant), None)
    if answer is None:
        return 0.0, 0.0, 0.0
    fused = np.array([passage.score for passage in passages])
    alone = np.array(score(group.query, [passage.text for passage in passages]), dtype=np.float64)
    both = standard_scores(fused) + standard_scores(alone)
    # Equals count as better than the answer, and so does NaN: not to tell is no merit.
    return tuple(1.0 / int((~(s < s[answer])).sum()) for s in (fused, alone, both))  # type: ignore[return-value]  # of three


class HeldOut(BaseEvaluator):
    """Runs `measure` as an evaluator of sentence-transformers during training."""

    def __init__(
        self, groups: Sequence[CandidateGroup], score: Callable[[Any], Score], *, metric: str
    ) -> None:
        """``metric`` is the one that checkpoints are chosen by."""
        super().__init__()  # type: ignore[no-untyped-call]  # untyped there
        self.primary_metric = metric
        self._groups = groups
        self._score = score

    def __call__(
        self,
        model: Any,
        output_path: str | None = None,  # noqa: ARG002 - the signature is the library's
        epoch: float = -1,  # noqa: ARG002 - as above
        steps: int = -1,  # noqa: ARG002 - as above
    ) -> dict[str, float]:
        """Returns the MRR of the model alone, of the combination, and of the fused order."""
        training = model.training
        model.eval()
        ranks = measure(self._groups, self._score(model))
        model.train(training)
        return {ALONE: ranks.alone, COMBINED: ranks.combined, "mrr_fused": ranks.fused}
