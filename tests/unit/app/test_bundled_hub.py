from __future__ import annotations

import socket
from pathlib import Path

import huggingface_hub.constants
import pytest

from app.errors import ModelMissing
from app.models.hub import locate


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


def _closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_a_folder_is_itself(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert locate(str(tmp_path)).path == tmp_path


def test_the_id_of_a_folder_follows_its_content_and_not_its_place(tmp_path: Path) -> None:
    here, there, other = (tmp_path / place / "tuned" for place in ("here", "there", "other"))
    for folder, weights in ((here, "1"), (there, "1"), (other, "2")):
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_text(weights)
    assert locate(str(here)).id == locate(str(there)).id
    assert locate(str(here)).id.startswith("tuned@")
    assert locate(str(other)).id != locate(str(here)).id


@pytest.mark.parametrize("name", ["/nowhere/model", "./nowhere", "~/nowhere/model", "a/b/c"])
def test_a_path_that_does_not_exist_is_not_looked_for_on_the_hub(name: str) -> None:
    with pytest.raises(ModelMissing, match="there is no model folder"):
        locate(name)


@pytest.mark.parametrize("name", ["", "what is this?", "a..b"])
def test_what_can_be_no_name_is_refused(name: str) -> None:
    with pytest.raises(ModelMissing, match="neither a folder nor a Hugging Face id"):
        locate(name)


def test_an_id_that_is_not_cached_is_missing_at_once_when_offline(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("looked for the network"))
    with pytest.raises(ModelMissing, match=r"HF_HUB_OFFLINE is set; .*hf download BAAI/bge-m3"):
        locate("BAAI/bge-m3")


@pytest.mark.usefixtures("online")
def test_an_id_that_is_not_cached_is_missing_when_the_hub_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    endpoint = f"https://127.0.0.1:{_closed_port()}"
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelMissing, match=r"127\.0\.0\.1 can't be reached; .*hf download"):
        locate("BAAI/bge-m3")


@pytest.mark.usefixtures("online")
def test_an_id_in_the_cache_is_used_without_asking_the_hub(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "models--owner--model"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(commit)
    snapshot = repository / "snapshots" / commit
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("looked for the network"))
    found = locate("owner/model")
    assert (found.id, found.path) == ("owner/model@0123456789ab", snapshot)
