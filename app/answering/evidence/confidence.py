"""How sure it is that the best statement answers: by itself, and by how far it stands out.

A statement that answers is usually alone in doing so; where several are about as probable, none of
them may. So the probability that something is said is not that of the best statement, but a
logistic regression over what the best one has and how far it leads.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.answering.evidence.asked import Part
from app.answering.evidence.judgement import Judge
from app.answering.evidence.relevance import Judged

FOLLOWERS: Final = 5
"""Statements behind the best one that it is compared with."""
_LEAST: Final = 1e-4
_UNREAD: Final = -5.0
"""Log odds of a statement that no reader was asked about."""
_OWN: Final = (
    "similarity", "said", "covered", "absent", "across", "unkind", "passage", "implied",
    "row", "titled",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class JudgedPart:
    """A part of a question, its statements, best first, and how sure the best one answers.

    ``confidence`` is a probability in [0, 1]; 0 where there is no statement.
    """

    part: Part
    ranked: Sequence[Judged]
    confidence: float


def judged_part(part: Part, ranked: Sequence[Judged], judge: Judge) -> JudgedPart:
    """Of ranked statements, all read by the same models."""
    if not ranked or not ranked[0].probability:
        return JudgedPart(part, ranked, 0.0)
    read = ranked[0].features.read is not None
    return JudgedPart(part, ranked, judge.confidence(standing(ranked), read=read))


def standing(ranked: Sequence[Judged]) -> dict[str, float]:
    """What the best statement has and how far it leads, by name; see `Judge.confidence`."""
    best = ranked[0]
    values = best.features.values()
    odds = [_log_odds(judged.probability) for judged in ranked[: FOLLOWERS + 1]]
    followers = ranked[1 : FOLLOWERS + 1]
    found = {name: values[name] for name in _OWN}
    found["odds"] = odds[0]
    found["lead"] = odds[0] - (odds[1] if len(odds) > 1 else _log_odds(0.0))
    found["mean_lead"] = odds[0] - _mean(odds[1:], _log_odds(0.0))
    similar = [judged.features.similarity for judged in followers]
    found["similarity_lead"] = values["similarity"] - _mean(similar, 0.0)
    if best.features.read is not None:
        read = [judged.features.values().get("read", _UNREAD) for judged in followers]
        found["read"] = values["read"]
        found["read_lead"] = values["read"] - _mean(read, _UNREAD)
    return found


def _mean(values: Sequence[float], otherwise: float) -> float:
    return math.fsum(values) / len(values) if values else otherwise


def _log_odds(probability: float) -> float:
    bounded = min(1 - _LEAST, max(_LEAST, probability))
    return math.log(bounded / (1 - bounded))
