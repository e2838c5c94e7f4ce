"""Commands that check, repair and copy collections."""

# ruff: noqa: PLC0415 - libraries load when a command needs them, so that `rag --help` is quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from app.cli.application import application
from app.cli.terminal import load_settings, out

EXIT_UNSOUND: Final = 1

maintenance = typer.Typer()


@maintenance.command()
def doctor() -> None:
    """Check that models are whole, say where they run, and compare indexes with the catalog."""
    from app.cli.doctor import is_sound

    with application() as app:
        sound = is_sound(app)
    if not sound:
        out.print(
            "Where no line says otherwise, run `rag rebuild NAME` for a collection, "
            "`rag models install` for a model."
        )
        raise typer.Exit(EXIT_UNSOUND)


@maintenance.command()
def config() -> None:
    """Show every setting in force, and whether it comes from the environment, a file or nowhere."""
    from app.settings.origins import in_force, unknown_variables

    for setting in in_force(load_settings()):
        out.print(f"{setting.name} = {setting.value}  ({setting.origin})")
    for name, nearest in unknown_variables().items():
        out.print(f"{name} names no setting; the nearest is {nearest}")


@maintenance.command()
def rebuild(name: Annotated[str, typer.Argument(help="Name of the collection.")]) -> None:
    """Cut a collection's texts again, embed what has changed or is damaged, remake its indexes."""
    with application() as app:
        app.rebuild(name)
    out.print(f"collection {name}: rebuilt")


@maintenance.command()
def snapshot(
    name: Annotated[str, typer.Argument(help="Name of the collection.")],
    file: Annotated[Path, typer.Argument(help="Where to write it; must not exist.")],
) -> None:
    """Copy a collection into one file, while it is in use."""
    with application() as app:
        app.store.snapshot(name, file)
    out.print(f"collection {name}: copied to {file}; `rag restore {file} NAME` brings it back")


@maintenance.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `rag snapshot` wrote.")],
    name: Annotated[str, typer.Argument(help="Name of the collection to make.")],
) -> None:
    """Make a collection from a snapshot."""
    with application() as app:
        stats = app.store.restore(file, name).stats()
    out.print(f"collection {name}: {stats.documents} documents, {stats.chunks} chunks")
