"""Groups that a reader learns from: a question, statements in settings, which of them answer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.domain.documents import Span
from app.durability.files import write_text
from train.errors import InvalidPairs


@dataclass(frozen=True, slots=True)
class Said:
    """A statement under its ``setting``, which may be empty.

    ``span`` is the answer within ``text``, where it is known.
    """

    text: str
    setting: str = ""
    answers: bool = False
    span: Span | None = None

    def read(self) -> str:
        """What the reader sees."""
        return f"{self.setting}\n{self.text}" if self.setting else self.text


@dataclass(frozen=True, slots=True)
class Group:
    """A question and statements; none of them need answer it."""

    question: str
    said: tuple[Said, ...]
    source: str
    lang: str

    @property
    def answered(self) -> bool:
        """Whether a statement of it answers."""
        return any(said.answers for said in self.said)


def write_groups(groups: Iterable[Group], file: Path) -> None:
    """Writes one a line."""
    lines = (json.dumps(asdict(group), ensure_ascii=False) + "\n" for group in groups)
    write_text(file, "".join(lines))


def group_of(raw: dict[str, Any]) -> Group:
    """The group of a line that `write_groups` wrote.

    Raises:
        InvalidPairs: it is none.
    """
    try:
        said = tuple(
            Said(
                str(item["text"]),
                str(item.get("setting", "")),
                bool(item["answers"]),
                (int(item["span"][0]), int(item["span"][1])) if item.get("span") else None,
            )
            for item in raw["said"]
        )
        return Group(str(raw["question"]), said, str(raw["source"]), str(raw["lang"]))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InvalidPairs(f"a group needs question, said, source and lang: {error}") from error
