from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.access.key_file import KeyFile
from app.access.keyring import Keyring
from app.access.usage import KeyUsage
from app.cli.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``rag keys`` in a directory of its own: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATTEST_CONFIG", raising=False)

    def ran(*arguments: str) -> tuple[int, str, str]:
        code = 0
        try:
            main(["keys", *arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return ran


def test_a_key_is_made_listed_rotated_and_revoked(run: Run, tmp_path: Path) -> None:
    code, secret, told = run(
        *("create", "search-page", "--collections", "notes, team-*", "--filter", '{"team": "x"}'),
        *("--expires", "30d", "--rate", "60/min", "--quota", "10000/day"),
    )
    assert code == 0
    assert "shown this once" in told
    keyring = Keyring({}, KeyFile(tmp_path / "data"))
    assert keyring.principal(secret.strip().encode()) is not None
    KeyUsage(tmp_path / "data").count("search-page", quota=9, now=datetime(2026, 5, 1, tzinfo=UTC))

    _, listed, _ = run("list")
    assert listed.count("\n") == 1
    for fact in (
        f"search-page  {secret[:12]}…  active  notes,team-*: search",
        'filter {"team": "x"}  60/min  10000/day  created ',
        "  last used 2026-05-01",
    ):
        assert fact in listed
    assert secret.strip() not in listed

    _, new, _ = run("rotate", "search-page", "--grace", "1h")
    assert keyring.principal(secret.strip().encode()) == keyring.principal(new.strip().encode())
    assert run("revoke", "search-page")[:2] == (0, "key search-page: revoked\n")
    assert keyring.principal(new.strip().encode()) is None
    assert run("list")[1].count("  revoked  ") == 2
    keyring.close()


def test_a_file_that_can_not_be_read_is_told_in_a_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "keys.db").write_bytes(b"no database" * 1_000)

    for arguments in (["create", "a", "--collections", "*"], ["list"], ["revoke", "a"]):
        code, printed, told = run(*arguments)
        assert (code, printed) == (3, "")
        assert "Restore it from a backup" in told
        assert told.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["create", "a", "--collections", ""], id="no collection"),
        pytest.param(["create", "a", "--collections", "Notes"], id="no name of a collection"),
        pytest.param(["create", "a", "--collections", "*", "--verbs", "read"], id="a verb"),
        pytest.param(["create", "a", "--collections", "*", "--filter", "null"], id="no object"),
        pytest.param(["create", "a", "--collections", "*", "--filter", "{"], id="no JSON"),
        pytest.param(["create", "a", "--collections", "*", "--filter", "{}"], id="no filter"),
        pytest.param(["create", "a", "--collections", "*", "--expires", "soon"], id="no time"),
        pytest.param(["create", "a", "--collections", "*", "--rate", "60/day"], id="no rate"),
        pytest.param(["create", "key 1", "--collections", "*"], id="no name of a key"),
        pytest.param(["rotate", "a"], id="no key to rotate"),
        pytest.param(["revoke", "a"], id="no key to revoke"),
    ],
)
def test_what_is_wrong_with_a_command_is_told_in_a_line(run: Run, arguments: list[str]) -> None:
    code, printed, told = run(*arguments)

    assert (code, printed) == (2, "")
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    assert run("list") == (0, "", "")
