"""How well a model orders the candidates of questions that it was not trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sentence_transformers.base.evaluation import BaseEvaluator

from app.retrieval.ranking.combination import standard_scores
from train.mined.groups import Group

CANDIDATES: Final = 16
"""Of each question, in fused order."""
TOTAL: Final = ""
"""In place of a source: all of them. A source has a name."""
ALONE: Final = "mrr"
COMBINED: Final = "mrr_combined"
"""What checkpoints are chosen by: the model's own order, or the one together with recall."""

Score = Callable[[str, Sequence[str]], Sequence[float]]
"""From a question and passages to a score for each."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """Mean reciprocal rank of the answer among the first `CANDIDATES`, 0 where it is none of them.

    ``fused`` is that of the order before reranking, ``alone`` of the model's own, and ``combined``
    of the sum of both as standard scores.
    """

    fused: float
    alone: float
    combined: float


def measure(groups: Sequence[Group], score: Score) -> Ranks:
    """Asks for the scores of each group's candidates."""
    return _mean([_reciprocal_ranks(group, score) for group in groups])


def measure_by_source(groups: Sequence[Group], score: Score) -> dict[str, Ranks]:
    """`measure` of all groups, as `TOTAL`, and of each source where there are several."""
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


def _reciprocal_ranks(group: Group, score: Score) -> tuple[float, float, float]:
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
    """`measure` as sentence-transformers calls it between training steps."""

    def __init__(
        self, groups: Sequence[Group], score: Callable[[Any], Score], *, metric: str
    ) -> None:
        """``metric`` is what checkpoints are chosen by."""
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
        """MRR of the model alone, of it together with recall, and of recall."""
        training = model.training
        model.eval()
        ranks = measure(self._groups, self._score(model))
        model.train(training)
        return {ALONE: ranks.alone, COMBINED: ranks.combined, "mrr_fused": ranks.fused}
