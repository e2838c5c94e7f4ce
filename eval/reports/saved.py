"""Reads back what evaluation saved as JSON: the format first, as another one has other fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from eval.errors import EvaluationError

Saved = TypeVar("Saved")


def read_saved(text: str, kind: type[Saved], *, format_: str, what: str) -> Saved:
    """What `eval.json_files.dump_json` made of a ``kind``.

    Args:
        text: The JSON.
        kind: A dataclass with a field ``format``.
        format_: The only value of that field that is read.
        what: What it is, for people: ``a report``.

    Raises:
        EvaluationError: the text is not that, or of another format; one line says where.
    """
    try:
        found = TypeAdapter(_Head).validate_json(text).format
        if found == format_:
            return TypeAdapter(kind).validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise EvaluationError(f"this is not {what}: {where}: {first['msg']}") from error
    raise EvaluationError(
        f'the report has the format "{found}", not "{format_}"; make it again with this version'
    )


@dataclass(frozen=True, slots=True)
class _Head:
    format: str
