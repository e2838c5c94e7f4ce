"""Canonical JSON: equal content gives equal bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A JSON value."""


def dump_json(content: Mapping[str, object]) -> str:
    """Canonical text: sorted keys, one indentation, no escapes beyond JSON's own.

    Raises:
        ValueError: a number is not finite, which JSON can't say.
    """
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"
