"""What every command shares: where it prints, and the settings that it starts from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from app.errors import ConfigurationError
from app.settings import Settings

_UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
    "\U000e0000-\U000e007f]"
)


class PlainConsole(Console):
    """A console that sends a terminal no controls but its own: texts of documents may hold some."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Segments of a renderable, their texts without control and directional characters."""
        for segment in super().render(renderable, options):
            if segment.control or not _UNPRINTABLE.search(segment.text):
                yield segment
            else:
                yield Segment(_UNPRINTABLE.sub("", segment.text), segment.style)


out: Final = PlainConsole(highlight=False, soft_wrap=True, markup=False)
"""Results."""
err: Final = PlainConsole(stderr=True, highlight=False, soft_wrap=True, markup=False)
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
