"""Groups of office questions made by rules: manuals, sites, policies, error codes, permits, FAQs.

Values, names and shapes are drawn at random, so that what is learnt is which statement answers and
not what is so. The statement that answers says the attribute of the right subject; beside it stand
the same attribute of another subject, other attributes of this one, mentions without a value, and
the question itself. Question and statement are in English or Chinese, now and then one in each.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from train.bundled import office_words as words
from train.bundled.office_values import VALUES, Both, code, date, person, place, product, regime
from train.reader_groups import SETTING_SEPARATOR, Group, Said

LANGS: Final = ("en", "zh")
CROSS: Final = 0.22
"""Share of groups whose question is in the other language than their statements."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """What can be said of a subject; ``names`` and ``asked`` by language."""

    names: tuple[tuple[str, ...], tuple[str, ...]]
    sort: str
    asked: tuple[tuple[str, ...], tuple[str, ...]]


def attributes(text: str) -> list[Attribute]:
    """Read from the lines of `office_words`."""
    made = []
    for line in text.strip().splitlines():
        english, chinese, sort, asked, asked_zh = (part.strip() for part in line.split("|"))
        made.append(
            Attribute(
                (_variants(english), _variants(chinese)), sort, (_variants(asked), _variants(asked_zh))
            )
        )
    return made


def _variants(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";"))


MACHINE: Final = attributes(words.MACHINE)
OFFICE: Final = attributes(words.OFFICE)
POLICY: Final = attributes(words.POLICY)

ASKED: Final = {
    "date": (("When is the {a} of {s}?", "What is the {a} for {s}?", "{a} {s}"), ("{s}的{a}是什么时候？", "{s}的{a}是哪天？", "{s}{a}")),
    "person": (("Who is the {a} of {s}?", "Who is {a} at {s}?", "name of the {a} of {s}"), ("{s}的{a}是谁？", "谁是{s}的{a}？", "{s}{a}叫什么？")),
    "number": (("What is the {a} of {s}?", "How high is the {a} of {s}?", "{s} {a}", "{a} of {s}?", "Tell me the {a} for {s}.", "What {a} does {s} have?", "What's {s}'s {a}?", "I need the {a} of {s}, please.", "what {a} for {s}"), ("{s}的{a}是多少？", "{s}{a}多少", "{s}的{a}？", "请问{s}的{a}是多少？", "{a}（{s}）", "我想知道{s}的{a}", "{s}{a}是多少")),
    "what": (("What is the {a} of {s}?", "Which {a} does {s} have?", "{s} {a}", "{a} of {s}?", "Do you know the {a} of {s}?", "What's the {a} for {s}?"), ("{s}的{a}是什么？", "{s}{a}", "{s}的{a}？", "请问{s}的{a}是什么？", "查一下{s}的{a}")),
}
SENTENCES: Final = (
    ("The {a} of {s} is {v}.", "{S} has a {a} of {v}.", "For {s}, the {a} is {v}.", "{S}: {a} {v}.", "The {a} for {s} was set to {v}.", "{S} comes with a {a} of {v}.", "{a} ({s}): {v}"),
    ("{s}的{a}为{v}。", "{s}的{a}是{v}。", "{s}{a}：{v}。", "对于{s}，{a}为{v}。", "{s}规定{a}为{v}。", "{s}，{a}{v}"),
)
BARE: Final = (
    ("The {a} is {v}.", "Its {a} is {v}.", "{A}: {v}", "{A}: {v}", "{A} | {v}", "It has a {a} of {v}.", "- {A}: {v}", "{A} {v}", "{v} {a}", "Property: {A} | Value: {v}", "Item: {A} | {s0}: {v}", "Here the {a} is {v}.", "{A} = {v}"),
    ("{a}为{v}。", "其{a}为{v}。", "{a}：{v}", "{a}：{v}", "{a}: {v}", "{a} | {v}", "项目：{a} | 数值：{v}", "参数: {a} | {s0}: {v}", "- {a}：{v}", "它的{a}是{v}。", "本项{a}{v}。", "{a}{v}"),
)
MENTIONS: Final = (
    ("The {a} of {s} is described in section {n}.", "See page {n} for the {a} of {s}.", "{S} was checked last year.", "The {a} of {s} will be announced.", "What is the {a} of {s}?", "Questions about the {a} go to the help desk.", "Please note the {a} of {s}.", "This document describes {s}.", "{S} is used by many customers.", "The {a} has been discussed.", "How the {a} is measured is laid down in annex {n}."),
    ("{s}的{a}见第{n}节。", "关于{s}的{a}，请参阅第{n}页。", "{s}去年已经检查过。", "{s}的{a}将另行通知。", "{s}的{a}是多少？", "有关{a}的问题请咨询服务台。", "请注意{s}的{a}。", "本文件介绍{s}。", "{s}受到许多客户的欢迎。", "会上讨论了{a}。", "{a}的测量方法见附录{n}。"),
)
TITLES: Final = {
    "machine": (("{s} manual", "{S} – operating instructions", "Data sheet {s}", "{s} user guide", "Product catalogue" + SETTING_SEPARATOR + "{s}", "Products" + SETTING_SEPARATOR + "{s}", "{S}"), ("{s}使用手册", "{s}说明书", "{s}产品数据表", "产品目录" + SETTING_SEPARATOR + "{s}", "{s}操作指南", "{s}")),
    "office": (("{S}", "Sites" + SETTING_SEPARATOR + "{S}", "Contacts" + SETTING_SEPARATOR + "{S}", "Handbook for staff" + SETTING_SEPARATOR + "{S}", "Information about {s}"), ("{s}", "各地办事处" + SETTING_SEPARATOR + "{s}", "通讯录" + SETTING_SEPARATOR + "{s}", "员工手册" + SETTING_SEPARATOR + "{s}", "{s}简介")),
    "policy": (("Policy" + SETTING_SEPARATOR + "{S}", "{S}", "HR handbook" + SETTING_SEPARATOR + "{S}", "Rules for {s}", "Terms" + SETTING_SEPARATOR + "{S}", "Overview by country and plan" + SETTING_SEPARATOR + "{S}"), ("制度" + SETTING_SEPARATOR + "{s}", "{s}", "人事手册" + SETTING_SEPARATOR + "{s}", "{s}管理规定", "条款" + SETTING_SEPARATOR + "{s}")),
}
HEADINGS: Final = (
    ("Technical data", "Overview", "General", "Details", "Specifications", "Table {n}", "Section {n}", "Facts", "Appendix"),
    ("技术参数", "概述", "总则", "详细信息", "规格", "表{n}", "第{n}节", "基本信息", "附录"),
)


class Office:
    """Makes groups; ``held_out`` says which half of the attributes and questions are drawn."""

    def __init__(self, rng: random.Random, *, held_out: bool) -> None:
        self.rng = rng
        self.held_out = held_out
        self.kinds: list[tuple[Callable[[], Group], float]] = [
            (self.sheet, 5.0), (self.codes, 1.0), (self.permit, 1.0), (self.faq, 1.4),
            (self.role, 1.0), (self.years, 0.9), (self.versions, 0.7), (self.action, 0.6),
        ]

    def make(self, count: int) -> list[Group]:
        """``count`` groups of all kinds."""
        makers, weights = zip(*self.kinds, strict=True)
        return [self.rng.choices(makers, weights)[0]() for _ in range(count)]

    def _part(self, items: Sequence[Attribute]) -> list[Attribute]:
        return [a for i, a in enumerate(items) if (i % 6 == 3) == self.held_out]

    def _langs(self) -> tuple[int, int]:
        told = self.rng.randint(0, 1)
        return (1 - told if self.rng.random() < CROSS else told), told

    def sheet(self) -> Group:
        """What an attribute of a machine, a site or a rule is."""
        rng = self.rng
        kind, items, subject = rng.choice(
            [("machine", MACHINE, product), ("office", OFFICE, place), ("policy", POLICY, regime)]
        )
        usable = self._part(items)
        wanted, *others = rng.sample(usable, min(4, len(usable)))
        me = subject(rng)
        rivals = [other for other in (subject(rng) for _ in range(6)) if other != me][:3]
        if kind == "machine" and any(c.isdigit() for c in me[0]) and rng.random() < 0.6:
            rivals[0] = _sister(me, rng)
        ask, tell = self._langs()
        named = rng.random() < 0.88
        question = self._question(wanted, me, ask, named)
        value = VALUES[wanted.sort](rng)
        name = rng.choice(wanted.names[tell])
        said: list[Said] = []
        lost = rng.random() < 0.18
        if not lost:
            said.append(self._said(kind, name, me, value, tell, answers=True))
        if named:
            for rival in rivals[: rng.choice([1, 2, 2, 3])]:
                other = value if rng.random() < 0.25 else VALUES[wanted.sort](rng)
                label = name if rng.random() < 0.7 else rng.choice(wanted.names[tell])
                said.append(self._said(kind, label, rival, other, tell, answers=False))
        for attribute in others[: rng.choice([1, 2, 3])]:
            label = rng.choice(attribute.names[tell])
            said.append(self._said(kind, label, me, VALUES[attribute.sort](rng), tell, answers=False))
        if rng.random() < 0.6:
            said.append(self._mention(kind, name, me, tell))
        if rng.random() < 0.25:
            said.append(Said(question, self._setting(kind, me, tell)))
        if rng.random() < 0.3 and not lost:
            said.append(self._row(kind, [wanted, *others], me, value, tell, named, rivals))
        rng.shuffle(said)
        return Group(question, tuple(said[:8]), f"office_{kind}", LANGS[ask])

    def _question(self, attribute: Attribute, me: Both, ask: int, named: bool) -> str:
        rng = self.rng
        if not named:
            name = rng.choice(attribute.names[ask])
            if ask:
                return rng.choice([f"{name}是多少？", f"{name}？", f"请问{name}是什么？", f"{name}"])
            return rng.choice([f"What is the {name}?", f"{name}?", f"Tell me the {name}.", f"Is a {name} given?"])
        if rng.random() < 0.45:
            text = rng.choice(attribute.asked[ask])
        else:
            kind = {"person": "person", "date": "date"}.get(attribute.sort, "number")
            if attribute.sort in {"colour", "material", "place", "company", "address", "email", "language", "oil", "partno", "ip", "version", "pin"}:
                kind = "what"
            text = rng.choice(ASKED[kind][ask]).replace("{a}", rng.choice(attribute.names[ask]))
        subject = me[ask]
        if not ask and subject[0].isupper() is False and subject.startswith("the ") and "the {s}" in text:
            subject = subject.removeprefix("the ")
        if not ask and not subject.startswith("the ") and text.startswith(("What", "How")) and "the {s}" not in text and " of {s}" in text and rng.random() < 0.5 and any(c.islower() for c in subject):
            text = text.replace(" of {s}", " of the {s}")
        made = text.replace("{s}", subject)
        return made.lower().rstrip("?") if rng.random() < 0.15 and not ask else made

    def _said(self, kind: str, name: str, me: Both, value: Both, tell: int, *, answers: bool) -> Said:
        rng = self.rng
        setting = ""
        if rng.random() < 0.45:
            text = rng.choice(SENTENCES[tell])
            if rng.random() < 0.5:
                setting = self._setting(kind, me, tell)
            elif rng.random() < 0.4:
                setting = rng.choice(HEADINGS[tell])
        else:
            text = rng.choice(BARE[tell])
            setting = self._setting(kind, me, tell)
        before, _, _ = (text := self._filled(text, name, me, tell)).partition("{v}")
        said = text.replace("{v}", value[tell])
        setting = setting.replace("{n}", str(rng.randint(1, 12)))
        return Said(said, setting, answers, (len(before), len(before) + len(value[tell])) if answers else None)

    def _filled(self, text: str, name: str, me: Both, tell: int) -> str:
        subject = me[tell]
        text = text.replace("{s0}", subject.removeprefix("the ")).replace("{S}", subject[:1].upper() + subject[1:])
        text = text.replace("{A}", name[:1].upper() + name[1:]).replace("{a}", name)
        return text.replace("{s}", subject).replace("{n}", str(self.rng.randint(1, 30)))

    def _setting(self, kind: str, me: Both, tell: int) -> str:
        rng = self.rng
        text = self._filled(rng.choice(TITLES[kind][tell]), "", me, tell)
        if rng.random() < 0.45:
            text += SETTING_SEPARATOR + rng.choice(HEADINGS[tell])
        return text.replace("{n}", str(rng.randint(1, 12)))

    def _mention(self, kind: str, name: str, me: Both, tell: int) -> Said:
        text = self._filled(self.rng.choice(MENTIONS[tell]), name, me, tell)
        return Said(text, self._setting(kind, me, tell) if self.rng.random() < 0.6 else "")

    def _row(self, kind: str, items: Sequence[Attribute], me: Both, value: Both, tell: int, named: bool, rivals: Sequence[Both]) -> Said:
        """A table row of several attributes: of this subject, which answers, or of another."""
        rng = self.rng
        mine = not named or rng.random() < 0.5
        subject = me if mine else rng.choice(list(rivals))
        head = rng.choice([("Model", "型号"), ("Name", "名称"), ("", "")])
        cells = [f"{head[tell]}: {subject[tell]}" if head[tell] else subject[tell]]
        order = [a for a in items if rng.random() < 0.8 or a is items[0]]
        rng.shuffle(order)
        for attribute in order:
            shown = value if attribute is items[0] and mine else VALUES[attribute.sort](rng)
            label = rng.choice(attribute.names[tell])
            cells.append(f"{label[:1].upper() + label[1:]}: {shown[tell]}")
        text = " | ".join(cells)
        at = text.find(value[tell]) if mine else -1
        title = rng.choice([("Overview", "一览表"), ("Comparison", "对比"), ("All models", "全部型号"), ("Table", "表格")])
        return Said(text, title[tell] if rng.random() < 0.7 else "", mine, (at, at + len(value[tell])) if at >= 0 else None)

    def codes(self) -> Group:
        """What an error code means, what to do about it, which codes a machine has."""
        rng = self.rng
        lines = [tuple(part.strip() for part in line.split("|")) for line in words.ERRORS.strip().splitlines()]
        lines = [line for i, line in enumerate(lines) if (i % 5 == 2) == self.held_out]
        me, rival = product(rng), product(rng)
        ask, tell = self._langs()
        letter = rng.choice(["E", "E-", "F", "ERR", "0x", "Err ", "A"])
        numbers = rng.sample(range(1, 999), 4)
        names = [f"{letter}{n:0{rng.choice([2, 3])}}" for n in numbers]
        drawn = rng.sample(lines, min(4, len(lines)))
        kind = rng.choice(["means", "means", "remedy", "list"])
        said = []
        target = names[0]
        if kind == "list":
            question = rng.choice([[f"List all error codes of {me[0]}.", f"Which error codes does {me[0]} have?", f"error codes {me[0]}"], [f"{me[1]}有哪些错误码？", f"列出{me[1]}的全部故障代码", f"{me[1]}的错误代码"]][ask])
            for i, (name, line) in enumerate(zip(names, drawn, strict=False)):
                mine = i < 2
                said.append(self._code(name, line, me if mine else rival, tell, mine))
            said.append(self._mention("machine", ("error code", "错误码")[tell], me, tell))
            rng.shuffle(said)
            return Group(question, tuple(said), "office_codes", LANGS[ask])
        if kind == "means":
            question = rng.choice([[f"What does {target} mean?", f"Error {target}", f"The {me[0]} shows {target}. Why?", f"What is error code {target}?", f"meaning of {target} on {me[0]}"], [f"{target}是什么意思？", f"显示{target}是怎么回事？", f"{me[1]}报{target}是什么故障？", f"错误码{target}"]][ask])
        else:
            question = rng.choice([[f"How do I clear {target}?", f"What do I do about {target}?", f"{target} - how to fix it?"], [f"{target}怎么解决？", f"出现{target}怎么办？", f"如何排除{target}？"]][ask])
        lost = rng.random() < 0.2
        for i, (name, line) in enumerate(zip(names, drawn, strict=False)):
            if i == 0 and lost:
                continue
            said.append(self._code(name, line, me, tell, i == 0, only=kind))
        if not lost and rng.random() < 0.5:
            line = drawn[0]
            text = rng.choice(_variants(line[2 * (kind == "means") + tell])).replace("{n}", str(rng.randint(2, 30)))
            other = (1 - (kind == "means")) == 0
            del other
            said.append(Said(text[:1].upper() + text[1:] + (".", "。")[tell], f"{me[tell]}{SETTING_SEPARATOR}{names[1]}"))
        said.append(Said([f"{target} appears on the display.", f"Error codes of {me[0]}"][rng.randint(0, 1)] if not tell else ["显示屏上出现" + target + "。", f"{me[1]}的错误代码"][rng.randint(0, 1)], ""))
        rng.shuffle(said)
        return Group(question, tuple(said), "office_codes", LANGS[ask])

    def _code(self, name: str, line: tuple[str, ...], me: Both, tell: int, answers: bool, only: str = "means") -> Said:
        rng = self.rng
        n = str(rng.randint(2, 30))
        meaning = rng.choice(_variants(line[tell])).replace("{n}", n)
        remedy = rng.choice(_variants(line[2 + tell])).replace("{n}", n)
        title = self._filled(rng.choice(TITLES["machine"][tell]), "", me, tell)
        heading = rng.choice([("Error codes", "错误代码"), ("Troubleshooting", "故障排除"), ("Messages", "提示信息")])[tell]
        full = [f"{name}: {meaning}; {remedy}.", f"Code: {name} | Cause: {meaning} | Remedy: {remedy}", f"{name} – {meaning}. {remedy[:1].upper() + remedy[1:]}."] if not tell else [f"{name}：{meaning}，请{remedy}。", f"代码：{name} | 原因：{meaning} | 处理：{remedy}", f"{name} {meaning}，{remedy}"]
        part = meaning if only == "means" else remedy
        short = [f"{name}: {part}", f"{name} | {part}", f"{name} = {part}"] if not tell else [f"{name}：{part}", f"{name} | {part}", f"{name}表示{part}。" if only == "means" else f"出现{name}时，{part}。"]
        under = [part[:1].upper() + part[1:] + "."] if not tell else [part + "。"]
        kind = rng.random()
        setting = title + SETTING_SEPARATOR + heading
        if kind < 0.4:
            return Said(rng.choice(full), setting, answers)
        if kind < 0.7:
            return Said(rng.choice(short), setting, answers)
        return Said(under[0], setting + SETTING_SEPARATOR + name, answers)

    def permit(self) -> Group:
        """Whether something may be done with a machine; both answers answer."""
        rng = self.rng
        lines = [tuple(part.strip() for part in line.split("|")) for line in words.PERMITS.strip().splitlines()]
        lines = [line for i, line in enumerate(lines) if (i % 4 == 1) == self.held_out]
        wanted, other = rng.sample(lines, 2)
        me, rival = product(rng), product(rng)
        ask, tell = self._langs()
        verb = rng.choice(_variants(wanted[1]))
        question = rng.choice([f"May the {me[0]} {verb}?", f"Can the {me[0]} {verb}?", f"Is it allowed that the {me[0]} may {verb}?", f"Is {rng.choice(_variants(wanted[0]))} allowed with the {me[0]}?"]) if not ask else rng.choice(_variants(wanted[3])).replace("{s}", me[1])
        said = []
        if rng.random() > 0.18:
            said.append(self._permit(wanted, me, tell, True))
        said.append(self._permit(wanted, rival, tell, False))
        said.append(self._permit(other, me, tell, False))
        if rng.random() < 0.5:
            said.append(self._permit(other, rival, tell, False))
        attribute = rng.choice(self._part(MACHINE))
        said.append(self._said("machine", rng.choice(attribute.names[tell]), me, VALUES[attribute.sort](rng), tell, answers=False))
        if rng.random() < 0.4:
            said.append(Said(question, self._setting("machine", me, tell)))
        rng.shuffle(said)
        return Group(question, tuple(said), "office_permit", LANGS[ask])

    def _permit(self, line: tuple[str, ...], me: Both, tell: int, answers: bool) -> Said:
        rng = self.rng
        setting = self._setting("machine", me, tell)
        allowed = rng.random() < 0.5
        if tell:
            text = rng.choice(["允许{d}。", "可以{d}。", "{d}：允许"] if allowed else ["禁止{d}。", "不得{d}。", "{d}：不允许", "请勿{d}。", "严禁{d}。"]).replace("{d}", line[2])
            if rng.random() < 0.35:
                text, setting = f"{me[1]}{text}", ""
            return Said(text, setting, answers)
        noun, verb = rng.choice(_variants(line[0])), rng.choice(_variants(line[1]))
        text = rng.choice([f"{noun} is allowed.", f"It may {verb}.", f"{noun}: yes"] if allowed else [f"{noun} is forbidden.", f"It must not {verb}.", f"No, {noun} is not permitted.", f"{noun}: no", f"It can't {verb}."])
        if rng.random() < 0.35:
            text, setting = f"The {me[0]} {'may' if allowed else 'must not'} {verb}.", ""
        return Said(text[:1].upper() + text[1:], setting, answers)

    def faq(self) -> Group:
        """A question that a FAQ has in other words: what stands under it answers, it does not."""
        rng = self.rng
        lines = [tuple(part.strip() for part in line.split("|")) for line in words.FAQS.strip().splitlines()]
        lines = [line for i, line in enumerate(lines) if (i % 5 == 1) == self.held_out]
        wanted, *others = rng.sample(lines, min(4, len(lines)))
        ask, tell = self._langs()
        question = rng.choice([wanted[3 * ask], *_variants(wanted[3 * ask + 1]) * 2])
        title = rng.choice([("FAQ", "常见问题"), ("Frequently asked questions", "常见问答"), ("Questions and answers", "问答"), ("Help centre", "帮助中心"), ("", "")])[tell]

        def under(line: tuple[str, ...], answers: bool) -> Said:
            heading = line[3 * tell] if rng.random() < 0.7 else rng.choice(_variants(line[3 * tell + 1]))
            setting = SETTING_SEPARATOR.join(part for part in (title, heading) if part)
            return Said(rng.choice(_variants(line[3 * tell + 2])), setting, answers)

        said = [under(line, False) for line in others]
        if rng.random() > 0.15:
            said.append(under(wanted, True))
            if rng.random() < 0.3:
                said.append(Said(under(wanted, True).text, under(others[0], False).setting))
        if rng.random() < 0.6:
            said.append(Said(wanted[3 * tell], title))
        rng.shuffle(said)
        return Group(question, tuple(said), "office_faq", LANGS[ask])

    def role(self) -> Group:
        """Who has a role, or how somebody is reached."""
        rng = self.rng
        lines = [tuple(_variants(part) for part in line.split("|")) for line in words.ROLES.strip().splitlines()]
        lines = [line for i, line in enumerate(lines) if (i % 5 == 3) == self.held_out]
        wanted, other, third = rng.sample(lines, 3)
        ask, tell = self._langs()
        contact = rng.random() < 0.35
        sort = rng.choice(["phone", "email"])
        where = place(rng) if rng.random() < 0.4 else None
        name = rng.choice(wanted[ask])
        if contact:
            label = {"phone": (rng.choice(["phone number", "number", "extension"]), "电话"), "email": (rng.choice(["email address", "email"]), "邮箱")}[sort]
            question = rng.choice([[f"What is the {label[0]} of the {name}?", f"{name} {label[0]}", f"How do I reach the {name} by {sort}?"], [f"{name}的{label[1]}是多少？", f"{name}{label[1]}", f"怎么联系{name}？"]][ask])
        else:
            question = rng.choice([[f"Who is the {name}?", f"What is the name of the {name}?", f"Who is our {name}?", f"{name}"], [f"{name}是谁？", f"谁是{name}？", f"{name}叫什么名字？", f"我们的{name}是谁"]][ask])
        if where and not ask:
            question = question.rstrip("?") + f" of {where[0]}" + "?" * question.endswith("?")
        elif where:
            question = f"{where[1]}的" + question if not question.startswith(("谁", "怎么", "我们")) else question
            where = where if question.startswith(where[1]) else None

        def told(line: tuple[tuple[str, ...], ...], answers: bool, at: Both | None) -> Said:
            label, who = rng.choice(line[tell]), person(rng)[tell]
            phone, mail = VALUES["phone"](rng)[tell], VALUES["email"](rng)[tell]
            extra = phone if sort == "phone" else mail
            if not contact and rng.random() < 0.6:
                shapes = [f"{label}: {who}", f"{who} is the {label}.", f"Our {label} is {who}.", f"{label} | {who}", f"Role: {label} | Name: {who}", f"{who}, {label}", f"{who} has been {label} since {date(rng)[0]}."] if not tell else [f"{label}：{who}", f"{who}是{label}。", f"{label}由{who}担任。", f"职务：{label} | 姓名：{who}", f"{who}，{label}", f"{label} | {who}"]
            else:
                shapes = [f"{label}: {who}, {extra}", f"Role: {label} | Name: {who} | {'Phone' if sort == 'phone' else 'Email'}: {extra}", f"{who} ({label}), {extra}"] if not tell else [f"{label}：{who}，{extra}", f"职务：{label} | 姓名：{who} | {'电话' if sort == 'phone' else '邮箱'}：{extra}", f"{who}（{label}） {extra}"]
            text = rng.choice(shapes)
            setting = at[tell] if at else rng.choice([("Contacts", "联系人"), ("Organisation", "组织架构"), ("Team", "团队"), ("", "")])[tell]
            return Said(text[:1].upper() + text[1:], setting, answers)

        said = [told(other, False, where), told(third, False, where)]
        lost = rng.random() < 0.25
        if not lost:
            said.append(told(wanted, True, where))
        if where:
            said.append(told(wanted, False, place(rng)))
        label = rng.choice(wanted[tell])
        said.append(Said(rng.choice([[f"Please inform the {label} in good time.", f"The {label} approves all requests.", f"Send the form to the {label}."], [f"请及时通知{label}。", f"所有申请由{label}批准。", f"请把表格交给{label}。"]][tell]), ""))
        rng.shuffle(said)
        return Group(question, tuple(said), "office_role", LANGS[ask])

    def years(self) -> Group:
        """A figure of a year: rows with years as heads, sentences with a year, another year."""
        rng = self.rng
        attribute = rng.choice([a for a in self._part([*OFFICE, *POLICY]) if a.sort in {"money", "people", "days", "percent", "price", "count", "weeks"}] or [OFFICE[-2]])
        where = rng.choice([place, regime])(rng)
        ask, tell = self._langs()
        year = rng.randint(2014, 2026)
        name = rng.choice(attribute.names[ask])
        question = rng.choice([[f"What was the {name} of {where[0]} in {year}?", f"{where[0]} {name} {year}", f"How high was the {name} in {year} for {where[0]}?"], [f"{where[1]}{year}年的{name}是多少？", f"{year}年{where[1]}{name}", f"{year}年度{where[1]}的{name}"]][ask])

        def told(line: Attribute, of: int, at: Both, answers: bool) -> Said:
            label = rng.choice(line.names[tell])
            value = VALUES[line.sort](rng)[tell]
            kind = rng.random()
            if kind < 0.4:
                first = of - rng.randint(0, 2)
                cells = [f"{y}: {VALUES[line.sort](rng)[tell]}" for y in range(first, first + 3)]
                return Said(" | ".join([f"{label[:1].upper() + label[1:]}", *cells] if rng.random() < 0.5 else [f"{('Item', '项目')[tell]}: {label}", *cells]), at[tell], answers)
            if kind < 0.7:
                return Said([f"In {of}, the {label} of {at[0]} was {value}.", f"在{of}年，{at[1]}的{label}为{value}。"][tell], "", answers)
            return Said([f"{label[:1].upper() + label[1:]}: {value}", f"{label}：{value}"][tell], [f"Annual report {of}{SETTING_SEPARATOR}{at[0]}", f"{of}年年度报告{SETTING_SEPARATOR}{at[1]}"][tell], answers)

        said = []
        if rng.random() > 0.2:
            said.append(told(attribute, year, where, True))
        far = year + rng.choice([-9, -7, -5, -4, 4, 5, 6, 8])
        said += [told(attribute, far, where, False), told(attribute, year + rng.choice([-12, 7, 9]), where, False)]
        said.append(told(attribute, year, place(rng), False))
        other = rng.choice([a for a in OFFICE if a is not attribute])
        said.append(told(other, year, where, False))
        rng.shuffle(said)
        return Group(question, tuple(said), "office_years", LANGS[ask])

    def versions(self) -> Group:
        """A policy in two versions: the one that is named answers; without a name both do."""
        rng = self.rng
        attribute = rng.choice(self._part(POLICY))
        topic = rng.choice([("Travel policy", "差旅制度"), ("Leave policy", "休假制度"), ("Remote work policy", "远程办公制度"), ("Security policy", "安全制度"), ("Expense policy", "报销制度"), ("Terms of service", "服务条款")])
        ask, tell = self._langs()
        one, two = rng.choice([(("version 1", "第一版"), ("version 2", "第二版")), (("v1.0", "v1.0"), ("v2.0", "v2.0")), (("2022", "2022版"), ("2024", "2024版")), (("2019 edition", "2019年版"), ("2023 edition", "2023年版")), (("old", "旧版"), ("new", "新版"))])
        if rng.random() < 0.5:
            one, two = two, one
        name = rng.choice(attribute.names[ask])
        named = rng.random() < 0.6
        question = rng.choice([[f"What is the {name} according to the {topic[0].lower()}", f"What {name} does the {topic[0].lower()} state", f"{topic[0]}: {name}"], [f"根据{topic[1]}，{name}是多少", f"{topic[1]}规定的{name}是多少", f"{topic[1]}{name}"]][ask])
        if named:
            question = [f"{question}, {one[0]}?", f"{topic[1]}（{one[1]}）的{name}是多少？"][ask]
        else:
            question += ("?", "？")[ask]

        def told(line: Attribute, version: Both, answers: bool, of: Both = topic) -> Said:
            label, value = rng.choice(line.names[tell]), VALUES[line.sort](rng)[tell]
            setting = rng.choice([[f"{of[0]} {version[0]}", f"{of[0]} ({version[0]})", f"{of[0]}{SETTING_SEPARATOR}{version[0]}"], [f"{of[1]}{version[1]}", f"{of[1]}（{version[1]}）", f"{of[1]}{SETTING_SEPARATOR}{version[1]}"]][tell])
            text = rng.choice(BARE[tell]).replace("{s0}", ("Value", "数值")[tell])
            return Said(self._filled(text, label, topic, tell).replace("{v}", value), setting, answers)

        others = [a for a in self._part(POLICY) if a is not attribute]
        said = [told(attribute, two, not named)]
        if rng.random() > 0.15 or not named:
            said.append(told(attribute, one, True))
        said += [told(rng.choice(others), one, False), told(rng.choice(others), two, False)]
        said.append(told(attribute, one, False, ("Fire protection rules", "消防规定")))
        rng.shuffle(said)
        return Group(question, tuple(said), "office_versions", LANGS[ask])

    def action(self) -> Group:
        """Who does what by when, from minutes and instructions."""
        rng = self.rng
        tasks = [("sends the quote to {c}", "向{c}发送报价", "the quote to {c}", "给{c}的报价"), ("orders the new {t}", "订购新的{t}", "the new {t}", "新{t}的订购"), ("prepares the training", "准备培训", "the training", "培训"), ("repairs the {t}", "维修{t}", "the repair of the {t}", "{t}的维修"), ("calls {c} back", "回电{c}", "the call with {c}", "与{c}的电话"), ("books the hotel for {c}", "为{c}预订酒店", "the hotel for {c}", "{c}的酒店"), ("writes the report on {t}", "撰写{t}报告", "the report on {t}", "{t}报告"), ("checks the invoices of {c}", "核对{c}的发票", "the invoices of {c}", "{c}的发票")]
        from train.bundled.office_values import COMPANIES, THINGS  # noqa: PLC0415

        ask, tell = self._langs()
        rows = []
        for task in rng.sample([t for i, t in enumerate(tasks) if (i % 4 == 2) == self.held_out or i % 4 == 0], 3):
            c, t = rng.choice(COMPANIES), rng.choice(THINGS)
            filled = [text.replace("{c}", c[i % 2]).replace("{t}", t[i % 2]) for i, text in enumerate(task)]
            rows.append((filled, person(rng), date(rng)))
        kind = rng.choice(["who", "when"])
        task, _, _ = rows[0]
        if kind == "who":
            question = rng.choice([[f"Who {task[0]}?", f"Who takes care of {task[2]}?", f"Who is responsible for {task[2]}?"], [f"谁{task[1]}？", f"{task[3]}由谁负责？", f"谁负责{task[3]}？"]][ask])
        else:
            question = rng.choice([[f"By when must {task[2]} be done?", f"What is the deadline for {task[2]}?", f"When is {task[2]} due?"], [f"{task[3]}什么时候完成？", f"{task[3]}的截止日期是哪天？", f"最晚何时{task[1]}？"]][ask])

        def told(row: tuple[list[str], Both, Both], answers: bool, full: bool = True) -> Said:
            task, who, day = row
            if not full:
                text = f"{task[2][:1].upper() + task[2][1:]} was discussed." if not tell else f"会上讨论了{task[3]}。"
            elif tell:
                text = rng.choice([f"{who[1]}在{day[1]}前{task[1]}。", f"任务：{task[1]} | 负责人：{who[1]} | 截止：{day[1]}", f"{task[1]}——{who[1]}，{day[1]}"])
            else:
                text = rng.choice([f"{who[0]} {task[0]} by {day[0]}.", f"Task: {task[2]} | Owner: {who[0]} | Due: {day[0]}", f"{task[2]} – {who[0]}, {day[0]}"])
            setting = rng.choice([("Minutes of the meeting", "会议纪要"), ("Actions", "待办事项"), ("", ""), (f"Minutes {date(rng)[0]}{SETTING_SEPARATOR}Actions", f"会议纪要{SETTING_SEPARATOR}行动项")])[tell]
            return Said(text, setting, answers)

        said = [told(row, False) for row in rows[1:]]
        said.append(told(rows[0], False, full=False))
        if rng.random() > 0.2:
            said.append(told(rows[0], True))
        rng.shuffle(said)
        return Group(question, tuple(said), "office_action", LANGS[ask])


def _sister(me: Both, rng: random.Random) -> Both:
    """The same name with another digit."""
    places = [i for i, c in enumerate(me[0]) if c.isdigit()]
    at = rng.choice(places)
    digit = rng.choice([d for d in "123456789" if d != me[0][at]])
    changed = me[0][:at] + digit + me[0][at + 1 :]
    old = "".join(c for c in me[0] if c.isdigit())
    new = "".join(c for c in changed if c.isdigit())
    return changed, me[1].replace(old, new)
