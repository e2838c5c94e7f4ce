"""The retrieval settings in force for one collection: the configured ones, or those tuned on it."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass

from pydantic import ValidationError

from app.domain.collections import Fingerprint, Tuning
from app.retrieval.ranking.learned import Combination
from app.settings import RetrievalSettings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InForce:
    """Settings, and why a tuning that the collection has is not among them (``None``: it is)."""

    settings: RetrievalSettings
    tuning: Tuning | None = None
    ignored: str | None = None


def settings_in_force(
    configured: RetrievalSettings,
    tuning: Tuning | None,
    *,
    fingerprint: Fingerprint,
    reranker: str,
    learned: Combination,
) -> InForce:
    """``configured`` with what was tuned on top, where the tuning still holds.

    It does not where the collection was rebuilt otherwise, or another reranker or another trust in
    it is configured: the settings were the best of something else.
    """
    if tuning is None or not configured.tuned:
        return InForce(configured)
    if tuning.fingerprint != fingerprint:
        return InForce(configured, ignored="the collection was rebuilt since; tune it again")
    if tuning.reranker != reranker:
        return InForce(
            configured,
            ignored=f"it is for the reranker {tuning.reranker}, and {reranker} is configured",
        )
    if dict(tuning.learned) != asdict(learned):
        return InForce(
            configured,
            ignored="term matches or the reranker count otherwise since; tune it again",
        )
    try:
        settings = RetrievalSettings(**(configured.model_dump() | dict(tuning.settings)))
    except ValidationError as error:  # kept by another version
        logger.warning("a tuning can't be read: %s", error)
        return InForce(configured, ignored="another version made it; tune the collection again")
    return InForce(settings, tuning)
