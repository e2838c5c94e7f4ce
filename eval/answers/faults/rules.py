"""The types of rules, which turn a true sentence into a draft."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from eval.answers.faults.cases import Lang, Passage


@dataclass(frozen=True, slots=True)
class Scene:
    """The input of a rule."""

    passage: Passage
    sentence: str
    chance: Random
    others: Sequence[Passage]
    """Passages of the same language, from any document."""

    def stray(self) -> Passage | None:
        """A prose passage of another document, which says other things."""
        for _ in range(20):
            other = self.chance.choice(self.others)
            if other.document != self.passage.document and other.title != self.passage.title:
                return other
        return None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that makes drafts of one kind in one language."""

    kind: str
    lang: Lang
    make: Callable[[Scene], str | None]
    """Returns the draft, or ``None`` if the rule does not apply to the sentence."""
    true: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """A span of a sentence and its replacement."""

    start: int
    end: int
    text: str

    def apply(self, sentence: str) -> str:
        """Returns the sentence with the span replaced."""
        return sentence[: self.start] + self.text + sentence[self.end :]


def choose(scene: Scene, edits: Iterable[Edit]) -> str | None:
    """Applies one edit chosen at random; ``None`` if there is none."""
    found = list(edits)
    if not found:
        return None
    return scene.chance.choice(found).apply(scene.sentence)
