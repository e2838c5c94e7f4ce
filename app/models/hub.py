"""From a model's name to a folder on this machine, without ever waiting for a network.

A name is a folder's path or a Hugging Face id. What the local hub cache holds is used as it is.
Only an id that is missing there is downloaded, and only where the hub can be reached at once.
"""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from huggingface_hub import constants, snapshot_download
from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    IncompleteSnapshotError,
    LocalEntryNotFoundError,
)

from app.errors import ModelMissing
from app.models.folder import ModelFolder, local_folder

CONNECT_TIMEOUT_S: Final = 0.8
"""How long the hub may take to accept a connection before a model counts as missing."""
_WEIGHTS: Final = "*.safetensors"
_OLD_WEIGHTS: Final = "*.bin"
_DESCRIPTIONS: Final = ("*.json", "*.txt", "*.model", "*.jinja", "sparse_linear.pt")
_OTHER_FORMATS: Final = ("onnx/*", "openvino/*", "*.gguf", "original/*")


def locate(name: str, *, fetch: bool = True) -> ModelFolder:
    """The folder of ``name``, a path or a Hugging Face id; downloads an id where it may and can.

    Raises:
        ModelMissing: there is no such folder, or the id is not cached and can't be downloaded.
    """
    path = Path(name).expanduser()
    if name and path.is_dir():
        return local_folder(path)
    if path.is_absolute() or name.startswith((".", "~")) or name.count("/") > 1:
        raise ModelMissing(f"there is no model folder {name}; correct the name in the settings")
    return _locate_id(name, fetch=fetch)


def _locate_id(name: str, *, fetch: bool) -> ModelFolder:
    try:
        if (folder := _cached(name)) is not None:
            return _snapshot(name, folder)
    except HFValidationError as error:
        raise ModelMissing(f"{name!r} is neither a folder nor a Hugging Face id") from error
    advice = (
        f"download it once with `hf download {name}` on a machine with network, "
        "or name a folder or a bundled model in the settings"
    )
    if not fetch:
        raise ModelMissing(f"model {name} is not in the local Hugging Face cache; {advice}")
    if constants.is_offline_mode():
        raise ModelMissing(
            f"model {name} is not in the local Hugging Face cache, and HF_HUB_OFFLINE is set; "
            f"{advice}"
        )
    if not _reachable(constants.ENDPOINT):
        raise ModelMissing(
            f"model {name} is not in the local Hugging Face cache and "
            f"{urlsplit(constants.ENDPOINT).hostname} can't be reached; {advice}"
        )
    try:
        return _snapshot(name, _download(name))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise ModelMissing(f"model {name} could not be downloaded: {error}") from error


def _cached(name: str) -> str | None:
    """What was downloaded before: all of a repository, or what `_download` takes of it."""
    found: str | None = None
    for weights in (_WEIGHTS, _OLD_WEIGHTS):
        try:
            found = _files(name, weights, local=True)
        except IncompleteSnapshotError:
            return None  # a download broke off
        except LocalEntryNotFoundError:
            continue
        if any(Path(found).rglob(weights)):
            break
    return found


def _download(name: str) -> str:
    folder = _files(name, _WEIGHTS, local=False)
    if not any(Path(folder).rglob(_WEIGHTS)):
        folder = _files(name, _OLD_WEIGHTS, local=False)
    return folder


def _files(name: str, weights: str, *, local: bool) -> str:
    return snapshot_download(
        name,
        allow_patterns=[weights, *_DESCRIPTIONS],
        ignore_patterns=list(_OTHER_FORMATS),
        local_files_only=local,
    )


def _snapshot(name: str, folder: str) -> ModelFolder:
    path = Path(folder)
    return ModelFolder(f"{name}@{path.name[:12]}", path)


def _reachable(endpoint: str) -> bool:
    """Whether the endpoint, or the proxy in front of it, accepts a connection in time.

    Resolving a name has no timeout of its own, so a thread does it that we don't wait for.
    """
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    url = urlsplit(proxy or endpoint)
    host, port = url.hostname or "", url.port or (80 if url.scheme == "http" else 443)
    connected = threading.Event()

    def connect() -> None:
        try:
            socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S).close()
        except OSError:
            return
        connected.set()

    threading.Thread(target=connect, daemon=True).start()
    return connected.wait(CONNECT_TIMEOUT_S)
