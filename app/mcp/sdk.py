"""The server's name, and whether the SDK is there, which an extra brings along."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from app.errors import ConfigurationError

NAME: Final = "attest"
"""What clients know the server by."""


def require_sdk() -> None:
    """To be called before anything else of this room is imported.

    Raises:
        ConfigurationError: it is not installed.
    """
    if find_spec("mcp") is None:
        raise ConfigurationError(
            "MCP needs the package mcp; install the extra: pip install 'attest-rag[mcp]'."
        )
