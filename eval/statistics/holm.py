"""Holm's correction of p-values for multiple tests."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Corrects p-values for their number; 0 to 1, in the given order, none smaller than before.

    Rejecting those at or below α keeps the chance of any false rejection in the family at α,
    however the tests depend on each other. The smallest of m p-values is multiplied by m, the next
    by m − 1, and so on; a corrected value is never below the one before it.

    Source: S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal
    of Statistics 6(2), 1979.
    """
    corrected = [0.0] * len(p_values)
    floor = 0.0
    for done, index in enumerate(sorted(range(len(p_values)), key=lambda n: p_values[n])):
        floor = max(floor, min(1.0, (len(p_values) - done) * p_values[index]))
        corrected[index] = floor
    return tuple(corrected)
