"""Every regular expression of answering, on texts that were made to be slow to read."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import app.answering
from tests.unit.app.answering.conftest import EndWithin

CHARACTERS = 60_000
PIECES = (
    "1", "a", " ", "a1", "1,", "零", "- ", "the ", "[",
)  # fmt: skip
ANCHORED = {
    ("generating.draft", "_LEADING"),
    ("generating.drafting", "_SETTLED"),
    ("verifying.quantities", "_RANGE"),
}
"""Only ever matched at one place of a text, and never looked for in it."""
MODULES = [
    module.name.removeprefix("app.answering.")
    for module in pkgutil.walk_packages(app.answering.__path__, "app.answering.")
    if not module.ispkg
]


def patterns(module: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Those that a module names, alone or in a table."""
    for name, value in vars(importlib.import_module(f"app.answering.{module}")).items():
        values = [value]
        while values:
            one = values.pop()
            if isinstance(one, re.Pattern):
                yield name, one
            elif isinstance(one, dict):
                values += one.values()


def test_there_are_expressions_to_look_at():
    assert sum(1 for module in MODULES for _ in patterns(module)) > 80


@pytest.mark.parametrize("module", MODULES)
def test_no_expression_is_slow(module: str, end_within: EndWithin):
    for piece in PIECES:
        text = (piece * (CHARACTERS // len(piece) + 1))[:CHARACTERS]
        for name, pattern in patterns(module):
            # A quadratic one takes three times as long on the fastest of machines.
            with end_within(5.0, f"{name} on {piece!r}"):
                if (module, name) in ANCHORED:
                    pattern.match(text)
                else:
                    assert all(match.end() <= CHARACTERS for match in pattern.finditer(text))
