"""Options that commands of several families share."""

from __future__ import annotations

from typing import Annotated

import typer

CollectionName = Annotated[str, typer.Option("--collection", "-c", help="Name of the collection.")]
