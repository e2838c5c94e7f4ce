"""Kinds of things that can be asked for: a person, a date, a colour."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What can be asked for."""

    PERSON = "person"
    HOLDER = "holder"
    """Of a post: somebody by name."""
    TIME = "time"
    DURATION = "duration"
    MONEY = "money"
    PERCENT = "percent"
    NUMBER = "number"
    COLOUR = "colour"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    TEMPERATURE = "temperature"
    WEIGHT = "weight"
    LENGTH = "length"
    SPEED = "speed"
    POWER = "power"
    VERSION = "version"
    LOUDNESS = "loudness"


PLAIN: Final = frozenset(
    (
        Kind.COLOUR,
        Kind.EMAIL,
        Kind.PHONE,
        Kind.PERCENT,
        Kind.LOUDNESS,
        Kind.WEIGHT,
        Kind.TEMPERATURE,
        Kind.HOLDER,
    )
)
"""Kinds that nothing answers in which they do not stand, in whatever words."""
