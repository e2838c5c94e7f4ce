"""Parsing of the arguments of training commands: data, settings of a run, licences."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from app.errors import ConfigurationError
from eval.datasets.beir import read_dataset
from train.errors import InvalidPairs
from train.mining.training_pairs import Pair, pairs_of, read_pairs
from train.reader.run_settings import ReaderRun
from train.run_settings import EmbedderRun, RerankerRun

NONE = "none"
"""Value on the command line that means ``None``."""
Run = TypeVar("Run", RerankerRun, EmbedderRun, ReaderRun)


def read_data(paths: Sequence[Path]) -> list[Pair]:
    """Reads the pairs of files and of folders in BEIR layout.

    Raises:
        InvalidDataset: something is malformed.
        InvalidPairs: there are none.
    """
    pairs = [
        pair
        for path in paths
        for pair in (pairs_of(read_dataset(path)) if path.is_dir() else read_pairs(path))
    ]
    if not pairs:
        raise InvalidPairs("there are no pairs in what was given")
    return pairs


def read_run(kind: type[Run], given: Sequence[str] | None, **options: object) -> Run:
    """Builds the settings of a run from defaults, ``name=value`` items and other options.

    Raises:
        ConfigurationError: a setting is unknown or out of its bounds.
    """
    values: dict[str, object] = {}
    for item in given or ():
        name, separator, value = item.partition("=")
        if not separator:
            raise ConfigurationError(f"--set takes name=value, not {item!r}")
        values[name.strip()] = None if value.strip() == NONE else value.strip()
    values |= {name: value for name, value in options.items() if value is not None}
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "settings"
        raise ConfigurationError(f"--set {where}: {first['msg']}") from error


def read_licences(path: Path | None) -> Mapping[str, str]:
    """Reads the licence of each source. Raises `InvalidPairs` for a malformed file."""
    if path is None:
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidPairs(f"{path} can't be read as JSON: {error}") from error
    if not isinstance(content, dict) or not all(isinstance(v, str) for v in content.values()):
        raise InvalidPairs(f"{path} must be an object from sources to licences")
    return content
