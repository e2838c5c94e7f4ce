"""What every command shares: where it prints, and the settings that it starts from."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console

from app.errors import ConfigurationError
from app.settings import Settings

out: Final = Console(highlight=False, soft_wrap=True, markup=False)
"""Results."""
err: Final = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
"""Progress and errors."""
EXIT_INCOMPLETE: Final = 1
"""Of an ingestion in which documents failed; all others are in the collection."""


def load_settings(**server: object) -> Settings:
    """From the usual sources, with what the command line chose for the server on top."""
    try:
        return Settings(server=server)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ConfigurationError(f"setting {where}: {first['msg']}") from None
    except (SettingsError, ValueError) as error:  # a variable or a file that can't even be parsed
        raise ConfigurationError(f"settings: {error}") from None
