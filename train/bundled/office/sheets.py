"""What an attribute of a machine, a site or a rule is; in a year, in a version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.models.readers.statement_pairs import SETTING_SEPARATOR
from train.bundled.office import words
from train.bundled.office.drawing import LANGS, MACHINE, OFFICE, POLICY, Attribute, Drawer
from train.bundled.office.subjects import place, product, regime, sister
from train.bundled.office.words import Both
from train.reader.groups import Group, Said

_KINDS: Final = (
    ("machine", MACHINE, product),
    ("office", OFFICE, place),
    ("policy", POLICY, regime),
)
_ONE_IN: Final = 6
_NAMED: Final = frozenset(
    {"colour", "material", "place", "company", "address", "email", "language", "oil", "partno"}
    | {"ip", "version", "pin"}
)
"""Sorts of values that one asks for with *what* and *which*, not with *how much*."""
_YEARLY: Final = frozenset({"money", "people", "days", "percent", "price", "count", "weeks"})
_MOST: Final = 8
_TABLES: Final = (
    ("Overview", "一览表"),
    ("Comparison", "对比"),
    ("All models", "全部型号"),
    ("", ""),
)
_VERSIONS: Final = (
    (("version 1", "第一版"), ("version 2", "第二版")),
    (("v1.0", "v1.0"), ("v2.0", "v2.0")),
    (("2022", "2022版"), ("2024", "2024版")),
    (("2019 edition", "2019年版"), ("2023 edition", "2023年版")),
    (("old", "旧版"), ("new", "新版")),
)
_TOPICS: Final = (
    ("Travel policy", "差旅制度"),
    ("Leave policy", "休假制度"),
    ("Remote work policy", "远程办公制度"),
    ("Security policy", "安全制度"),
    ("Expense policy", "报销制度"),
    ("Terms of service", "服务条款"),
)
_OTHER_TOPIC: Final = ("Fire protection rules", "消防规定")


@dataclass(frozen=True, slots=True)
class Sheets:
    """Makes such groups."""

    draw: Drawer

    def sheet(self) -> Group:
        """An attribute of a subject, beside others of it and the same of others."""
        draw, rng = self.draw, self.draw.rng
        kind, items, subject = rng.choice(_KINDS)
        wanted, *others = _siblings(draw.part(items, _ONE_IN), draw)
        me = subject(rng)
        rivals = [other for other in (subject(rng) for _ in range(5)) if other != me][:3]
        if kind == "machine" and draw.chance(0.6):
            rivals[0] = sister(me, rng) or rivals[0]
        ask, tell = draw.languages()
        named, lost = draw.chance(0.88), draw.chance(0.18)
        question = self._question(wanted, me, ask) if named else self._short(wanted, ask)
        value, name = draw.value(wanted), draw.name(wanted, tell)
        said: list[Said] = []
        if not lost:
            said.append(draw.statement(kind, name, me, value, tell, answers=True))
        for rival in rivals[: rng.randint(1, 3)] if named else ():
            other = value if draw.chance(0.25) else draw.value(wanted)
            label = name if draw.chance(0.7) else draw.name(wanted, tell)
            said.append(draw.statement(kind, label, rival, other, tell, answers=False))
        for attribute in others[: rng.randint(1, 2) if named else 2]:
            label, other = draw.name(attribute, tell), draw.value(attribute)
            said.append(draw.statement(kind, label, me, other, tell, answers=False))
        if draw.chance(0.6):
            said.append(draw.mention(kind, name, me, tell))
        if draw.chance(0.25):
            said.append(Said(question, draw.setting(kind, me, tell)))
        if draw.chance(0.3) and not lost:
            mine = not named or draw.chance(0.5)
            about = me if mine else rng.choice(rivals)
            said.append(self._row([wanted, *others], about, value, tell, answers=mine))
        rng.shuffle(said)
        return Group(question, tuple(said[:_MOST]), f"office_{kind}", LANGS[ask])

    def _question(self, wanted: Attribute, me: Both, ask: int) -> str:
        rng = self.draw.rng
        if self.draw.chance(0.45):
            text = rng.choice(wanted.asked[ask])
        else:
            shape = "what" if wanted.sort in _NAMED else "number"
            shape = wanted.sort if wanted.sort in words.ASKED else shape
            text = rng.choice(words.ASKED[shape][ask])
        subject = me[ask].removeprefix("the ") if "the {s}" in text else me[ask]
        asked = text.replace("{a}", self.draw.name(wanted, ask)).replace("{s}", subject)
        return asked.lower().rstrip("?") if not ask and self.draw.chance(0.15) else asked

    def _short(self, wanted: Attribute, ask: int) -> str:
        """A question that names no subject, so that any will do."""
        name = self.draw.name(wanted, ask)
        shapes = (
            ("What is the {a}?", "{a}?", "Tell me the {a}."),
            ("{a}是多少？", "{a}？", "请问{a}是什么？"),
        )
        return self.draw.rng.choice(shapes[ask]).replace("{a}", name)

    def _row(
        self, items: Sequence[Attribute], about: Both, value: Both, tell: int, *, answers: bool
    ) -> Said:
        """A table row with several attributes of one subject, the wanted one first in ``items``."""
        draw, rng = self.draw, self.draw.rng
        head = draw.one(("Model: ", "型号: "), ("Name: ", "名称: "), ("", ""))[tell]
        cells = [head + about[tell]]
        for attribute in rng.sample(list(items), len(items)):
            shown = value if attribute is items[0] and answers else draw.value(attribute)
            label = draw.name(attribute, tell)
            cells.append(f"{label[:1].upper()}{label[1:]}: {shown[tell]}")
        text = " | ".join(cells)
        at = text.find(value[tell])
        span = (at, at + len(value[tell])) if answers else None
        return Said(text, rng.choice(_TABLES)[tell], answers, span)

    def years(self) -> Group:
        """A figure of a year: of rows with years as heads, of sentences, of yearly reports."""
        draw, rng = self.draw, self.draw.rng
        known = [*draw.part(OFFICE, _ONE_IN), *draw.part(POLICY, _ONE_IN)]
        wanted = rng.choice([a for a in known if a.sort in _YEARLY])
        about = rng.choice([place, regime])(rng)
        ask, tell = draw.languages()
        year = rng.randint(2014, 2026)
        name = draw.name(wanted, ask)
        shapes = (
            (
                f"What was the {name} of {about[0]} in {year}?",
                f"{about[0]} {name} {year}",
                f"How high was the {name} in {year} for {about[0]}?",
            ),
            (f"{about[1]}{year}年的{name}是多少？", f"{year}年{about[1]}{name}"),
        )
        question = rng.choice(shapes[ask])
        said = [self._of_year(wanted, year, about, tell, answers=True)] if draw.chance(0.8) else []
        said += [
            self._of_year(wanted, year + far, about, tell, answers=False)
            for far in rng.sample([-12, -9, -7, -5, 5, 6, 8], 2)
        ]
        said.append(self._of_year(wanted, year, place(rng), tell, answers=False))
        other = _like(wanted, [a for a in known if a is not wanted], draw)
        said.append(self._of_year(other, year, about, tell, answers=False))
        rng.shuffle(said)
        return Group(question, tuple(said), "office_years", LANGS[ask])

    def _of_year(
        self, wanted: Attribute, year: int, about: Both, tell: int, *, answers: bool
    ) -> Said:
        draw, rng = self.draw, self.draw.rng
        label, value = draw.name(wanted, tell), draw.value(wanted)[tell]
        kind = draw.one("row", "sentence", "report")
        if kind == "row":
            first = year - rng.randint(0, 2)
            cells = [f"{y}: {draw.value(wanted)[tell]}" for y in range(first, first + 3)]
            head = draw.one(label, f"{('Item', '项目')[tell]}: {label}")
            return Said(" | ".join([head, *cells]), about[tell], answers)
        if kind == "sentence":
            texts = (f"In {year}, the {label} of {about[0]} was {value}.",)
            texts_zh = (f"在{year}年，{about[1]}的{label}为{value}。",)
            return Said(rng.choice((texts, texts_zh)[tell]), "", answers)
        report = (f"Annual report {year}", f"{year}年年度报告")[tell]
        text = (f"{label[:1].upper()}{label[1:]}: {value}", f"{label}：{value}")[tell]
        return Said(text, f"{report}{SETTING_SEPARATOR}{about[tell]}", answers)

    def versions(self) -> Group:
        """A rule in two versions: the one that is named answers, and both where none is."""
        draw, rng = self.draw, self.draw.rng
        wanted, other, third = _siblings(draw.part(POLICY, _ONE_IN), draw)
        topic = rng.choice(_TOPICS)
        ask, tell = draw.languages()
        one, two = rng.sample(rng.choice(_VERSIONS), 2)
        name = draw.name(wanted, ask)
        named = draw.chance(0.6)
        if named:
            shapes = (
                f"What is the {name} according to the {topic[0].lower()}, {one[0]}?",
                f"{topic[1]}（{one[1]}）的{name}是多少？",
            )
        else:
            shapes = (
                f"What {name} does the {topic[0].lower()} state?",
                f"根据{topic[1]}，{name}是多少？",
            )
        said = [self._of_version(wanted, topic, two, tell, answers=not named)]
        if not named or draw.chance(0.85):
            said.append(self._of_version(wanted, topic, one, tell, answers=True))
        said.append(self._of_version(other, topic, one, tell, answers=False))
        said.append(self._of_version(third, topic, two, tell, answers=False))
        said.append(self._of_version(wanted, _OTHER_TOPIC, one, tell, answers=False))
        rng.shuffle(said)
        return Group(shapes[ask], tuple(said), "office_versions", LANGS[ask])

    def _of_version(
        self, wanted: Attribute, topic: Both, version: Both, tell: int, *, answers: bool
    ) -> Said:
        draw = self.draw
        brackets = (f"{topic[0]} ({version[0]})", f"{topic[1]}（{version[1]}）")[tell]
        plain = (f"{topic[0]} {version[0]}", f"{topic[1]}{version[1]}")[tell]
        below = f"{topic[tell]}{SETTING_SEPARATOR}{version[tell]}"
        shape = draw.rng.choice(words.BARE[tell]).replace("{s0}", ("Value", "数值")[tell])
        text = draw.filled(shape, draw.name(wanted, tell), topic, tell)
        said = text.replace("{v}", draw.value(wanted)[tell])
        return Said(said, draw.one(brackets, plain, below), answers)


def _siblings(items: Sequence[Attribute], draw: Drawer) -> list[Attribute]:
    """Three different ones; the second is often like the first, as annual leave is like sick."""
    wanted = draw.rng.choice(list(items))
    other = _like(wanted, [a for a in items if a is not wanted], draw)
    third = draw.rng.choice([a for a in items if a is not wanted and a is not other])
    return [wanted, other, third]


def _like(wanted: Attribute, others: Sequence[Attribute], draw: Drawer) -> Attribute:
    """One of ``others``, often one that shares a word, a character or the sort of value."""
    words_ = {word for name in wanted.names[0] for word in name.split()} | set(wanted.names[1][0])
    alike = [
        a
        for a in others
        if a.sort == wanted.sort
        or words_ & ({word for name in a.names[0] for word in name.split()} | set(a.names[1][0]))
    ]
    return draw.rng.choice(alike if alike and draw.chance(0.65) else list(others))
