"""What a rule is: it makes a draft of a true sentence, or finds no place to change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from eval.answers.faults.cases import Lang, Passage


@dataclass(frozen=True, slots=True)
class Scene:
    """What a rule sees."""

    passage: Passage
    sentence: str
    chance: Random
    others: Sequence[Passage]
    """Passages of the same language, of any document."""

    def stray(self) -> Passage | None:
        """A prose passage of another document, so what it says is nowhere in this one."""
        for _ in range(20):
            other = self.chance.choice(self.others)
            if other.document != self.passage.document and other.title != self.passage.title:
                return other
        return None


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to make drafts of one kind in one language."""

    kind: str
    lang: Lang
    make: Callable[[Scene], str | None]
    """The draft, or None where the sentence has no place for it."""
    true: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a sentence and what takes its place."""

    start: int
    end: int
    text: str

    def apply(self, sentence: str) -> str:
        """The sentence with the stretch replaced."""
        return sentence[: self.start] + self.text + sentence[self.end :]


def choose(scene: Scene, edits: Iterable[Edit]) -> str | None:
    """The sentence with one of the edits made, each as likely; None where there is none."""
    found = list(edits)
    if not found:
        return None
    return scene.chance.choice(found).apply(scene.sentence)
