"""What a hostile input is: its bytes, where they are sent, and what must come of it."""

# ruff: noqa: PLW0108 - a lambda puts off making large data until its turn comes

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

INDEXED: Final = "indexed"
"""The outcome of a file that becomes a document; others are codes of `DocumentRejected`."""
CPU_S: Final = 5.0
"""Most that one input may take of a core, in the server and in the process that reads files."""
CUT: Final = 0
"""The outcome of a request that is answered by closing the connection."""


@dataclass(frozen=True, slots=True)
class FileCase:
    """A file that is uploaded alone, and waited for. ``make`` gives the same bytes each time."""

    name: str
    make: Callable[[], bytes]
    outcome: str = INDEXED
    cpu_s: float = CPU_S
    """Most that it may take of a core."""


@dataclass(frozen=True, slots=True)
class RequestCase:
    """Bytes that are sent over a connection of their own, which is then closed for writing.

    ``outcome`` is the status of the first answer, or `CUT` where there may be none.
    """

    name: str
    make: Callable[[], bytes]
    outcome: int
    cpu_s: float = CPU_S


def of(text: str) -> Callable[[], bytes]:
    """A file that holds this text."""
    return text.encode


def run(unit: str, characters: int, *, before: str = "", behind: str = "") -> Callable[[], bytes]:
    """A file of ``unit`` over and over, as long as that."""
    return lambda: (before + (unit * (characters // len(unit) + 1))[:characters] + behind).encode()


def lines(line: Callable[[int], str], count: int, *, before: str = "") -> Callable[[], bytes]:
    """A file of numbered lines."""
    return lambda: (before + "\n".join(map(line, range(count)))).encode()
