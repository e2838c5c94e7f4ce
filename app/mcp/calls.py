"""How a tool reaches the service: for whom, and in which thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

from mcp.server.mcpserver import Context

from app.access.principal import Principal
from app.errors import AttestError
from app.service import Service

T = TypeVar("T")

AnyContext: TypeAlias = Context[Any, Any]
Lane: TypeAlias = Literal["searches", "answers", "reads", "uploads", "waiters"]
"""The kinds of work of `app.http.edge.parts.Lanes` that tools do."""


class Caller(Protocol):
    """Runs use cases for whoever sent the request of a context."""

    async def call(
        self, context: AnyContext, lane: Lane, use_case: Callable[[Service, Principal], T]
    ) -> T:
        """What the use case returns. Raises what it raises."""

    def submitted(self, documents: int) -> None:
        """Counts documents that were taken over."""

    def told(self, error: AttestError) -> str:
        """What the sender may know of an error."""
