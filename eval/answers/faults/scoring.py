"""Scores of a verifier: shares of false drafts caught and of true rewordings refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.answers.faults.cases import Case


@dataclass(frozen=True, slots=True)
class Judged:
    """A case and the reason for refusing its draft; ``None`` if the draft passed."""

    case: Case
    refusal: str | None

    @property
    def right(self) -> bool:
        """Whether a false draft was refused or a true one passed."""
        return (self.refusal is None) == self.case.true


@dataclass(frozen=True, slots=True)
class Share:
    """A count out of a total; a share of zero cases has no value."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, 0–1."""
        return self.count / self.of if self.of else None

    def as_json(self) -> dict[str, Any]:
        """Count, total and share."""
        value = self.value
        return {
            "count": self.count,
            "of": self.of,
            "share": None if value is None else round(value, 4),
        }


@dataclass(frozen=True, slots=True)
class FaultReport:
    """Verdicts on all cases; every share has its denominator."""

    judged: Sequence[Judged]

    def caught(self, **fields: str) -> Share:
        """Share of false drafts refused, among those with the given fields."""
        chosen = [one for one in self._chosen(fields) if not one.case.true]
        return Share(sum(one.right for one in chosen), len(chosen))

    def refused(self, **fields: str) -> Share:
        """Share of true rewordings refused among those with the given fields."""
        chosen = [one for one in self._chosen(fields) if one.case.true]
        return Share(sum(not one.right for one in chosen), len(chosen))

    def kinds(self, *, true: bool) -> list[str]:
        """Sorted kinds of false drafts or of true rewordings."""
        return sorted({one.case.kind for one in self.judged if one.case.true is true})

    def as_json(self, *, texts: str | None = None) -> dict[str, Any]:
        """Shares by kind, language and half, and the texts of wrong verdicts.

        Args:
            texts: The half whose texts are written; None writes those of both.
        """
        wrong = [one for one in self.judged if not one.right]
        shown = [one for one in wrong if texts in (None, one.case.half)]
        return {
            "caught": self._table(self.caught, true=False),
            "refused": self._table(self.refused, true=True),
            "slipped_through": [_text(one) for one in shown if not one.case.true],
            "wrongly_refused": [_text(one) for one in shown if one.case.true],
        }

    def save(self, path: Path, *, texts: str | None = None) -> None:
        """Writes the report as JSON."""
        text = json.dumps(self.as_json(texts=texts), ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")

    def _chosen(self, fields: Mapping[str, str]) -> Iterator[Judged]:
        for one in self.judged:
            if all(getattr(one.case, name) == value for name, value in fields.items()):
                yield one

    def _table(self, share: Callable[..., Share], *, true: bool) -> dict[str, Any]:
        return {
            "all": share().as_json(),
            "by_lang": {lang: share(lang=lang).as_json() for lang in ("en", "zh")},
            "by_half": {half: share(half=half).as_json() for half in ("seen", "unseen")},
            "by_kind": {
                kind: {
                    lang: found.as_json()
                    for lang in ("en", "zh")
                    if (found := share(kind=kind, lang=lang)).of
                }
                for kind in self.kinds(true=true)
            },
        }


def score(cases: Iterable[Case], verify: Callable[[Case], str | None]) -> FaultReport:
    """Scores a verifier, which returns its reason for refusing a draft, or ``None``."""
    return FaultReport([Judged(case, verify(case)) for case in cases])


def _text(one: Judged) -> dict[str, Any]:
    return {**one.case.as_json(), "refusal": one.refusal}
