"""Reports as JSON files, each with the name of its format."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import TypeAdapter, ValidationError

from app.durability.files import write_text
from eval.errors import EvaluationError
from eval.json_files import dump_json


class SavedReport:
    """Base of report dataclasses, whose field ``format`` names the layout of their JSON.

    The format is read first, because a report of another format has other fields.
    """

    __slots__ = ()

    NAME: ClassVar[str]
    """Name of the report in error messages, for example ``a report on answers``."""

    def to_json(self) -> str:
        """The report as JSON; equal reports give equal text, and `from_json` reads it back."""
        content: Any = self
        return dump_json(asdict(content))

    def save(self, path: Path) -> None:
        """Writes the report to a JSON file."""
        write_text(path, self.to_json())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads a report from JSON.

        Raises:
            EvaluationError: the text is no such report, or has another format.
        """
        dataclass_: Any = cls
        format_ = next(field.default for field in fields(dataclass_) if field.name == "format")
        try:
            found = TypeAdapter(_Head).validate_json(text).format
            if found == format_:
                return TypeAdapter(cls).validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the whole"
            raise EvaluationError(f"this is not {cls.NAME}: {where}: {first['msg']}") from error
        raise EvaluationError(
            f'the report has the format "{found}", not "{format_}"; make it again with this version'
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads a report from a file.

        Raises:
            EvaluationError: the file can't be read, is no such report, or has another format.
        """
        try:
            return cls.from_json(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, EvaluationError) as error:
            raise EvaluationError(f"{path}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Head:
    format: str
