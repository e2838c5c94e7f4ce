"""Lines of JSONL that are data and no documents: their fields are their text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

_OF_DOCUMENTS: Final = frozenset({"id", "_id", "title", "text", "uri", "metadata"})
_QUESTIONS: Final = ("question", "问题", "q", "问")
_ANSWERS: Final = ("answer", "答案", "回答", "a", "答")
_MAX_DEPTH: Final = 8
_MAX_FIELDS: Final = 1_000


def with_text(record: object) -> object:
    """The record with its fields as its text, a line each, where it has fields and no ``text``.

    A question becomes the title of its answer. Anything else is given back as it is.
    """
    if not isinstance(record, Mapping) or record.get("text") is not None:
        return record
    names = {str(name).lower(): name for name in record}
    asked = next((names[name] for name in _QUESTIONS if name in names), None)
    answered = next((names[name] for name in _ANSWERS if name in names), None)
    if isinstance(record.get(asked), str) and isinstance(record.get(answered), str):
        return {"title": record[asked], **_kept(record), "text": record[answered]}
    fields = {name: value for name, value in record.items() if name not in _OF_DOCUMENTS}
    lines: list[str] = []
    for path, value in _fields(fields, ""):
        lines.append(f"{path}: {value}")
        if len(lines) == _MAX_FIELDS:
            break
    return {**_kept(record), "text": "\n".join(lines)} if lines else record


def _kept(record: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in record.items() if name in _OF_DOCUMENTS}


def _fields(value: object, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Path and value of each field, in one line; lists of plain values are joined by commas."""
    if depth > _MAX_DEPTH or value is None:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _fields(inner, f"{path} › {name}" if path else str(name), depth + 1)
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        for number, item in enumerate(value, start=1):
            yield from _fields(item, f"{path} › {number}", depth + 1)
    else:
        shown = ", ".join(map(_shown, value)) if isinstance(value, list) else _shown(value)
        if line := " ".join(shown.split()):
            yield path, line


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
