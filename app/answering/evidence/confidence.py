"""How sure it is that the best statement answers: by itself, and by how far it stands out.

A statement that answers is usually alone in doing so; where several are about as probable, none of
them may. So the probability that something is said is not that of the best statement, but a
logistic regression over what the best one has and how far it leads.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from app.answering.asking.asked import Part
from app.answering.asking.forms import LISTED
from app.answering.evidence.candidates import Judged
from app.answering.evidence.judgement import Judge
from app.answering.quoting.likeness import alike, shape_of
from app.domain.probability import log_odds

_LOOKED_AT: Final = 12
"""Statements behind the best one among which `FOLLOWERS` are looked for."""
FOLLOWERS: Final = 5
"""Statements behind the best one that it is compared with.

These are no settings: the weights of a confidence were learned with them.
"""
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


def judged_part(
    part: Part, ranked: Sequence[Judged], judge: Judge, *, terms: Callable[[str], list[str]]
) -> JudgedPart:
    """Of ranked statements, all read by the same models; ``terms`` are the analyzer's."""
    if not ranked or not ranked[0].probability:
        return JudgedPart(part, ranked, 0.0)
    read = ranked[0].features.read is not None
    followers = rivals_apart(part, ranked, terms)
    return JudgedPart(part, ranked, judge.confidence(standing(ranked[0], followers), read=read))


def rivals_apart(
    part: Part, ranked: Sequence[Judged], terms: Callable[[str], list[str]]
) -> list[Judged]:
    """The statements behind the best one that would be another answer, `FOLLOWERS` at most.

    Other versions of the same rule are no other answer, as they are shown with it, and neither is
    the rest of a list that is asked for.
    """
    best = ranked[0].statement
    shape = shape_of(best, terms)
    listed = part.form in LISTED and best.group is not None
    found: list[Judged] = []
    for judged in ranked[1 : _LOOKED_AT + 1]:
        other = judged.statement
        same_list = listed and (other.document_id, other.group) == (best.document_id, best.group)
        apart = other.document_id != best.document_id
        if same_list or (apart and alike(shape, shape_of(other, terms))):
            continue
        found.append(judged)
        if len(found) == FOLLOWERS:
            break
    return found


def standing(best: Judged, followers: Sequence[Judged]) -> dict[str, float]:
    """What the best statement has and how far it leads, by name; see `Judge.confidence`."""
    values = best.features.values()
    odds = [log_odds(judged.probability) for judged in (best, *followers)]
    found = {name: values[name] for name in _OWN}
    found["odds"] = odds[0]
    found["lead"] = odds[0] - (odds[1] if len(odds) > 1 else log_odds(0.0))
    found["mean_lead"] = odds[0] - _mean(odds[1:], log_odds(0.0))
    similar = [judged.features.similarity for judged in followers]
    found["similarity_lead"] = values["similarity"] - _mean(similar, 0.0)
    if best.features.read is not None:
        read = [judged.features.values().get("read", _UNREAD) for judged in followers]
        found["read"] = values["read"]
        found["read_lead"] = values["read"] - _mean(read, _UNREAD)
    return found


def _mean(values: Sequence[float], otherwise: float) -> float:
    return math.fsum(values) / len(values) if values else otherwise
