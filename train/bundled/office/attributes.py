"""Questions about attributes of machines, sites and rules, by year and by version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.models.readers.statement_pairs import SETTING_SEPARATOR
from train.bundled.office import vocabulary
from train.bundled.office.sampling import LANGS, MACHINE, OFFICE, POLICY, Attribute, Sampler
from train.bundled.office.subjects import place, product, regime, sister
from train.bundled.office.vocabulary import Bilingual
from train.reader.statement_groups import LabelledStatement, StatementGroup

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
"""Sorts of values that are asked for with *what* or *which* and not with *how much*."""
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
class AttributeQuestions:
    """Builds groups of these questions."""

    draw: Sampler

    def sheet(self) -> StatementGroup:
        """Builds a group about an attribute, with other attributes and subjects as negatives."""
        draw, rng = self.draw, self.draw.rng
        kind, items, subject = rng.choice(_KINDS)
        wanted, *others = _siblings(draw.part(items, _ONE_IN), draw)
        me = subject(rng)
        rivals = [other for other in (subject(rng) for _ in range(5)) if other != me][:3]
        if kind == "machine" and draw.chance(0.6):
            rivals[0] = sister(me, rng) or rivals[0]
        question_lang, statement_lang = draw.languages()
        named, lost = draw.chance(0.88), draw.chance(0.18)
        question = (
            self._question(wanted, me, question_lang)
            if named
            else self._short(wanted, question_lang)
        )
        value, name = draw.value(wanted), draw.name(wanted, statement_lang)
        statements: list[LabelledStatement] = []
        if not lost:
            statements.append(draw.statement(kind, name, me, value, statement_lang, answers=True))
        for rival in rivals[: rng.randint(1, 3)] if named else ():
            other = value if draw.chance(0.25) else draw.value(wanted)
            label = name if draw.chance(0.7) else draw.name(wanted, statement_lang)
            statements.append(
                draw.statement(kind, label, rival, other, statement_lang, answers=False)
            )
        for attribute in others[: rng.randint(1, 2) if named else 2]:
            label, other = draw.name(attribute, statement_lang), draw.value(attribute)
            statements.append(draw.statement(kind, label, me, other, statement_lang, answers=False))
        if draw.chance(0.6):
            statements.append(draw.mention(kind, name, me, statement_lang))
        if draw.chance(0.25):
            statements.append(LabelledStatement(question, draw.setting(kind, me, statement_lang)))
        if draw.chance(0.3) and not lost:
            mine = not named or draw.chance(0.5)
            about = me if mine else rng.choice(rivals)
            statements.append(
                self._row([wanted, *others], about, value, statement_lang, answers=mine)
            )
        rng.shuffle(statements)
        return StatementGroup(
            question, tuple(statements[:_MOST]), f"office_{kind}", LANGS[question_lang]
        )

    def _question(self, wanted: Attribute, me: Bilingual, question_lang: int) -> str:
        rng = self.draw.rng
        if self.draw.chance(0.45):
            text = rng.choice(wanted.asked[question_lang])
        else:
            shape = "what" if wanted.sort in _NAMED else "number"
            shape = wanted.sort if wanted.sort in vocabulary.ASKED else shape
            text = rng.choice(vocabulary.ASKED[shape][question_lang])
        subject = me[question_lang].removeprefix("the ") if "the {s}" in text else me[question_lang]
        asked = text.replace("{a}", self.draw.name(wanted, question_lang)).replace("{s}", subject)
        return asked.lower().rstrip("?") if not question_lang and self.draw.chance(0.15) else asked

    def _short(self, wanted: Attribute, question_lang: int) -> str:
        """A question that names no subject, so any subject will do."""
        name = self.draw.name(wanted, question_lang)
        shapes = (
            ("What is the {a}?", "{a}?", "Tell me the {a}."),
            ("{a}是多少？", "{a}？", "请问{a}是什么？"),
        )
        return self.draw.rng.choice(shapes[question_lang]).replace("{a}", name)

    def _row(
        self,
        items: Sequence[Attribute],
        about: Bilingual,
        value: Bilingual,
        statement_lang: int,
        *,
        answers: bool,
    ) -> LabelledStatement:
        """A table row with several attributes of one subject."""
        draw, rng = self.draw, self.draw.rng
        head = draw.one(("Model: ", "型号: "), ("Name: ", "名称: "), ("", ""))[statement_lang]
        cells = [head + about[statement_lang]]
        for attribute in rng.sample(list(items), len(items)):
            shown = value if attribute is items[0] and answers else draw.value(attribute)
            label = draw.name(attribute, statement_lang)
            cells.append(f"{label[:1].upper()}{label[1:]}: {shown[statement_lang]}")
        text = " | ".join(cells)
        at = text.find(value[statement_lang])
        span = (at, at + len(value[statement_lang])) if answers else None
        return LabelledStatement(text, rng.choice(_TABLES)[statement_lang], answers, span)

    def years(self) -> StatementGroup:
        """Builds a group about a figure of one year, from tables, sentences and reports."""
        draw, rng = self.draw, self.draw.rng
        known = [*draw.part(OFFICE, _ONE_IN), *draw.part(POLICY, _ONE_IN)]
        wanted = rng.choice([a for a in known if a.sort in _YEARLY])
        about = rng.choice([place, regime])(rng)
        question_lang, statement_lang = draw.languages()
        year = rng.randint(2014, 2026)
        name = draw.name(wanted, question_lang)
        shapes = (
            (
                f"What was the {name} of {about[0]} in {year}?",
                f"{about[0]} {name} {year}",
                f"How high was the {name} in {year} for {about[0]}?",
            ),
            (f"{about[1]}{year}年的{name}是多少？", f"{year}年{about[1]}{name}"),
        )
        question = rng.choice(shapes[question_lang])
        statements = (
            [self._of_year(wanted, year, about, statement_lang, answers=True)]
            if draw.chance(0.8)
            else []
        )
        statements += [
            self._of_year(wanted, year + far, about, statement_lang, answers=False)
            for far in rng.sample([-12, -9, -7, -5, 5, 6, 8], 2)
        ]
        statements.append(self._of_year(wanted, year, place(rng), statement_lang, answers=False))
        other = _like(wanted, [a for a in known if a is not wanted], draw)
        statements.append(self._of_year(other, year, about, statement_lang, answers=False))
        rng.shuffle(statements)
        return StatementGroup(question, tuple(statements), "office_years", LANGS[question_lang])

    def _of_year(
        self, wanted: Attribute, year: int, about: Bilingual, statement_lang: int, *, answers: bool
    ) -> LabelledStatement:
        draw, rng = self.draw, self.draw.rng
        label, value = draw.name(wanted, statement_lang), draw.value(wanted)[statement_lang]
        kind = draw.one("row", "sentence", "report")
        if kind == "row":
            first = year - rng.randint(0, 2)
            cells = [f"{y}: {draw.value(wanted)[statement_lang]}" for y in range(first, first + 3)]
            head = draw.one(label, f"{('Item', '项目')[statement_lang]}: {label}")
            return LabelledStatement(" | ".join([head, *cells]), about[statement_lang], answers)
        if kind == "sentence":
            texts = (f"In {year}, the {label} of {about[0]} was {value}.",)
            texts_zh = (f"在{year}年，{about[1]}的{label}为{value}。",)
            return LabelledStatement(rng.choice((texts, texts_zh)[statement_lang]), "", answers)
        report = (f"Annual report {year}", f"{year}年年度报告")[statement_lang]
        text = (f"{label[:1].upper()}{label[1:]}: {value}", f"{label}：{value}")[statement_lang]
        return LabelledStatement(
            text, f"{report}{SETTING_SEPARATOR}{about[statement_lang]}", answers
        )

    def versions(self) -> StatementGroup:
        """Builds a group about a rule in two versions; both answer if the question names none."""
        draw, rng = self.draw, self.draw.rng
        wanted, other, third = _siblings(draw.part(POLICY, _ONE_IN), draw)
        topic = rng.choice(_TOPICS)
        question_lang, statement_lang = draw.languages()
        one, two = rng.sample(rng.choice(_VERSIONS), 2)
        name = draw.name(wanted, question_lang)
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
        statements = [self._of_version(wanted, topic, two, statement_lang, answers=not named)]
        if not named or draw.chance(0.85):
            statements.append(self._of_version(wanted, topic, one, statement_lang, answers=True))
        statements.append(self._of_version(other, topic, one, statement_lang, answers=False))
        statements.append(self._of_version(third, topic, two, statement_lang, answers=False))
        statements.append(
            self._of_version(wanted, _OTHER_TOPIC, one, statement_lang, answers=False)
        )
        rng.shuffle(statements)
        return StatementGroup(
            shapes[question_lang], tuple(statements), "office_versions", LANGS[question_lang]
        )

    def _of_version(
        self,
        wanted: Attribute,
        topic: Bilingual,
        version: Bilingual,
        statement_lang: int,
        *,
        answers: bool,
    ) -> LabelledStatement:
        draw = self.draw
        brackets = (f"{topic[0]} ({version[0]})", f"{topic[1]}（{version[1]}）")[statement_lang]
        plain = (f"{topic[0]} {version[0]}", f"{topic[1]}{version[1]}")[statement_lang]
        below = f"{topic[statement_lang]}{SETTING_SEPARATOR}{version[statement_lang]}"
        shape = draw.rng.choice(vocabulary.BARE[statement_lang]).replace(
            "{s0}", ("Value", "数值")[statement_lang]
        )
        text = draw.filled(shape, draw.name(wanted, statement_lang), topic, statement_lang)
        text = text.replace("{v}", draw.value(wanted)[statement_lang])
        return LabelledStatement(text, draw.one(brackets, plain, below), answers)


def _siblings(items: Sequence[Attribute], draw: Sampler) -> list[Attribute]:
    """Three different attributes; the second is often similar to the first."""
    wanted = draw.rng.choice(list(items))
    other = _like(wanted, [a for a in items if a is not wanted], draw)
    third = draw.rng.choice([a for a in items if a is not wanted and a is not other])
    return [wanted, other, third]


def _like(wanted: Attribute, others: Sequence[Attribute], draw: Sampler) -> Attribute:
    """One of ``others``, often one that shares a word, a character or the sort of value."""
    words_ = {word for name in wanted.names[0] for word in name.split()} | set(wanted.names[1][0])
    alike = [
        a
        for a in others
        if a.sort == wanted.sort
        or words_ & ({word for name in a.names[0] for word in name.split()} | set(a.names[1][0]))
    ]
    return draw.rng.choice(alike if alike and draw.chance(0.65) else list(others))
