"""What a verifier is measured with: a passage, a draft, and whether the passage bears it."""

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
    """Id of what it was cut from; all passages of a document fall into the same half."""
    source: str
    """The corpus, or ``office`` where the facts are invented."""
    lang: Lang
    title: str
    """Of the document; empty where it has none."""
    heading: str
    """Of the section; empty where it has none."""
    text: str
    """Verbatim, Markdown where the layout is a table."""
    sentences: tuple[str, ...]
    """Those of its sentences that are whole and clean enough to be reworded; rows as they stand."""
    layout: Layout = "prose"

    @property
    def markdown(self) -> str:
        """The passage below its title and its heading, as a document would hold it."""
        above = [
            f"{marks} {line}" for marks, line in (("#", self.title), ("##", self.heading)) if line
        ]
        return "\n\n".join([*above, self.text]) + "\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One draft; a verifier should refuse it exactly where it is not ``true``."""

    id: str
    kind: str
    """The fault that was planted, or the way in which the true sentence was reworded."""
    lang: Lang
    true: bool
    passage: Passage
    sentence: str
    """The true sentence or row that the draft was made from; empty where it was made from none."""
    draft: str

    @property
    def half(self) -> Half:
        """``unseen`` cases may be held back: no passage of a document is in both halves."""
        return half_of(self.passage.document)

    def as_json(self) -> dict[str, Any]:
        """The case with all that a person needs to judge it."""
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
    """The half that a document falls into, the same on every machine and for every seed."""
    first = hashlib.sha256(document.encode()).digest()[0]
    return "seen" if first % 2 == 0 else "unseen"


def case_of(kind: str, passage: Passage, sentence: str, draft: str, *, true: bool) -> Case:
    """A case whose id depends on what it says alone."""
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
