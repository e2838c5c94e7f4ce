"""Kills at random moments of everything that writes; ``benchmarks/kills.py`` does a thousand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.kills.expected import Ledger

KILLS = 39
"""Each work is killed three times."""
SEED = 1987


def test_nothing_acknowledged_is_lost_whatever_is_killed(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.kills", str(KILLS), str(SEED)],
        cwd=repository,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode in (0, 1), done.stderr
    told = json.loads(done.stdout)
    assert told["failures"] == []
    assert told["kills"] >= KILLS
    assert set(told["kills_by_work"]) >= {"ingest", "http", "rebuild", "restore", "drop", "tune"}
    assert sum(told["acknowledged_operations"].values()) > KILLS


BEFORE = {"doc1": 1, "doc2": 1}


def put(**versions: int) -> dict[str, Any]:
    return {"begin": "put", "put": versions}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        pytest.param([], {"doc1": 1}, id="a document is lost"),
        pytest.param([], BEFORE | {"doc3": 1}, id="a ghost appears"),
        pytest.param([], None, id="the collection is gone"),
        pytest.param([put(doc1=2), {"end": True}], BEFORE, id="an acknowledged version is lost"),
        pytest.param(
            [{"begin": "delete", "ids": ["doc1"]}, {"end": True}], BEFORE, id="it was deleted"
        ),
        pytest.param(
            [put(doc1=2, doc2=2)], {"doc1": 2, "doc2": 1}, id="half of a transaction is there"
        ),
        pytest.param(
            [{"begin": "ingest", "put": {"doc1": 2, "doc2": 2}}, {"so_far": 1}],
            BEFORE,
            id="what an ingestion reported is lost",
        ),
        pytest.param(
            [{"begin": "ingest", "put": {"doc1": 2, "doc2": 2}}],
            {"doc1": 1, "doc2": 2},
            id="a later document came before an earlier one",
        ),
        pytest.param([{"begin": "drop"}, {"end": True}], BEFORE, id="a dropped one is there"),
        pytest.param([{"begin": "drop"}], {"doc1": 1}, id="half a collection is dropped"),
    ],
)
def test_what_may_not_be_is_told(said: list[dict[str, Any]], found: dict[str, int] | None) -> None:
    ledger = Ledger()
    ledger.state = BEFORE
    ledger.hear(said)

    with pytest.raises(AssertionError):
        ledger.settle(found)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([], BEFORE),
        ([put(doc1=2)], BEFORE),
        ([put(doc1=2)], {"doc1": 2, "doc2": 1}),
        ([{"begin": "drop"}], None),
        ([{"begin": "ingest", "put": {"doc1": 2, "doc2": 2}}], {"doc1": 2, "doc2": 1}),
    ],
)
def test_what_was_under_way_has_happened_or_not(
    said: list[dict[str, Any]], found: dict[str, int] | None
) -> None:
    ledger = Ledger()
    ledger.state = BEFORE
    ledger.hear(said)

    ledger.settle(found)

    assert ledger.state == found
