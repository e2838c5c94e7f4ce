"""Options that commands of ``rag eval`` share, and their choices."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup


class RunByDefault(TyperGroup):
    """Makes ``rag eval FOLDER`` mean ``rag eval run FOLDER``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # its type is private to typer
        """Inserts the default command where none is given."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)


class StrategyChoice(StrEnum):
    """`ChunkingSettings.strategy` as a choice for typer."""

    STRUCTURE = "structure"
    SENTENCE = "sentence"
    FIXED = "fixed"


class HalfChoice(StrEnum):
    """`eval.datasets.expected.Half` as a choice for typer."""

    SEEN = "seen"
    UNSEEN = "unseen"


Dataset = Annotated[Path, typer.Argument(help="Folder in BEIR layout.")]
Distractors = Annotated[list[Path] | None, typer.Option("--with", help="Add this folder's corpus.")]
Documents = Annotated[Path | None, typer.Option("--docs", help="Ask the questions of these files.")]
AskedCollection = Annotated[
    str | None,
    typer.Option("--collection", "-c", help="Ask the questions of this collection."),
]
Out = Annotated[Path | None, typer.Option("--out", help="Write the report here, as JSON.")]
