"""A question with the passages that recall found for it, some of them relevant."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.hits import Contribution
from app.durability.files import write_text
from eval.datasets.rows import Row, read_rows
from eval.json_files import Json


@dataclass(frozen=True, slots=True)
class CandidatePassage:
    """A candidate after recall and fusion.

    ``rank`` and ``score`` are those of the fused order; ``routes`` as in `app.domain.hits.Fused`.
    """

    text: str
    relevant: bool
    rank: int
    score: float
    routes: Mapping[str, Contribution]


@dataclass(frozen=True, slots=True)
class CandidateGroup:
    """A question and its candidates in fused order, at least one of them relevant."""

    query: str
    passages: tuple[CandidatePassage, ...]
    source: str = ""
    language: str = ""


def write_groups(path: Path, groups: Iterable[CandidateGroup]) -> None:
    """Writes groups as JSON Lines, atomically."""
    lines = (json.dumps(_as_json(group), ensure_ascii=False) for group in groups)
    write_text(path, "".join(f"{line}\n" for line in lines))


def read_groups(path: Path) -> list[CandidateGroup]:
    """Reads what `write_groups` wrote. Raises `InvalidDataset`."""
    return [_group(row) for row in read_rows(path)]


def _as_json(group: CandidateGroup) -> dict[str, Json]:
    return {
        "query": group.query,
        "source": group.source,
        "lang": group.language,
        "passages": [
            {
                "text": passage.text,
                "relevant": passage.relevant,
                "rank": passage.rank,
                "score": passage.score,
                "routes": {
                    name: [part.rank, part.score, part.contribution]
                    for name, part in passage.routes.items()
                },
            }
            for passage in group.passages
        ],
    }


def _group(row: Row) -> CandidateGroup:
    passages = row.fields["passages"]
    assert isinstance(passages, list)
    return CandidateGroup(
        query=row.text("query"),
        passages=tuple(_passage(passage) for passage in passages),
        source=row.optional_text("source"),
        language=row.optional_text("lang"),
    )


def _passage(fields: Json) -> CandidatePassage:
    assert isinstance(fields, dict)
    routes: Mapping[str, tuple[int, float, float]] = fields["routes"]  # type: ignore[assignment]  # as written above
    return CandidatePassage(
        text=str(fields["text"]),
        relevant=bool(fields["relevant"]),
        rank=int(fields["rank"]),  # type: ignore[arg-type]  # as written above
        score=float(fields["score"]),  # type: ignore[arg-type]  # as written above
        routes={name: Contribution(*parts) for name, parts in routes.items()},
    )
