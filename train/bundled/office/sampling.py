"""Random choices that all office groups share: languages, subjects, settings, patterns."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from app.models.readers.statement_pairs import SETTING_SEPARATOR
from train.bundled.office import vocabulary
from train.bundled.office.values import VALUES
from train.bundled.office.vocabulary import Bilingual, BilingualVariants, Cells, variants
from train.reader.statement_groups import LabelledStatement

LANGS: Final = ("en", "zh")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a subject, with questions that ask for it without its name."""

    names: BilingualVariants
    sort: str
    asked: BilingualVariants


def _attributes(table: Sequence[Cells]) -> list[Attribute]:
    return [
        Attribute(
            (variants(english), variants(chinese)), sort, (variants(asked), variants(asked_zh))
        )
        for english, chinese, sort, asked, asked_zh in table
    ]


MACHINE: Final = _attributes(vocabulary.MACHINE)
OFFICE: Final = _attributes(vocabulary.OFFICE)
POLICY: Final = _attributes(vocabulary.POLICY)


class Sampler:
    """Samples with ``rng``; ``held_out`` selects the words that are kept for evaluation.

    ``cross`` is the share of groups whose question and statements are in different languages.
    """

    def __init__(self, rng: random.Random, *, held_out: bool, cross: float) -> None:
        self.rng = rng
        self._held_out = held_out
        self._cross = cross

    def part(self, items: Sequence[Item], one_in: int) -> list[Item]:
        """Items of the training part or of the held-out part, which has one in ``one_in``."""
        return [
            item for i, item in enumerate(items) if (i % one_in == one_in // 2) == self._held_out
        ]

    def languages(self) -> tuple[int, int]:
        """Languages of the question and of the statements; 0 is English, 1 Chinese."""
        statement_lang = self.rng.randint(0, 1)
        return (1 - statement_lang if self.chance(self._cross) else statement_lang), statement_lang

    def chance(self, share: float) -> bool:
        """Returns true with probability ``share``."""
        return self.rng.random() < share

    def one(self, *of: Item) -> Item:
        """One of the arguments."""
        return self.rng.choice(of)

    def name(self, attribute: Attribute, language: int) -> str:
        """One of the names of an attribute."""
        return self.rng.choice(attribute.names[language])

    def value(self, attribute: Attribute) -> Bilingual:
        """A value of the attribute's sort."""
        return VALUES[attribute.sort](self.rng)

    def filled(self, text: str, name: str, subject: Bilingual, language: int) -> str:
        """Fills in the name of an attribute, its subject and numbers, and leaves the value open."""
        about = subject[language]
        for mark, words_ in (
            ("{s0}", about.removeprefix("the ")),
            ("{S}", about[:1].upper() + about[1:]),
            ("{s}", about),
            ("{A}", name[:1].upper() + name[1:]),
            ("{a}", name),
            ("{n}", str(self.rng.randint(1, 30))),
        ):
            text = text.replace(mark, words_)
        return text

    def setting(self, kind: str, subject: Bilingual, language: int) -> str:
        """A title that names the subject, sometimes with a heading below it."""
        text = self.rng.choice(vocabulary.TITLES[kind][language])
        if self.chance(0.45):
            text += SETTING_SEPARATOR + self.rng.choice(vocabulary.HEADINGS[language])
        return self.filled(text, "", subject, language)

    def statement(
        self,
        kind: str,
        name: str,
        subject: Bilingual,
        value: Bilingual,
        language: int,
        *,
        answers: bool,
    ) -> LabelledStatement:
        """A statement that the attribute has ``value``; its text or setting names the subject."""
        setting = ""
        if self.chance(0.15):
            text = self.rng.choice(vocabulary.BELOW[language])
            heading = name[:1].upper() + name[1:]
            setting = f"{self.setting(kind, subject, language)}{SETTING_SEPARATOR}{heading}"
        elif self.chance(0.45):
            text = self.rng.choice(vocabulary.SENTENCES[language])
            if self.chance(0.5):
                setting = self.setting(kind, subject, language)
            elif self.chance(0.4):
                setting = self.filled(
                    self.rng.choice(vocabulary.HEADINGS[language]), "", subject, language
                )
        else:
            text = self.rng.choice(vocabulary.BARE[language])
            setting = self.setting(kind, subject, language)
        before, _, behind = self.filled(text, name, subject, language).partition("{v}")
        shown = value[language]
        span = (len(before), len(before) + len(shown)) if answers else None
        return LabelledStatement(before + shown + behind, setting, answers, span)

    def mention(self, kind: str, name: str, subject: Bilingual, language: int) -> LabelledStatement:
        """A statement on the topic that gives no value."""
        text = self.filled(self.rng.choice(vocabulary.MENTIONS[language]), name, subject, language)
        return LabelledStatement(
            text, self.setting(kind, subject, language) if self.chance(0.6) else ""
        )
