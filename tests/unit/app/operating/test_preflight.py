from __future__ import annotations

import socket
from pathlib import Path

import pytest

from app.cli.main import main
from app.cli.preflight import folder_problem, sqlite_problem


@pytest.fixture(autouse=True)
def _no_model_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_: object) -> None:
        raise AssertionError("a model is loaded before the mistake is told")

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATTEST_CONFIG", raising=False)
    monkeypatch.setattr("app.main.build_embedder", load)


def failed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that a command which the operator must mend ends with."""
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 3
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    return printed.err


def test_a_port_in_use_is_named_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        error = failed(capsys, "serve", "--port", str(port))
    assert f"port {port} (Address already in use)" in error
    assert "--port" in error


def test_a_settings_file_that_is_named_must_exist(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTEST_CONFIG", "/etc/attest/atest.toml")
    error = failed(capsys, "search", "x")
    assert "ATTEST_CONFIG names /etc/attest/atest.toml, and there is no such file" in error


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["ingest", "."]], ids=lambda c: c[0])
def test_a_store_that_can_not_be_written_is_told_before_models_load(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("ATTEST_STORE__DIRECTORY", str(tmp_path / "file" / "store"))
    error = failed(capsys, *command)
    assert "can't be written (Not a directory)" in error
    assert "store.directory" in error


def test_looking_at_a_folder_leaves_nothing_there(tmp_path: Path) -> None:
    assert folder_problem(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_an_old_sqlite_is_named_with_the_one_that_is_needed() -> None:
    problem = sqlite_problem((3, 31, 1))
    assert problem is not None
    assert "is 3.31.1, and collections need 3.38.0" in problem
    assert sqlite_problem((3, 38, 0)) is None
