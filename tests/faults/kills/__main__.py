"""Kills: ``python -m tests.faults.kills KILLS SEED`` prints what came of so many as JSON.

Exits with 1 where something that was acknowledged was lost, something that was deleted is found,
or catalog and indexes disagree. The same seed makes the same choices; which instruction a kill
meets depends on the machine.
"""

from __future__ import annotations

import json
import random
import shutil
import socket
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from app.cli.doctor import is_sound
from tests.faults.kills.expected import Ledger
from tests.faults.kills.processes import PATIENCE_S, Process
from tests.faults.kills.work import ROUND, WORKS, Say, work_off
from tests.faults.kills.world import (
    NAME,
    Place,
    State,
    held,
    opened,
    require_agreement,
)

SPREAD_S = 0.15
"""A kill comes up to so long behind the last operation that is waited for."""
MOST_OPERATIONS = 8
KILLS_PER_WORLD = 40
REMEMBERED = 60
"""Versions that are gone and looked for after each kill."""


class Killer:
    """Kills work in one world after the other, and looks at what is left."""

    def __init__(self, root: Path, seed: int) -> None:
        self._root = root
        self._choose = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self.operations: Counter[str] = Counter()
        self.under_way: Counter[str] = Counter()
        self.failures: list[dict[str, Any]] = []
        self._version = 0

    def run(self, kills: int) -> None:
        """So many kills, or a few more."""
        worlds = 0
        while sum(self.kills.values()) < kills:
            folder = self._root / f"world{worlds}"
            folder.mkdir()
            most = min(kills, sum(self.kills.values()) + KILLS_PER_WORLD)
            if self._live(Place(folder, graph=worlds % 2 == 1), most):
                shutil.rmtree(folder)
            worlds += 1

    def _live(self, place: Place, kills: int) -> bool:
        """Kills in one world until there were ``kills`` in all; whether it stayed sound."""
        ledger = Ledger()
        for what in cycle(ROUND):
            if sum(self.kills.values()) >= kills:
                return True
            before = ledger.operations
            try:
                self._kill(place, what, ledger)
                if what == "http" and self._choose.random() < 0.4:
                    self._kill(place, "drain", ledger)
                ledger.settle(self._look(place, ledger))
            except AssertionError as error:
                self.failures.append(
                    {"kill": sum(self.kills.values()), "of": what, "told": str(error)[:2_000]}
                )
                return False
            self.operations[what] += ledger.operations - before
        return True

    def _kill(self, place: Place, what: str, ledger: Ledger) -> None:
        self._version += 1_000
        if what == "http":
            place = Place(place.root, place.graph, _free_port())
        seed = self._choose.randrange(2**32)
        speaker, *others = (
            Process(partial(self._work, work, place, seed, ledger.state or {}), _log(place))
            for work in WORKS[what]
        )
        killed = others[0] if others else speaker
        wanted = self._choose.randrange(MOST_OPERATIONS)
        speaker.read(until=lambda: len(speaker.lines) >= wanted, within_s=PATIENCE_S)
        after = self._choose.uniform(0, SPREAD_S)
        speaker.read(until=lambda: False, within_s=after)
        killed.kill()
        speaker.end()
        if speaker is not killed:
            speaker.wait()
        self._tell_of(speaker, over_http=speaker is not killed)
        self.kills[what] += 1
        if what == "drain":
            return
        ledger.hear(speaker.lines)
        if ledger.under_way is not None:
            self.under_way[f"{what}: {ledger.under_way['begin']}"] += 1

    def _work(self, work: Any, place: Place, seed: int, before: State, say: Say) -> None:
        work(place, random.Random(seed), self._version, before, say)

    @staticmethod
    def _tell_of(speaker: Process, *, over_http: bool) -> None:
        """A client is told by its connection that the server is gone; nothing else may fail."""
        for line in speaker.lines:
            raised = line.get("raised", "")
            gone = over_http and not raised.startswith("AssertionError")
            assert not raised or gone, raised

    def _look(self, place: Place, ledger: Ledger) -> State | None:
        looking = Process(partial(_look, place, ledger.snapshot, self._version), _log(place))
        looking.end()
        looking.wait()
        for line in looking.lines:
            assert "raised" not in line, line["raised"]
        assert looking.lines, "the look at it ended without a word"
        found: State | None = looking.lines[-1]["found"]
        return found


def _look(place: Place, snapshot: State | None, version: int, say: Say) -> None:
    with opened(place) as app:
        work_off(app)
        found = None
        if NAME in app.store.names():
            collection = app.store.open(NAME)
            found = held(collection)
            recent = range(version, max(0, version - 4_000), -1_000)
            all_versions = (first + n for first in recent for n in range(1, REMEMBERED // 3))
            gone = [v for v in all_versions if v not in found.values()]
            require_agreement(collection, found, gone)
            if collection.fingerprint != app.indexer.fingerprint:  # a rebuild has changed it
                app.rebuild(NAME)
                assert held(app.store.open(NAME)) == found
        assert is_sound(app), "rag doctor says that it is not sound"
        if snapshot is not None and place.snapshot.exists():
            copy = app.store.restore(place.snapshot, "copy")
            again = held(copy)
            require_agreement(copy, again, [])
            app.store.drop("copy")
            assert again == snapshot, "the snapshot is not what was copied"
        say({"found": found})


def _log(place: Place) -> Path:
    return place.root / "printed.log"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    kills, seed = int(sys.argv[1]), int(sys.argv[2])
    started = time.monotonic()
    root = Path(tempfile.mkdtemp(prefix="kills-"))
    killer = Killer(root, seed)
    killer.run(kills)
    if not killer.failures:
        shutil.rmtree(root)
    result = {
        "kills": sum(killer.kills.values()),
        "seed": seed,
        "kills_by_work": dict(killer.kills),
        "acknowledged_operations": dict(killer.operations),
        "operations_under_way_when_killed": dict(sorted(killer.under_way.items())),
        "failures": killer.failures,
        "kept_for_a_look": str(root) if killer.failures else None,
        "seconds": round(time.monotonic() - started),
    }
    print(json.dumps(result, indent=2, ensure_ascii=False))
    return 1 if killer.failures else 0


if __name__ == "__main__":
    sys.exit(main())
