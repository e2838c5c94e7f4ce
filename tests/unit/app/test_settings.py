from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import RetrievalSettings, Settings


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATTEST_CONFIG", raising=False)


def test_defaults_bind_loopback_and_need_no_file() -> None:
    settings = Settings()
    assert settings.server.host == "127.0.0.1"
    assert settings.server.api_keys == ()
    assert settings.store.directory == Path.cwd() / "data"


def test_the_environment_reaches_nested_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTEST_SERVER__PORT", "8080")
    monkeypatch.setenv("ATTEST_SERVER__API_KEYS", '["one", "two"]')
    monkeypatch.setenv("ATTEST_RETRIEVAL__ROUTES", '["bm25"]')
    monkeypatch.setenv("ATTEST_CHUNKING__STRATEGY", "fixed")
    settings = Settings()
    assert settings.server.port == 8080
    assert [key.get_secret_value() for key in settings.server.api_keys] == ["one", "two"]
    assert settings.retrieval.routes == ("bm25",)
    assert settings.chunking.strategy == "fixed"


def test_the_file_in_the_working_directory_is_read(tmp_path: Path) -> None:
    (tmp_path / "attest.toml").write_text('[store]\nlexical_engine = "rank_bm25"\nbm25_k1 = 0.9\n')
    settings = Settings()
    assert settings.store.lexical_engine == "rank_bm25"
    assert settings.store.bm25_k1 == 0.9


def test_another_file_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.toml").write_text("[server]\nport = 81\n")
    monkeypatch.setenv("ATTEST_CONFIG", str(tmp_path / "other.toml"))
    assert Settings().server.port == 81


def test_arguments_beat_the_environment_which_beats_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "attest.toml").write_text('[server]\nport = 81\nhost = "::1"\nworkers = 3\n')
    monkeypatch.setenv("ATTEST_SERVER__PORT", "82")
    monkeypatch.setenv("ATTEST_SERVER__HOST", "127.0.0.2")
    server = Settings(server={"port": 83}).server  # type: ignore[arg-type]  # as from outside
    assert (server.port, server.host, server.workers) == (83, "127.0.0.2", 3)


@pytest.mark.parametrize(
    "text",
    ["[server]\nprot = 80\n", "[servre]\nport = 80\n", "port = 80\n"],
    ids=["a field", "a section", "a section forgotten"],
)
def test_a_misspelt_setting_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "attest.toml").write_text(text)
    with pytest.raises(ValidationError, match="Extra inputs"):
        Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ATTEST_SERVER__PORT", "65536"),
        ("ATTEST_RETRIEVAL__DEPTH", "0"),
        ("ATTEST_RETRIEVAL__WEIGHTS", '{"bm25": -0.1}'),
        ("ATTEST_CHUNKING__CHUNK_TOKENS", "8"),
        ("ATTEST_CHUNKING__STRATEGY", "guess"),
        ("ATTEST_STORE__BM25_B", "1.5"),
        ("ATTEST_STORE__METRIC", "manhattan"),
        ("ATTEST_INGEST__LOAD_TIMEOUT_S", "0"),
        ("ATTEST_INGEST__MAX_EXPANSION_RATIO", "inf"),
        ("ATTEST_RETRIEVAL__RRF_K", "nan"),
        ("ATTEST_STORE__LOCK_TIMEOUT_S", "inf"),
    ],
)
def test_values_out_of_bounds_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError):
        Settings()


def test_a_dense_route_that_finds_more_may_not_count_less() -> None:
    with pytest.raises(ValidationError, match="dense_useless may not exceed dense_sound"):
        RetrievalSettings(dense_useless=0.6, dense_sound=0.5)


def test_settings_cannot_be_changed() -> None:
    settings = Settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.server.port = 1  # type: ignore[misc]  # the point of the test
    with pytest.raises(ValidationError, match="frozen"):
        settings.server = settings.server  # type: ignore[misc]  # as above


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = Settings(server={"api_keys": ["hunter2"]})  # type: ignore[arg-type]  # as from outside
    assert "hunter2" not in repr(settings)


def test_directories_are_absolute_and_the_home_is_expanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ATTEST_STORE__DIRECTORY", "~/collections")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    settings = Settings()
    assert settings.store.directory == tmp_path / "collections"
    assert settings.models.cache == tmp_path / "cache" / "attest"
