"""Texts and values of metadata in the form that stores can hold."""

from __future__ import annotations

import math
from typing import Final

from app.domain.documents import MetadataValue, Scalar
from ingest.loaders.encodings.cleaning import visible

MAX_ID_CHARACTERS: Final = 512
_INTEGERS: Final = range(-(2**63), 2**63)
"""What stores keep exactly."""


def storable(text: str) -> str:
    """Without what nobody sees, such as control characters, and what UTF-8 can't hold."""
    return visible(text.encode("utf-8", "replace").decode("utf-8").replace("\0", ""))


def storable_value(value: MetadataValue | list[Scalar]) -> MetadataValue:
    """The value with each text in it `storable`, and a tuple where it is a list."""
    if isinstance(value, list | tuple):
        return tuple(storable(e) if isinstance(e, str) else e for e in value)
    return storable(value) if isinstance(value, str) else value


def is_kept_whole(value: object) -> bool:
    """Whether stores hold it as it is: a scalar of at most 64 bits, or a list of those."""
    elements = value if isinstance(value, list | tuple) else [value]
    return all(isinstance(e, str | int | float) and _is_storable(e) for e in elements)


def _is_storable(value: Scalar) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or value in _INTEGERS
