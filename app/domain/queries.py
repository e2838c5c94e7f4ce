"""What is searched for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

QueryKind: TypeAlias = Literal["question", "identifier", "keywords"]


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was understood: every route, the fusion, the ranking and the trace take it so.

    ``terms`` are the analyzer's, in their order, without function words where others are left;
    ``kind`` is told from the form of the text.
    """

    text: str
    language: str
    kind: QueryKind
    terms: tuple[str, ...]
