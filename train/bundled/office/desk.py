"""What people at a desk ask: what a FAQ answers in other words, who has a role, who does what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.models.readers.statement_pairs import SETTING_SEPARATOR
from train.bundled.office import words
from train.bundled.office.drawing import LANGS, Drawer
from train.bundled.office.subjects import place
from train.bundled.office.values import VALUES, date, person
from train.bundled.office.words import Both, BothWays, Cells, variants
from train.reader.groups import Group, Said

_FAQ_TITLES: Final = (
    ("FAQ", "常见问题"),
    ("Frequently asked questions", "常见问答"),
    ("Questions and answers", "问答"),
    ("Help centre", "帮助中心"),
    ("", ""),
)
_TEAM_TITLES: Final = (
    ("Contacts", "联系人"),
    ("Organisation", "组织架构"),
    ("Team", "团队"),
    ("", ""),
)
_MINUTES: Final = (("Minutes of the meeting", "会议纪要"), ("Actions", "待办事项"), ("", ""))
_TASKS: Final = (
    ("sends the quote to {c}", "向{c}发送报价", "the quote to {c}", "给{c}的报价"),
    ("orders the new {t}", "订购新的{t}", "the new {t}", "新{t}的订购"),
    ("prepares the training", "准备培训", "the training", "培训"),
    ("repairs the {t}", "维修{t}", "the repair of the {t}", "{t}的维修"),
    ("calls {c} back", "回电{c}", "the call with {c}", "与{c}的电话"),
    ("books the hotel for {c}", "为{c}预订酒店", "the hotel for {c}", "{c}的酒店"),
    ("writes the report on the {t}", "撰写{t}报告", "the report on the {t}", "{t}报告"),
    ("checks the invoices of {c}", "核对{c}的发票", "the invoices of {c}", "{c}的发票"),
    ("tests the {t}", "测试{t}", "the test of the {t}", "{t}的测试"),
)
_Task = tuple[Cells, Both, Both]
"""What is done, who does it, and by when."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Makes such groups."""

    draw: Drawer

    def faq(self) -> Group:
        """What stands under a question in other words answers; that question does not."""
        draw, rng = self.draw, self.draw.rng
        wanted, *others = rng.sample(draw.part(words.FAQS, 5), 3)
        ask, tell = draw.languages()
        question = rng.choice([wanted[3 * ask], *variants(wanted[3 * ask + 1]) * 2])
        title = rng.choice(_FAQ_TITLES)[tell]
        said = [self._under(line, line, title, tell, answers=False) for line in others]
        if draw.chance(0.85):
            said.append(self._under(wanted, wanted, title, tell, answers=True))
            if draw.chance(0.3):
                said.append(self._under(others[0], wanted, title, tell, answers=False))
        if draw.chance(0.6):
            said.append(Said(wanted[3 * tell], title))
        rng.shuffle(said)
        return Group(question, tuple(said), "office_faq", LANGS[ask])

    def _under(self, asked: Cells, told: Cells, title: str, tell: int, *, answers: bool) -> Said:
        """An answer to ``told`` under the question ``asked``."""
        heading = self.draw.one(
            asked[3 * tell], asked[3 * tell], *variants(asked[3 * tell + 1])[:1]
        )
        setting = f"{title}{SETTING_SEPARATOR}{heading}" if title else heading
        return Said(self.draw.rng.choice(variants(told[3 * tell + 2])), setting, answers)

    def role(self) -> Group:
        """Who has a role, or how to reach who has it; perhaps at one of several sites."""
        draw, rng = self.draw, self.draw.rng
        wanted, other, third = rng.sample(draw.part(words.ROLES, 5), 3)
        ask, tell = draw.languages()
        sort = draw.one("phone", "email") if draw.chance(0.35) else ""
        where = place(rng) if draw.chance(0.4) else None
        question = self._asked(rng.choice(variants(wanted[ask])), sort, where, ask)
        said = [self._holds(line, sort, where, tell, answers=False) for line in (other, third)]
        if draw.chance(0.75):
            said.append(self._holds(wanted, sort, where, tell, answers=True))
        if where:
            said.append(self._holds(wanted, sort, place(rng), tell, answers=False))
        label = rng.choice(variants(wanted[tell]))
        beside = (
            (f"Please inform the {label} in good time.", f"The {label} approves all requests."),
            (f"请及时通知{label}。", f"所有申请由{label}批准。", f"请把表格交给{label}。"),
        )
        said.append(Said(rng.choice(beside[tell])))
        rng.shuffle(said)
        return Group(question, tuple(said), "office_role", LANGS[ask])

    def _asked(self, name: str, sort: str, where: Both | None, ask: int) -> str:
        site = ((f" of {where[0]}", f"{where[1]}的") if where else ("", ""))[ask]
        if sort:
            kind = (
                {"phone": "phone number", "email": "email address"},
                {"phone": "电话", "email": "邮箱"},
            )
            label = kind[ask][sort]
            shapes: BothWays = (
                (f"What is the {label} of the {name}{site}?", f"{name}{site} {label}"),
                (
                    f"{site}{name}的{label}是多少？",
                    f"{site}{name}{label}",
                    f"怎么联系{site}{name}？",
                ),
            )
        else:
            shapes = (
                (
                    f"Who is the {name}{site}?",
                    f"What is the name of the {name}{site}?",
                    f"{name}{site}",
                ),
                (f"{site}{name}是谁？", f"谁是{site}{name}？", f"{site}{name}叫什么名字？"),
            )
        return self.draw.rng.choice(shapes[ask])

    def _holds(
        self, line: Cells, sort: str, where: Both | None, tell: int, *, answers: bool
    ) -> Said:
        draw, rng = self.draw, self.draw.rng
        label, who = rng.choice(variants(line[tell])), person(rng)[tell]
        if not sort and draw.chance(0.6):
            shapes: BothWays = (
                (
                    f"{label}: {who}",
                    f"{who} is the {label}.",
                    f"Our {label} is {who}.",
                    f"Role: {label} | Name: {who}",
                    f"{who}, {label}",
                ),
                (
                    f"{label}：{who}",
                    f"{who}是{label}。",
                    f"{label}由{who}担任。",
                    f"职务：{label} | 姓名：{who}",
                    f"{who}，{label}",
                ),
            )
        else:
            reach = VALUES[sort or "phone"](rng)[tell]
            heads = ({"phone": "Phone", "email": "Email"}, {"phone": "电话", "email": "邮箱"})
            head = heads[tell][sort or "phone"]
            shapes = (
                (f"{label}: {who}, {reach}", f"Role: {label} | Name: {who} | {head}: {reach}"),
                (f"{label}：{who}，{reach}", f"职务：{label} | 姓名：{who} | {head}：{reach}"),
            )
        text = rng.choice(shapes[tell])
        setting = where[tell] if where else rng.choice(_TEAM_TITLES)[tell]
        return Said(text[:1].upper() + text[1:], setting, answers)

    def action(self) -> Group:
        """Who does what, and by when, as minutes and lists of tasks say it."""
        draw, rng = self.draw, self.draw.rng
        ask, tell = draw.languages()
        tasks = [self._task(task) for task in rng.sample(draw.part(_TASKS, 3), 3)]
        (deed, deed_zh, noun, noun_zh), _, _ = tasks[0]
        shapes = draw.one(
            (
                (f"Who {deed}?", f"Who takes care of {noun}?", f"Who is responsible for {noun}?"),
                (f"谁{deed_zh}？", f"{noun_zh}由谁负责？", f"谁负责{noun_zh}？"),
            ),
            (
                (f"By when must {noun} be done?", f"What is the deadline for {noun}?"),
                (f"{noun_zh}什么时候完成？", f"最晚何时{deed_zh}？"),
            ),
        )
        said = [self._told(task, tell, answers=False) for task in tasks[1:]]
        talked = (f"{noun[:1].upper()}{noun[1:]}: discussed.", f"会上讨论了{noun_zh}。")[tell]
        said.append(Said(talked, rng.choice(_MINUTES)[tell]))
        if draw.chance(0.8):
            said.append(self._told(tasks[0], tell, answers=True))
        rng.shuffle(said)
        return Group(rng.choice(shapes[ask]), tuple(said), "office_action", LANGS[ask])

    def _task(self, task: Cells) -> _Task:
        rng = self.draw.rng
        company, thing = rng.choice(words.COMPANIES), rng.choice(words.THINGS)
        filled = tuple(
            text.replace("{c}", company[i % 2]).replace("{t}", thing[i % 2])
            for i, text in enumerate(task)
        )
        return filled, person(rng), date(rng)

    def _told(self, task: _Task, tell: int, *, answers: bool) -> Said:
        (deed, deed_zh, noun, noun_zh), who, day = task
        shapes = (
            (f"{who[0]} {deed} by {day[0]}.", f"Task: {noun} | Owner: {who[0]} | Due: {day[0]}"),
            (
                f"{who[1]}在{day[1]}前{deed_zh}。",
                f"任务：{noun_zh} | 负责人：{who[1]} | 截止：{day[1]}",
            ),
        )
        rng = self.draw.rng
        return Said(rng.choice(shapes[tell]), rng.choice(_MINUTES)[tell], answers)
