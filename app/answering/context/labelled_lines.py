"""Fields behind what they are fields of: "Leeds: sales. Address: 5 Tannery Row."."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.documents import Span

_LABEL: Final = re.compile(
    r"(?:^[-*•\s]{0,8}|[.;。；]\s{0,3})([^\s:：.;,。；，|][^:：.;,。；，|\n]{0,38})[:：](?!//)",
    re.MULTILINE,
)
_LEAST: Final = 2
"""Subjects that have the same field; behind one alone it may be a subject itself."""


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A label where a sentence begins; ``first`` is whether its line begins there, too."""

    start: int
    label: str
    first: bool


class LineSubjects:
    """What the fields in a text are fields of, line by line; a paragraph may be one line.

    A label is a field where it stands behind several others within their lines: "Address" of Leeds
    and of Porto. "Open: 8 to 6. Phone: 555." has two labels and no field.
    """

    def __init__(self, text: str) -> None:
        self._found = list(_fields(text))
        self._starts = [span[0] for span, _ in self._found]

    def at(self, place: int) -> str:
        """The sentence with the subject of the fields that ``place`` lies in; empty elsewhere."""
        number = bisect_right(self._starts, place) - 1
        if number < 0:
            return ""
        (_, end), subject = self._found[number]
        return subject if place < end else ""


def _fields(text: str) -> Iterator[tuple[Span, str]]:
    labels = [
        _Labelled(m.start(1), m[1].casefold(), m[0].lstrip()[:1] not in ".;。；")
        for m in _LABEL.finditer(text)
    ]
    fields = _names_of_fields(labels)
    subject: _Labelled | None = None
    begins = 0
    for found in (*labels, _Labelled(len(text), "", first=True)):
        if subject is not None and found.label in fields and not found.first:
            begins = begins or found.start
            continue
        if subject is not None and begins:
            line = text.find("\n", begins, found.start)
            said = " ".join(text[subject.start : begins].split())
            yield (begins, found.start if line < 0 else line), said
        subject, begins = found, 0


def _names_of_fields(labels: list[_Labelled]) -> frozenset[str]:
    within = Counter(found.label for found in labels if not found.first)
    owners: defaultdict[str, set[str]] = defaultdict(set)
    subject = ""
    for found in labels:
        if found.first or within[found.label] < _LEAST:
            subject = found.label
        elif subject:
            owners[found.label].add(subject)
    return frozenset(label for label, of in owners.items() if len(of) >= _LEAST)
