"""Lines and JSON objects of dataset files; error messages name file and line."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.errors import InvalidDataset
from eval.json_files import Json


@dataclass(frozen=True, slots=True)
class Row:
    """A JSON object and its position (``queries.jsonl:12``).

    Getters raise `InvalidDataset`.
    """

    where: str
    fields: Mapping[str, Json]

    def text(self, name: str) -> str:
        """A required string that is not blank."""
        value = self.fields.get(name)
        if not isinstance(value, str) or not value.strip():
            raise InvalidDataset(f'{self.where}: "{name}" must be a non-empty string')
        return value

    def optional_text(self, name: str) -> str:
        """A string; empty if absent or null."""
        value = self.fields.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise InvalidDataset(f'{self.where}: "{name}" must be a string')
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; empty if absent or null."""
        value = self.fields.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise InvalidDataset(f'{self.where}: "{name}" must be a list of strings')
        strings = tuple(item for item in value if isinstance(item, str))
        if len(strings) != len(value):
            raise InvalidDataset(f'{self.where}: "{name}" must be a list of strings')
        return strings

    def row(self, name: str) -> Row:
        """A nested object; empty if absent or null."""
        value = self.fields.get(name)
        if value is None:
            return Row(self.where, {})
        if not isinstance(value, dict):
            raise InvalidDataset(f'{self.where}: "{name}" must be an object')
        return Row(self.where, value)


def read_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yields each non-blank line with its position; a BOM and CRLF line ends are tolerated.

    Raises:
        InvalidDataset: the file is absent or a line is not UTF-8.
    """
    if not path.is_file():
        raise InvalidDataset(f"{path} does not exist")
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            where = f"{path}:{number}"
            try:
                line = (raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw).decode("utf-8")
            except UnicodeDecodeError as error:
                raise InvalidDataset(f"{where}: not UTF-8 ({error.reason})") from error
            line = line.rstrip("\r\n")
            if line.strip():
                yield where, line


def read_rows(path: Path) -> Iterator[Row]:
    """Yields each object of a JSON Lines file.

    Raises:
        InvalidDataset: as `read_lines`, or a line is not a JSON object.
    """
    for where, line in read_lines(path):
        try:
            fields: Json = json.loads(line, parse_constant=_refuse_constant)
        except ValueError as error:
            raise InvalidDataset(f"{where}: malformed JSON ({error})") from error
        if not isinstance(fields, dict):
            raise InvalidDataset(f"{where}: each line must be a JSON object")
        yield Row(where, fields)


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")
