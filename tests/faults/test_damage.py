"""Full disks and flipped bits: nothing acknowledged is lost, and what is damaged is told."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import StoreCorrupted
from tests.faults.kills.world import (
    NAME,
    Place,
    cut,
    held,
    opened,
    require_agreement,
)

FLIPS = 60


@pytest.mark.parametrize("most_bytes", [3_000, 40_000, 150_000, 400_000])
def test_a_full_disk_loses_nothing_that_was_acknowledged(
    repository: Path, tmp_path: Path, most_bytes: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.kills.full_disk", str(tmp_path), str(most_bytes)],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    *puts, last = map(json.loads, done.stdout.splitlines())
    assert last["is"] == "StoreUnwritable", last
    assert "Make room" in last["told"]
    expected = {f"doc{put['put'] % 40}": put["put"] for put in puts}

    with opened(Place(tmp_path, graph=True)) as app:  # there is room again
        collection = app.store.create(NAME, app.indexer.fingerprint)
        found = held(collection)
        later = {id_: version for id_, version in found.items() if expected.get(id_) != version}
        assert found == expected | later
        assert len(later) <= 1  # the one under way may be there, whole
        require_agreement(collection, found, [])
        collection.put(cut(app, {"doc0": 1_000}))
        assert held(collection)["doc0"] == 1_000


def test_a_flipped_bit_in_any_file_of_a_collection_is_told_or_changes_nothing(
    tmp_path: Path,
) -> None:
    choose = random.Random(1951)
    whole = Place(tmp_path / "whole", graph=True)
    whole.root.mkdir()
    with opened(whole) as app:
        collection = app.store.create(NAME, app.indexer.fingerprint)
        with collection.bulk():
            collection.put(cut(app, {f"doc{n}": n + 1 for n in range(40)}))
        state = held(collection)
    catalog = whole.store / NAME / "catalog.db"
    files = sorted(f for f in catalog.parent.rglob("*") if f.is_file() and f.stat().st_size)
    assert len(files) > 8
    told, messages = 0, []
    for number in range(FLIPS):
        file = catalog if number % 2 else choose.choice(files)
        copy = Place(tmp_path / f"copy{number}", graph=True)
        shutil.copytree(whole.root, copy.root)
        flip(copy.root / file.relative_to(whole.root), choose)
        with opened(copy) as app:
            try:
                collection = app.store.open(NAME)
                if collection.verify():
                    told += 1
                    continue
                assert held(collection) == state
                require_agreement(collection, state, [])
            except StoreCorrupted as error:
                told += 1
                messages.append(error.message)
        shutil.rmtree(copy.root)
    assert FLIPS / 4 < told < FLIPS
    assert all("rag " in message for message in messages)


def flip(file: Path, choose: random.Random) -> None:
    content = bytearray(file.read_bytes())
    bit = choose.randrange(8 * len(content))
    content[bit // 8] ^= 1 << bit % 8
    file.write_bytes(content)
