"""``rag mcp`` as a process of its own, asked by the SDK's own client over its standard streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

from tests.http.world import HARBOUR

ASKED = "When was the lighthouse of Ardmore lit?"


def asked(repository: Path, directory: Path, calls: Sequence[tuple[str, dict[str, Any]]]) -> Any:
    """The structured results of the tools, in one session with a server of fakes."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "tests.integration.fake_server", str(directory), "--mcp"],
        cwd=repository,
        env={"PYTHONPATH": str(repository), "HF_HUB_OFFLINE": "1"},
    )

    async def run() -> list[Any]:
        async with Client(server) as client:
            results = [await client.call_tool(name, given) for name, given in calls]
        return [one.content[0].text if one.is_error else one.structured_content for one in results]

    return anyio.run(run)


def test_a_session_adds_searches_answers_and_reads(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "open.generate").touch()
    notes = {"collection": "notes"}

    added, listed, found, answer, missing = asked(
        repository,
        tmp_path,
        [
            ("add_documents", notes | {"documents": [{"id": "h", "text": HARBOUR}]}),
            ("list_documents", notes),
            ("search", notes | {"query": "paraffin"}),
            ("answer", notes | {"question": ASKED}),
            ("read_document", notes | {"document_id": "none"}),
        ],
    )

    assert (added["state"], added["indexed"]) == ("done", 1)
    assert [one["id"] for one in listed["documents"]] == ["h"]
    assert found["passages"][0]["document_id"] == "h"
    source = answer["citations"][0]
    start, end = source["span"]
    assert source["quote"] == HARBOUR[start:end]
    assert "1853" in source["quote"]
    assert 'no document "none"' in missing

    (again,) = asked(repository, tmp_path, [("list_documents", notes)])
    assert again == listed


def test_a_service_that_can_not_be_built_says_what_to_do(repository: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(repository),
        "ATTEST_STORE__DIRECTORY": str(tmp_path / "store"),
        "ATTEST_MODELS__CACHE": str(tmp_path / "empty"),
    }
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "app", "mcp"], cwd=repository, env=environment
    )

    async def run() -> Any:
        async with Client(server) as client:
            return await client.call_tool("list_collections", {})

    result = anyio.run(run)

    assert result.is_error
    assert "rag models install" in result.content[0].text


@pytest.mark.parametrize(
    ("client", "section"),
    [
        ("claude-desktop", "mcpServers"),
        ("vscode", "servers"),
        ("cursor", "mcpServers"),
        ("zed", "context_servers"),
    ],
)
def test_a_client_is_told_what_its_settings_need(
    repository: Path, tmp_path: Path, client: str, section: str
) -> None:
    (tmp_path / "attest.toml").write_text('[store]\ndirectory = "kept"\n[server]\napi_keys = ["k"]')

    done = subprocess.run(
        [sys.executable, "-m", "app", "mcp", "--writable", "--print-config", client],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
        check=True,
    )

    server = json.loads(done.stdout)[section]["attest"]
    assert Path(server["command"]).is_absolute()
    assert server["args"] == ["mcp", "--writable"]
    assert server["env"] == {
        "ATTEST_STORE__DIRECTORY": str(tmp_path / "kept"),
        "ATTEST_CONFIG": str(tmp_path / "attest.toml"),
    }
    assert "settings" in done.stderr or "mcp.json" in done.stderr or "config" in done.stderr
