"""Training examples of a reader: a question with statements, of which some answer."""

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
class LabelledStatement:
    """A statement with its ``setting``, which may be empty, and whether it answers.

    ``span`` is the position of the answer within ``text``, if it is known.
    """

    text: str
    setting: str = ""
    answers: bool = False
    span: Span | None = None

    def read(self) -> str:
        """The text that the reader sees: the setting, then the statement."""
        return f"{self.setting}\n{self.text}" if self.setting else self.text


@dataclass(frozen=True, slots=True)
class StatementGroup:
    """A question and candidate statements; possibly none of them answers."""

    question: str
    statements: tuple[LabelledStatement, ...]
    source: str
    lang: str

    @property
    def answered(self) -> bool:
        """Whether one of the statements answers."""
        return any(statement.answers for statement in self.statements)


def write_groups(groups: Iterable[StatementGroup], file: Path) -> None:
    """Writes groups as JSON Lines."""
    lines = (json.dumps(asdict(group), ensure_ascii=False) + "\n" for group in groups)
    write_text(file, "".join(lines))


def parse_group(raw: dict[str, Any]) -> StatementGroup:
    """Parses a line that `write_groups` wrote.

    Raises:
        InvalidPairs: it is none.
    """
    try:
        statements = tuple(
            LabelledStatement(
                str(item["text"]),
                str(item.get("setting", "")),
                bool(item["answers"]),
                (int(item["span"][0]), int(item["span"][1])) if item.get("span") else None,
            )
            for item in raw["statements"]
        )
        return StatementGroup(
            str(raw["question"]), statements, str(raw["source"]), str(raw["lang"])
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InvalidPairs(
            f"a group needs question, statements, source and lang: {error}"
        ) from error
