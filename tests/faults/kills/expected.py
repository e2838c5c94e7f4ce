"""What may be there after a kill: the state before the operation under way, or that behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.faults.kills.world import State

ABSENT: State | None = None
"""There is no collection."""


class Ledger:
    """What was acknowledged, and the operation that was under way."""

    def __init__(self) -> None:
        self.state: State | None = ABSENT
        self.snapshot: State | None = None
        self.under_way: dict[str, Any] | None = None
        self.so_far = 0
        self.operations = 0

    def hear(self, lines: Sequence[dict[str, Any]]) -> None:
        """Takes down what a process said before it was killed."""
        self.under_way = None
        for line in lines:
            if "begin" in line:
                self.under_way, self.so_far = line, 0
                if line["begin"] == "snapshot":  # the one before is removed, this one may be whole
                    self.snapshot = self.state
            elif "so_far" in line:
                self.so_far = line["so_far"]
            elif "end" in line and self.under_way is not None:
                self.state = self._done(self.under_way)
                self.under_way = None
                self.operations += 1

    def _done(self, line: dict[str, Any]) -> State | None:
        before = dict(self.state or {})
        match line["begin"]:
            case "put" | "ingest" | "upload":
                return before | line["put"]
            case "delete":
                return {id_: v for id_, v in before.items() if id_ not in line["ids"]}
            case "prune":
                return dict(line["put"])
            case "drop":
                return ABSENT
            case "restore":
                return self.snapshot
        return self.state

    def settle(self, found: State | None) -> None:
        """Takes over what was found. Raises `AssertionError` where that may not be."""
        self._require(found)
        self.state, self.under_way = found, None

    def _require(self, found: State | None) -> None:
        unchanged = found == self.state or (self.state is ABSENT and not found)
        if unchanged and not (self.under_way and self.so_far):
            return
        assert self.under_way is not None, f"lost or ghost: {_differ(self.state, found)}"
        after = self._done(self.under_way)
        if found == after:
            return
        line, before, now = self.under_way, dict(self.state or {}), dict(found or {})
        assert line["begin"] in ("ingest", "prune"), f"{line}: {_differ(after, found)}"
        put: dict[str, int] = line["put"]
        new = [id_ for id_ in put if now.get(id_) == put[id_]]
        assert list(put)[: self.so_far] == new[: self.so_far], f"reported, but lost: {line}"
        # A batch is whole or not there, and batches come in their order.
        assert new == list(put)[: len(new)], f"{line}: {new}"
        others = {id_: v for id_, v in now.items() if id_ not in new}
        expected = {id_: v for id_, v in before.items() if id_ not in new}
        assert others == expected, f"{line}: {_differ(expected, others)}"


def _differ(expected: State | None, found: State | None) -> str:
    if expected is None or found is None:
        return f"expected {expected}, found {found}"
    ids = sorted(
        id_ for id_ in expected.keys() | found.keys() if expected.get(id_) != found.get(id_)
    )
    return ", ".join(f"{i}: {expected.get(i)} expected, {found.get(i)} found" for i in ids[:10])
