"""Lines that begin with what they are about: "Leeds: sales. Address: 5 Tannery Row."."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from typing import Final

from app.domain.documents import Span

_LABEL: Final = r"[^\s:：.;,。；，|][^:：.;,。；，|\n]{0,38}"
_SUBJECT: Final = re.compile(rf"[-*•\s]{{0,8}}({_LABEL})[:：](?!//)")
_FIELD: Final = re.compile(rf"[.;。；]\s{{0,3}}({_LABEL})[:：](?!//)")
_LEAST: Final = 2
"""Lines of different subjects that have the same field; one alone may be a field itself."""


class LineSubjects:
    """What lines of one text are about that begin with it.

    A line has a subject where another one that begins otherwise has the same field: "Address" of
    Leeds and of Porto. "Open: 8 to 6. Phone: 555." has two fields and no subject.
    """

    def __init__(self, text: str) -> None:
        self._found = _line_subjects(text)
        self._starts = [span[0] for span, _ in self._found]

    def at(self, place: int) -> str:
        """The subject of the line, behind the line's first sentence; empty elsewhere."""
        number = bisect_right(self._starts, place) - 1
        if number < 0:
            return ""
        (_, end), subject = self._found[number]
        return subject if place < end else ""


def _line_subjects(text: str) -> list[tuple[Span, str]]:
    found: list[tuple[Span, str, list[str]]] = []
    owners: defaultdict[str, set[str]] = defaultdict(set)
    start = 0
    for line in text.splitlines(keepends=True):
        if subject := _SUBJECT.match(line):
            fields = list(_FIELD.finditer(line, subject.end()))
            labels = [field[1].casefold() for field in fields]
            for label in labels:
                owners[label].add(subject[1].casefold())
            if fields:
                behind = (start + fields[0].start() + 1, start + len(line))
                found.append((behind, subject[1].strip(), labels))
        start += len(line)
    return [
        (span, subject)
        for span, subject, labels in found
        if any(len(owners[label]) >= _LEAST for label in labels)
    ]
