"""How much one file may unpack to, whatever it says of itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Final, NamedTuple, Self

from app.errors import DocumentRejected

if TYPE_CHECKING:
    from app.settings import IngestSettings

_RATIO_FROM_BYTES: Final = 2**20
"""Unpacked bytes up to which no ratio is too large: small files of blanks shrink to nothing."""
_BLOCK_BYTES: Final = 2**16
_IN_MEMORY_BYTES: Final = 2**22
"""Of an archive within an archive, above which its copy lies in a file."""


class ExpansionLimits(NamedTuple):
    """What the parts of one file may come to; see ``ingest.*`` in the settings."""

    max_part_bytes: int
    max_parts: int
    max_bytes: int
    max_ratio: float
    max_depth: int

    @classmethod
    def of(cls, settings: IngestSettings) -> Self:
        """From the settings."""
        return cls(
            max_part_bytes=settings.max_file_bytes,
            max_parts=settings.max_parts,
            max_bytes=settings.max_expanded_bytes,
            max_ratio=settings.max_expansion_ratio,
            max_depth=settings.max_depth,
        )


class BudgetExceeded(DocumentRejected):
    """The file as a whole holds too much; nothing more of it is read."""

    def __init__(self, reason: str) -> None:
        super().__init__("too_large", reason)


class Budget:
    """What a file of ``size`` bytes, and all that lies within it, has used of its limits."""

    def __init__(self, limits: ExpansionLimits, size: int) -> None:
        self.limits = limits
        self._size = size
        self._parts = 0
        self._bytes = 0

    def count_part(self) -> None:
        """Raises `BudgetExceeded` for one part too many."""
        self._parts += 1
        if self._parts > self.limits.max_parts:
            raise BudgetExceeded(
                f"The file holds more than {self.limits.max_parts:,} documents; split it, or raise "
                "ingest.max_parts."
            )

    def count_bytes(self, unpacked: int) -> None:
        """Raises `BudgetExceeded` where the file has unpacked to too much."""
        self._bytes += unpacked
        if self._bytes > self.limits.max_bytes:
            raise BudgetExceeded(
                f"The file unpacks to more than {self.limits.max_bytes:,} bytes; split it, or "
                "raise ingest.max_expanded_bytes."
            )
        if self._bytes > max(self.limits.max_ratio * self._size, _RATIO_FROM_BYTES):
            raise BudgetExceeded(
                f"The file unpacks to more than {self.limits.max_ratio:g} times its size; pack it "
                "less, or raise ingest.max_expansion_ratio."
            )

    def counted(self, file: IO[bytes]) -> Counted:
        """The file, of which each byte that is read is counted."""
        return Counted(file, self)

    def read(self, file: IO[bytes]) -> bytes:
        """All bytes of a part. Raises `DocumentRejected` where they are too many for one."""
        return b"".join(self._blocks(file))

    def copy(self, file: IO[bytes]) -> IO[bytes]:
        """The same bytes where they can be read in any order; raises as `read`."""
        copy = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
        try:
            for block in self._blocks(file):
                copy.write(block)
            copy.seek(0)
        except BaseException:
            copy.close()
            raise
        return copy

    def require_part(self, size: int) -> None:
        """Raises `DocumentRejected` where a part of ``size`` bytes is too large for one file."""
        if size > self.limits.max_part_bytes:
            raise DocumentRejected(
                "too_large",
                f"The file is larger than {self.limits.max_part_bytes:,} bytes; split it, or raise "
                "ingest.max_file_bytes.",
            )

    def _blocks(self, file: IO[bytes]) -> Iterator[bytes]:
        size = 0
        while block := file.read(_BLOCK_BYTES):
            size += len(block)
            self.require_part(size)
            yield block


class Counted:
    """Reads from a file of an archive and counts what it unpacks to."""

    def __init__(self, file: IO[bytes], budget: Budget) -> None:
        self._file = file
        self._budget = budget

    def read(self, size: int = -1) -> bytes:
        """As of any file."""
        data = self._file.read(size)
        self._budget.count_bytes(len(data))
        return data
