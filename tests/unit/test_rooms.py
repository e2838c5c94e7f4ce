"""The house keeps its rooms small: few files in each, and none that is long without a reason."""

from __future__ import annotations

import ast
from pathlib import Path

import app
import eval as evaluation
import ingest
import train

MOST_SIBLINGS = 15
MOST_LINES = 300
REASON = "This file is long because"
"""Begins the sentence of a module's docstring that gives the reason."""
PACKAGES = [Path(module.__path__[0]) for module in (app, evaluation, ingest, train)]
FILES = sorted(file for package in PACKAGES for file in package.rglob("*.py"))


def test_every_room_has_few_files_and_says_what_it_is_for() -> None:
    rooms: dict[Path, int] = {}
    for file in FILES:
        if file.name not in {"__init__.py", "__main__.py"}:
            rooms[file.parent] = rooms.get(file.parent, 0) + 1
    assert len(rooms) > 40
    assert {room.name: count for room, count in rooms.items() if count > MOST_SIBLINGS} == {}
    silent = [
        room for room in rooms if not ast.get_docstring(ast.parse(_text(room / "__init__.py")))
    ]
    assert silent == []


def test_a_long_file_says_why() -> None:
    unexplained = {
        file.name: lines
        for file in FILES
        if (lines := _text(file).count("\n")) > MOST_LINES
        and REASON not in (ast.get_docstring(ast.parse(_text(file))) or "")
    }
    assert unexplained == {}


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")
