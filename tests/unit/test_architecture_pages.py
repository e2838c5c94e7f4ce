"""The handbook's walk through the code goes where the code goes."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

COMPOSITION = "app/main.py"
"""Imports what stands behind the ports."""
BY_NAME = re.compile(r"([\w.]+):\w+")
FILE = re.compile(r"`((?:app|ingest)/[\w/]+\.py)`")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_file_of_a_walk_is_imported_by_one_before_it(repository: Path, language: str) -> None:
    page = repository / "docs" / "handbook" / language / "architecture.md"
    _, *walks = page.read_text(encoding="utf-8").split("\n## ")
    assert len(walks) == 2
    for walk in walks:
        first, *others = dict.fromkeys(FILE.findall(walk))
        assert len(others) > 8
        reached = _imports(repository / COMPOSITION) | _imports(repository / first)
        for file in others:
            assert file in reached, f"{file} is imported by nothing that is named before it"
            reached |= _imports(repository / file)


def test_both_languages_walk_the_same_way(repository: Path) -> None:
    walks = [
        FILE.findall((repository / "docs" / "handbook" / language / "architecture.md").read_text())
        for language in ("en", "zh")
    ]
    assert walks[0] == walks[1]


def _imports(file: Path) -> set[str]:
    """Files that it imports, wherever in it, or names as ``module:function`` to be imported."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {match[1] for match in [BY_NAME.fullmatch(node.value)] if match}
    return {f"{name.replace('.', '/')}.py" for name in found}
