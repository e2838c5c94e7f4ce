"""The values of a sentence, which must be met exactly, beside those of its statement."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from app.answering.verifying.atoms import DATE, IDENTIFIER, Atoms, same_date, written
from app.answering.verifying.quantities import Quantity
from app.answering.verifying.units import PER

_YEARS: Final = range(1_900, 2_100)


def written_values(atoms: Atoms) -> frozenset[str]:
    """Everything that must be met exactly, as text."""
    return frozenset(
        [
            *(f"{DATE}{date}" for date in atoms.dates),
            *(f"time {time}" for time in atoms.times),
            *(f"dotted {number}" for number in atoms.dotted),
            *(f"{IDENTIFIER}{identifier}" for identifier in atoms.identifiers),
            *(written(quantity) for quantity in atoms.quantities),
        ]
    )


def borne(quantity: Quantity, said: Atoms, own: Atoms) -> Quantity | None:
    """The quantity of the statement that bears one of the sentence.

    What one of them measures by the month the other may say by a word: 月费, "monthly".
    """
    found = quantity.found_in(own.quantities)
    if found is not None:
        return found
    for other in own.quantities:
        measured, per, by = quantity.unit.partition(PER)
        if per and (other.value, other.unit) == (quantity.value, measured) and by in own.periods:
            return other
        measured, per, by = other.unit.partition(PER)
        if (
            per
            and (quantity.value, quantity.unit) == (other.value, measured)
            and by in said.periods
        ):
            return other
    return None


def as_written(said: Atoms, known: Atoms, own: Atoms) -> Atoms:
    """The sentence with its quantities and dates as the statement writes them."""
    table: dict[str, str] = {}
    quantities = []
    for quantity in said.quantities:
        other = borne(quantity, said, own) or quantity
        quantities.append(other)
        table[written(quantity)] = written(other)
    for date in said.dates:
        other_date = next((d for d in known.dates if same_date(date, d)), date)
        table[f"{DATE}{date}"] = f"{DATE}{other_date}"
    marks = tuple(table.get(mark, mark) for mark in said.marks)
    return replace(said, quantities=tuple(quantities), marks=marks)


def set_around(quantity: Quantity, known: Atoms) -> bool:
    """Whether the setting may lend a quantity: a year, or a number without a unit."""
    year = int(quantity.value) in _YEARS and quantity.value == int(quantity.value)
    if (year or not quantity.unit) and quantity.supported_by(known.quantities):
        return True
    if year and any(date[0] == int(quantity.value) for date in known.dates):
        return True
    return f"{quantity.value:f}" in known.dotted
