"""Questions to a help desk: FAQs in other words, who has a role, who does what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.models.readers.statement_pairs import SETTING_SEPARATOR
from train.bundled.office import vocabulary
from train.bundled.office.sampling import LANGS, Sampler
from train.bundled.office.subjects import place
from train.bundled.office.values import VALUES, date, person
from train.bundled.office.vocabulary import Bilingual, BilingualVariants, Cells, variants
from train.reader.statement_groups import LabelledStatement, StatementGroup

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
_Task = tuple[Cells, Bilingual, Bilingual]
"""A task, its owner, and its deadline."""


@dataclass(frozen=True, slots=True)
class PeopleQuestions:
    """Builds groups of these questions."""

    draw: Sampler

    def faq(self) -> StatementGroup:
        """Builds a FAQ group: the entry that is asked in other words answers, others do not."""
        draw, rng = self.draw, self.draw.rng
        wanted, *others = rng.sample(draw.part(vocabulary.FAQS, 5), 3)
        question_lang, statement_lang = draw.languages()
        question = rng.choice(
            [wanted[3 * question_lang], *variants(wanted[3 * question_lang + 1]) * 2]
        )
        title = rng.choice(_FAQ_TITLES)[statement_lang]
        statements = [
            self._under(line, line, title, statement_lang, answers=False) for line in others
        ]
        if draw.chance(0.85):
            statements.append(self._under(wanted, wanted, title, statement_lang, answers=True))
            if draw.chance(0.3):
                statements.append(
                    self._under(others[0], wanted, title, statement_lang, answers=False)
                )
        if draw.chance(0.6):
            statements.append(LabelledStatement(wanted[3 * statement_lang], title))
        rng.shuffle(statements)
        return StatementGroup(question, tuple(statements), "office_faq", LANGS[question_lang])

    def _under(
        self, asked: Cells, answered: Cells, title: str, statement_lang: int, *, answers: bool
    ) -> LabelledStatement:
        """An FAQ entry with the answer of ``answered`` under the question of ``asked``."""
        heading = self.draw.one(
            asked[3 * statement_lang],
            asked[3 * statement_lang],
            *variants(asked[3 * statement_lang + 1])[:1],
        )
        setting = f"{title}{SETTING_SEPARATOR}{heading}" if title else heading
        return LabelledStatement(
            self.draw.rng.choice(variants(answered[3 * statement_lang + 2])), setting, answers
        )

    def role(self) -> StatementGroup:
        """Builds a group about who has a role or how to reach them, sometimes at one site."""
        draw, rng = self.draw, self.draw.rng
        wanted, other, third = rng.sample(draw.part(vocabulary.ROLES, 5), 3)
        question_lang, statement_lang = draw.languages()
        sort = draw.one("phone", "email") if draw.chance(0.35) else ""
        where = place(rng) if draw.chance(0.4) else None
        question = self._asked(
            rng.choice(variants(wanted[question_lang])), sort, where, question_lang
        )
        statements = [
            self._holds(line, sort, where, statement_lang, answers=False) for line in (other, third)
        ]
        if draw.chance(0.75):
            statements.append(self._holds(wanted, sort, where, statement_lang, answers=True))
        if where:
            statements.append(self._holds(wanted, sort, place(rng), statement_lang, answers=False))
        label = rng.choice(variants(wanted[statement_lang]))
        beside = (
            (f"Please inform the {label} in good time.", f"The {label} approves all requests."),
            (f"请及时通知{label}。", f"所有申请由{label}批准。", f"请把表格交给{label}。"),
        )
        statements.append(LabelledStatement(rng.choice(beside[statement_lang])))
        rng.shuffle(statements)
        return StatementGroup(question, tuple(statements), "office_role", LANGS[question_lang])

    def _asked(self, name: str, sort: str, where: Bilingual | None, question_lang: int) -> str:
        site = ((f" of {where[0]}", f"{where[1]}的") if where else ("", ""))[question_lang]
        if sort:
            kind = (
                {"phone": "phone number", "email": "email address"},
                {"phone": "电话", "email": "邮箱"},
            )
            label = kind[question_lang][sort]
            shapes: BilingualVariants = (
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
        return self.draw.rng.choice(shapes[question_lang])

    def _holds(
        self, line: Cells, sort: str, where: Bilingual | None, statement_lang: int, *, answers: bool
    ) -> LabelledStatement:
        draw, rng = self.draw, self.draw.rng
        label, who = rng.choice(variants(line[statement_lang])), person(rng)[statement_lang]
        if not sort and draw.chance(0.6):
            shapes: BilingualVariants = (
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
            reach = VALUES[sort or "phone"](rng)[statement_lang]
            heads = ({"phone": "Phone", "email": "Email"}, {"phone": "电话", "email": "邮箱"})
            head = heads[statement_lang][sort or "phone"]
            shapes = (
                (f"{label}: {who}, {reach}", f"Role: {label} | Name: {who} | {head}: {reach}"),
                (f"{label}：{who}，{reach}", f"职务：{label} | 姓名：{who} | {head}：{reach}"),
            )
        text = rng.choice(shapes[statement_lang])
        setting = where[statement_lang] if where else rng.choice(_TEAM_TITLES)[statement_lang]
        return LabelledStatement(text[:1].upper() + text[1:], setting, answers)

    def action(self) -> StatementGroup:
        """Builds a group about owners and deadlines of tasks, as minutes and task lists."""
        draw, rng = self.draw, self.draw.rng
        question_lang, statement_lang = draw.languages()
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
        statements = [self._told(task, statement_lang, answers=False) for task in tasks[1:]]
        talked = (f"{noun[:1].upper()}{noun[1:]}: discussed.", f"会上讨论了{noun_zh}。")[
            statement_lang
        ]
        statements.append(LabelledStatement(talked, rng.choice(_MINUTES)[statement_lang]))
        if draw.chance(0.8):
            statements.append(self._told(tasks[0], statement_lang, answers=True))
        rng.shuffle(statements)
        return StatementGroup(
            rng.choice(shapes[question_lang]),
            tuple(statements),
            "office_action",
            LANGS[question_lang],
        )

    def _task(self, task: Cells) -> _Task:
        rng = self.draw.rng
        company, thing = rng.choice(vocabulary.COMPANIES), rng.choice(vocabulary.THINGS)
        filled = tuple(
            text.replace("{c}", company[i % 2]).replace("{t}", thing[i % 2])
            for i, text in enumerate(task)
        )
        return filled, person(rng), date(rng)

    def _told(self, task: _Task, statement_lang: int, *, answers: bool) -> LabelledStatement:
        (deed, deed_zh, noun, noun_zh), who, day = task
        shapes = (
            (f"{who[0]} {deed} by {day[0]}.", f"Task: {noun} | Owner: {who[0]} | Due: {day[0]}"),
            (
                f"{who[1]}在{day[1]}前{deed_zh}。",
                f"任务：{noun_zh} | 负责人：{who[1]} | 截止：{day[1]}",
            ),
        )
        rng = self.draw.rng
        return LabelledStatement(
            rng.choice(shapes[statement_lang]), rng.choice(_MINUTES)[statement_lang], answers
        )
