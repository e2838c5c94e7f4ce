"""Cases for a verifier: a passage, a draft, and whether the passage supports it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final, Literal

Lang = Literal["en", "zh"]
Half = Literal["seen", "unseen"]
Layout = Literal["prose", "table", "record"]

LANGUAGES: Final[tuple[Lang, ...]] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of two to eight sentences, a table, or a record of keys and values."""

    id: str
    document: str
    """Id of the source document; all passages of a document are in the same half."""
    source: str
    """The corpus, or ``office`` where the facts are invented."""
    lang: Lang
    title: str
    """Title of the document; may be empty."""
    heading: str
    """Heading of the section; may be empty."""
    text: str
    """The verbatim text, in Markdown if the layout is a table."""
    sentences: tuple[str, ...]
    """Sentences that are complete and clean enough to be reworded; rows as they are."""
    layout: Layout = "prose"

    @property
    def markdown(self) -> str:
        """The passage below its title and heading, as in a document."""
        above = [
            f"{marks} {line}" for marks, line in (("#", self.title), ("##", self.heading)) if line
        ]
        return "\n\n".join([*above, self.text]) + "\n"


@dataclass(frozen=True, slots=True)
class Case:
    """A draft; a verifier should refuse it if and only if it is not ``true``."""

    id: str
    kind: str
    """Kind of the planted fault or of the rewording."""
    lang: Lang
    true: bool
    passage: Passage
    sentence: str
    """The sentence or row that the draft was made from; empty if there is none."""
    draft: str

    @property
    def half(self) -> Half:
        """The half of the case: no document has passages in both halves."""
        return half_of(self.passage.document)

    def as_json(self) -> dict[str, Any]:
        """The case with everything that a person needs to judge it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "lang": self.lang,
            "true": self.true,
            "half": self.half,
            "draft": self.draft,
            "sentence": self.sentence,
            "source": self.passage.source,
            "passage": self.passage.id,
            "title": self.passage.title,
            "heading": self.passage.heading,
            "text": self.passage.text,
        }


def half_of(document: str) -> Half:
    """The half of a document, the same on every machine and for every seed."""
    first = hashlib.sha256(document.encode()).digest()[0]
    return "seen" if first % 2 == 0 else "unseen"


def case_of(kind: str, passage: Passage, sentence: str, draft: str, *, true: bool) -> Case:
    """Makes a case whose id depends only on its content."""
    digest = hashlib.sha256(f"{kind}\n{passage.id}\n{draft}".encode()).hexdigest()[:12]
    return Case(
        id=f"{'true' if true else 'false'}-{digest}",
        kind=kind,
        lang=passage.lang,
        true=true,
        passage=passage,
        sentence=sentence,
        draft=draft,
    )
