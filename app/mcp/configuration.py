"""What programmes that start MCP servers want to have in their settings to start this one."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from app.mcp.sdk import NAME
from app.settings import Settings


class Client(StrEnum):
    """A programme that speaks MCP."""

    CLAUDE_DESKTOP = "claude-desktop"
    VSCODE = "vscode"
    CURSOR = "cursor"
    ZED = "zed"


PLACES: Final[Mapping[Client, str]] = {
    Client.CLAUDE_DESKTOP: "claude_desktop_config.json (Settings › Developer › Edit Config)",
    Client.VSCODE: ".vscode/mcp.json of the workspace (or MCP: Open User Configuration)",
    Client.CURSOR: "~/.cursor/mcp.json, or .cursor/mcp.json of the project",
    Client.ZED: "settings.json (zed: open settings file)",
}
"""Where each keeps it."""
_SECTIONS: Final[Mapping[Client, str]] = {
    Client.CLAUDE_DESKTOP: "mcpServers",
    Client.VSCODE: "servers",
    Client.CURSOR: "mcpServers",
    Client.ZED: "context_servers",
}


def configuration(client: Client, settings: Settings, *, writable: bool) -> dict[str, object]:
    """The part of ``client``'s settings that starts ``rag mcp`` on the collections of ``settings``.

    Paths are absolute: such a programme starts servers in a folder of its own. No key of the
    environment is written into it.
    """
    arguments = ["mcp", *(["--writable"] if writable else [])]
    server: dict[str, object] = {
        "command": str(_command()),
        "args": arguments,
        "env": _environment(settings),
    }
    if client is Client.VSCODE:
        server = {"type": "stdio", **server}
    return {_SECTIONS[client]: {NAME: server}}


def _command() -> Path:
    """``rag`` beside the interpreter that runs this, which need not be on anybody's path."""
    return Path(sys.executable).with_name("rag.exe" if os.name == "nt" else "rag")


def _environment(settings: Settings) -> dict[str, str]:
    found = {"ATTEST_STORE__DIRECTORY": str(settings.store.directory)}
    file = Path(os.environ.get("ATTEST_CONFIG", "attest.toml"))
    if file.is_file():
        found["ATTEST_CONFIG"] = str(file.absolute())
    return found
