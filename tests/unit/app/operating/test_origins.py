from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.main import main
from app.settings import Settings
from app.settings.origins import in_force, unknown_variables


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATTEST_CONFIG", raising=False)


def test_each_setting_says_where_it_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "attest.toml").write_text("[server]\nport = 1\nqueue = 3\n")
    monkeypatch.setenv("ATTEST_SERVER__PORT", "9000")
    monkeypatch.setenv("ATTEST_RETRIEVAL__WEIGHTS__BM25", "0.25")
    found = {setting.name: (setting.value, setting.origin) for setting in in_force(Settings())}
    assert found["server.port"] == ("9000", "environment")
    assert found["server.queue"] == ("3", "file")
    assert found["server.workers"] == ("2", "default")
    assert found["retrieval.weights"][1] == "environment"


def test_secrets_are_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ATTEST_SERVER__API_KEYS", '["hunter2"]')
    monkeypatch.setenv("ATTEST_MODELS__GENERATOR_API_KEY", "hunter3")
    with pytest.raises(SystemExit):
        main(["config"])
    shown = capsys.readouterr().out
    assert "server.api_keys = 1 (set)  (environment)\n" in shown
    assert "models.generator_api_key = (set)  (environment)\n" in shown
    assert "hunter" not in shown


def test_a_variable_that_sets_nothing_is_named_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ATTEST_SERVER__PORT", "9000")
    monkeypatch.setenv("ATTEST_SERVR__PORT", "9000")
    monkeypatch.setenv("ATTEST_CONFG", "a.toml")
    unknown = unknown_variables()
    assert unknown["ATTEST_SERVR__PORT"] == "ATTEST_SERVER__PORT"
    assert unknown["ATTEST_CONFG"] == "ATTEST_CONFIG"
    assert "ATTEST_SERVER__PORT" not in unknown
