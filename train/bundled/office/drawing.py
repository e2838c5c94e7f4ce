"""What every kind of office group is drawn with: languages, subjects, settings, shapes of text."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from app.models.readers.statement_pairs import SETTING_SEPARATOR
from train.bundled.office import words
from train.bundled.office.values import VALUES
from train.bundled.office.words import Both, BothWays, Cells, variants
from train.reader.groups import Said

LANGS: Final = ("en", "zh")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Attribute:
    """What can be said of a subject, and how it is asked without its name."""

    names: BothWays
    sort: str
    asked: BothWays


def _attributes(table: Sequence[Cells]) -> list[Attribute]:
    return [
        Attribute(
            (variants(english), variants(chinese)), sort, (variants(asked), variants(asked_zh))
        )
        for english, chinese, sort, asked, asked_zh in table
    ]


MACHINE: Final = _attributes(words.MACHINE)
OFFICE: Final = _attributes(words.OFFICE)
POLICY: Final = _attributes(words.POLICY)


class Drawer:
    """Draws with ``rng``. ``held_out`` chooses which words are used: a part is only measured on.

    ``cross`` is the share of groups whose question is in the other language than its statements.
    """

    def __init__(self, rng: random.Random, *, held_out: bool, cross: float) -> None:
        self.rng = rng
        self._held_out = held_out
        self._cross = cross

    def part(self, items: Sequence[Item], one_in: int) -> list[Item]:
        """Those items that may be used; one in ``one_in`` is held out."""
        return [
            item for i, item in enumerate(items) if (i % one_in == one_in // 2) == self._held_out
        ]

    def languages(self) -> tuple[int, int]:
        """Of the question and of the statements: 0 is English, 1 Chinese."""
        told = self.rng.randint(0, 1)
        return (1 - told if self.chance(self._cross) else told), told

    def chance(self, share: float) -> bool:
        """True in ``share`` of the cases."""
        return self.rng.random() < share

    def one(self, *of: Item) -> Item:
        """One of them."""
        return self.rng.choice(of)

    def name(self, attribute: Attribute, language: int) -> str:
        """One of its names."""
        return self.rng.choice(attribute.names[language])

    def value(self, attribute: Attribute) -> Both:
        """A value of its sort."""
        return VALUES[attribute.sort](self.rng)

    def filled(self, text: str, name: str, subject: Both, language: int) -> str:
        """``text`` with the name of an attribute, its subject, and numbers; values stay open."""
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

    def setting(self, kind: str, subject: Both, language: int) -> str:
        """A title that names the subject, and now and then a heading below it."""
        text = self.rng.choice(words.TITLES[kind][language])
        if self.chance(0.45):
            text += SETTING_SEPARATOR + self.rng.choice(words.HEADINGS[language])
        return self.filled(text, "", subject, language)

    def statement(
        self, kind: str, name: str, subject: Both, value: Both, language: int, *, answers: bool
    ) -> Said:
        """That an attribute of ``subject`` has ``value``; the text or its setting names it."""
        setting = ""
        if self.chance(0.15):
            text = self.rng.choice(words.BELOW[language])
            heading = name[:1].upper() + name[1:]
            setting = f"{self.setting(kind, subject, language)}{SETTING_SEPARATOR}{heading}"
        elif self.chance(0.45):
            text = self.rng.choice(words.SENTENCES[language])
            if self.chance(0.5):
                setting = self.setting(kind, subject, language)
            elif self.chance(0.4):
                setting = self.filled(
                    self.rng.choice(words.HEADINGS[language]), "", subject, language
                )
        else:
            text = self.rng.choice(words.BARE[language])
            setting = self.setting(kind, subject, language)
        before, _, behind = self.filled(text, name, subject, language).partition("{v}")
        shown = value[language]
        span = (len(before), len(before) + len(shown)) if answers else None
        return Said(before + shown + behind, setting, answers, span)

    def mention(self, kind: str, name: str, subject: Both, language: int) -> Said:
        """A statement on the topic that says no value."""
        text = self.filled(self.rng.choice(words.MENTIONS[language]), name, subject, language)
        return Said(text, self.setting(kind, subject, language) if self.chance(0.6) else "")
