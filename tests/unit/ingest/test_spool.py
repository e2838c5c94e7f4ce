from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from app.domain.jobs import JobStatus, Upload
from ingest.jobs.spool import ABANDONED_S, Spool


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path)


def age(folder: Path) -> None:
    then = time.time() - ABANDONED_S - 1
    os.utime(folder, (then, then))


def test_what_belongs_to_no_job_is_swept_once_it_is_old(spool: Spool, tmp_path: Path) -> None:
    for name in ("kept", "old", "young"):
        job = JobStatus(name, "c", "queued", 0, 0, 0, (), "", "")
        spool.write(job, [Upload("a.md", b"text", "file")])
    (tmp_path / "crashed.new").mkdir()
    for name in ("kept", "old", "crashed.new"):
        age(tmp_path / name)
    spool.sweep(keep={"kept"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "young"]


def test_what_vanishes_during_a_sweep_is_none_of_its_business(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`write` gives a folder its name after the sweep has listed it and before it looks at it."""
    (tmp_path / "job.new").mkdir()
    (tmp_path / "old").mkdir()
    age(tmp_path / "old")
    looked_at = Path.stat

    def late(path: Path, **options: bool) -> os.stat_result:
        if path.name == "job.new":
            path.rename(path.with_suffix(""))
        return looked_at(path, **options)

    monkeypatch.setattr(Path, "stat", late)
    spool.sweep(keep=())
    assert [path.name for path in tmp_path.iterdir()] == ["job"]
