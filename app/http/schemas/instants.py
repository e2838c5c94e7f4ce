"""Instants on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator


def _written_out(value: object) -> object:
    if not isinstance(value, str) or ":" not in value:
        raise ValueError("Input should be a date and a time as text: 2026-01-28T09:30:00+01:00")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_written_out)]
"""A date and a time with its zone, as text; a number would be taken for seconds."""
