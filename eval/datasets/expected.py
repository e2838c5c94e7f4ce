"""Metadata of a question about its right answer and about how it is asked.

::

    must_hold       [[str]]   a right answer contains at least one alternative of every group
    must_not_hold   [str]     and none of these
    history         [{"role": "user" | "assistant", "content": str}]   turns before the question
    half            "seen" | "unseen"   whether developers may look at the question

All are optional; malformed values are refused.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from app.domain.questions import Turn
from eval.datasets.rows import Row
from eval.errors import InvalidDataset
from eval.json_files import Json

Half: TypeAlias = Literal["", "seen", "unseen"]
"""Half of the set that a question is in; empty if the set has no halves."""

_HALVES: Final[tuple[Half, ...]] = ("seen", "unseen")


def read_must_hold(metadata: Row) -> tuple[tuple[str, ...], ...]:
    """Reads the groups of alternatives in order. Raises `InvalidDataset`."""
    form = "a list of non-empty lists of non-empty strings"
    groups = _list(metadata, "must_hold", form)
    return tuple(_strings(group, metadata, "must_hold", form) for group in groups)


def read_must_not_hold(metadata: Row) -> tuple[str, ...]:
    """Reads the forbidden texts. Raises `InvalidDataset`."""
    form = "a list of non-empty strings"
    listed = _list(metadata, "must_not_hold", form)
    return _strings(listed, metadata, "must_not_hold", form) if listed else ()


def read_history(metadata: Row) -> tuple[Turn, ...]:
    """Reads the turns before the question, oldest first. Raises `InvalidDataset`."""
    form = 'a list of objects with a "role", user or assistant, and a "content"'
    turns: list[Turn] = []
    for item in _list(metadata, "history", form):
        match item:
            case {"role": "user" | "assistant" as role, "content": str(content)} if content.strip():
                turns.append(Turn(role, content))
            case _:
                raise InvalidDataset(f'{metadata.where}: "history" must be {form}')
    return tuple(turns)


def read_half(metadata: Row) -> Half:
    """Reads the half; empty if it is not given. Raises `InvalidDataset`."""
    given = metadata.optional_text("half")
    for half in _HALVES:
        if given == half:
            return half
    if given:
        raise InvalidDataset(f'{metadata.where}: "half" must be seen or unseen, not "{given}"')
    return ""


def _list(metadata: Row, name: str, form: str) -> list[Json]:
    value = metadata.fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidDataset(f'{metadata.where}: "{name}" must be {form}')
    return value


def _strings(value: Json, metadata: Row, name: str, form: str) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else []
    strings = tuple(text for text in listed if isinstance(text, str) and text.strip())
    if not strings or len(strings) != len(listed):
        raise InvalidDataset(f'{metadata.where}: "{name}" must be {form}')
    return strings
