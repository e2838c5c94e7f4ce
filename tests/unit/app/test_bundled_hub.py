from __future__ import annotations

import json
import socket
from pathlib import Path

import huggingface_hub.constants
import pytest

from app.errors import ModelMissing
from app.models.hub import locate

COMMIT = "0123456789abcdef0123456789abcdef01234567"


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
@pytest.mark.parametrize("weights", ["model.safetensors", "pytorch_model.bin"])
def test_what_was_downloaded_in_part_is_used_without_asking_the_hub(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, weights: str
) -> None:
    """The hub's cache knows of files that were left where they are, and counts them as missing."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("looked for the network"))
    snapshot = _cached(tmp_path, ["config.json", weights], left=["README.md", "onnx/model.onnx"])
    assert locate("owner/model").path == snapshot


@pytest.mark.usefixtures("online")
def test_a_download_that_broke_off_is_no_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    endpoint = f"https://127.0.0.1:{_closed_port()}"
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    _cached(tmp_path, ["config.json"], left=["model.safetensors"])
    with pytest.raises(ModelMissing, match="can't be reached"):
        locate("owner/model")


def _cached(cache: Path, here: list[str], *, left: list[str]) -> Path:
    """A snapshot with the files that are here; the listing of the repository has those left too."""
    repository = cache / "models--owner--model"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(COMMIT)
    files = {path: {"size": 2, "blob_id": "0" * 40} for path in here + left}
    (repository / "trees").mkdir()
    listing = json.dumps({"format_version": 1, "files": files})
    (repository / "trees" / f"{COMMIT}.json").write_text(listing)
    snapshot = repository / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    for path in here:
        (snapshot / path).write_text("{}")
    return snapshot


@pytest.mark.usefixtures("online")
def test_an_id_in_the_cache_is_used_without_asking_the_hub(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    repository = tmp_path / "models--owner--model"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(COMMIT)
    snapshot = repository / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("looked for the network"))
    found = locate("owner/model")
    assert (found.id, found.path) == ("owner/model@0123456789ab", snapshot)
