"""Questions about error codes and their remedies, and about permitted use of machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.models.readers.statement_pairs import SETTING_SEPARATOR
from train.bundled.office import vocabulary
from train.bundled.office.sampling import LANGS, MACHINE, Sampler
from train.bundled.office.subjects import product
from train.bundled.office.vocabulary import Bilingual, Cells, variants
from train.reader.statement_groups import LabelledStatement, StatementGroup

_LETTERS: Final = ("E", "E-", "F", "ERR", "0x", "Err ", "A")
_HEADINGS: Final = (
    ("Error codes", "错误代码"),
    ("Troubleshooting", "故障排除"),
    ("Messages", "提示信息"),
)
_ASKED: Final = {
    "list": (
        ("List all error codes of {s}.", "Which error codes does {s} have?", "error codes {s}"),
        ("{s}有哪些错误码？", "列出{s}的全部故障代码", "{s}的错误代码"),
    ),
    "means": (
        (
            "What does {c} mean?",
            "Error {c}",
            "The {s} shows {c}. Why?",
            "What is error code {c}?",
            "meaning of {c} on {s}",
        ),
        ("{c}是什么意思？", "显示{c}是怎么回事？", "{s}报{c}是什么故障？", "错误码{c}"),
    ),
    "remedy": (
        ("How do I clear {c}?", "What do I do about {c}?", "{c} - how to fix it?"),
        ("{c}怎么解决？", "出现{c}怎么办？", "如何排除{c}？"),
    ),
}
_FULL: Final = (
    ("{c}: {m}; {r}.", "Code: {c} | Cause: {m} | Remedy: {r}", "{c} – {m}; please {r}."),
    ("{c}：{m}，请{r}。", "代码：{c} | 原因：{m} | 处理：{r}", "{c} {m}，{r}"),
)
_PART: Final = (("{c}: {p}", "{c} | {p}", "{c} = {p}"), ("{c}：{p}", "{c} | {p}", "{c}：{p}。"))
_ALLOWED: Final = (
    ("{d} is allowed.", "It may {w}.", "{d}: yes", "The {s} may {w}."),
    ("允许{d}。", "可以{d}。", "{d}：允许", "{s}可以{d}。"),
)
_FORBIDDEN: Final = (
    ("{d} is forbidden.", "It must not {w}.", "No, {d} is not permitted.", "The {s} can't {w}."),
    ("禁止{d}。", "不得{d}。", "{d}：不允许", "请勿{d}。", "{s}严禁{d}。"),
)


@dataclass(frozen=True, slots=True)
class DeviceQuestions:
    """Builds groups of these questions."""

    draw: Sampler

    def codes(self) -> StatementGroup:
        """Builds a group about one error code among others, or about all codes of a machine."""
        draw, rng = self.draw, self.draw.rng
        lines = rng.sample(draw.part(vocabulary.ERRORS, 5), 4)
        me, rival = product(rng), product(rng)
        question_lang, statement_lang = draw.languages()
        letter = rng.choice(_LETTERS)
        names = [f"{letter}{n:02}" for n in rng.sample(range(1, 999), 4)]
        kind = draw.one("means", "means", "remedy", "list")
        shape = rng.choice(_ASKED[kind][question_lang])
        question = shape.replace("{c}", names[0]).replace("{s}", me[question_lang])
        right = 2 if kind == "list" else 1
        statements = [
            self._code(
                name,
                line,
                rival if kind == "list" and number >= right else me,
                statement_lang,
                part=2 * (kind == "remedy"),
                answers=number < right,
            )
            for number, (name, line) in enumerate(zip(names, lines, strict=True))
        ]
        if kind != "list" and draw.chance(0.2):
            statements = statements[1:]
        statements.append(
            draw.mention("machine", ("error code", "错误码")[statement_lang], me, statement_lang)
        )
        if kind != "list":
            seen = (f"{names[0]} appears on the display.", f"显示屏上出现{names[0]}。")[
                statement_lang
            ]
            statements.append(LabelledStatement(seen, draw.setting("machine", me, statement_lang)))
        rng.shuffle(statements)
        return StatementGroup(question, tuple(statements), "office_codes", LANGS[question_lang])

    def _code(
        self,
        name: str,
        line: Cells,
        me: Bilingual,
        statement_lang: int,
        *,
        part: int,
        answers: bool,
    ) -> LabelledStatement:
        draw, rng = self.draw, self.draw.rng
        number = str(rng.randint(2, 30))
        meaning, remedy = (
            rng.choice(variants(line[at + statement_lang])).replace("{n}", number) for at in (0, 2)
        )
        wanted = remedy if part else meaning
        title = draw.filled(
            rng.choice(vocabulary.TITLES["machine"][statement_lang]), "", me, statement_lang
        )
        setting = f"{title}{SETTING_SEPARATOR}{rng.choice(_HEADINGS)[statement_lang]}"
        kind = draw.one("full", "part", "below")
        if kind == "below":
            text = f"{wanted[:1].upper()}{wanted[1:]}{'.。'[statement_lang]}"
            return LabelledStatement(text, f"{setting}{SETTING_SEPARATOR}{name}", answers)
        shape = rng.choice((_FULL if kind == "full" else _PART)[statement_lang])
        for mark, word in (("{c}", name), ("{m}", meaning), ("{r}", remedy), ("{p}", wanted)):
            shape = shape.replace(mark, word)
        return LabelledStatement(shape, setting, answers)

    def permit(self) -> StatementGroup:
        """Builds a group about whether something is permitted; a yes and a no both answer."""
        draw, rng = self.draw, self.draw.rng
        wanted, other = rng.sample(draw.part(vocabulary.PERMITS, 4), 2)
        me, rival = product(rng), product(rng)
        question_lang, statement_lang = draw.languages()
        verb = rng.choice(variants(wanted[1]))
        english = (
            f"May the {me[0]} {verb}?",
            f"Can the {me[0]} {verb}?",
            f"Is {rng.choice(variants(wanted[0]))} allowed with the {me[0]}?",
        )
        chinese = [text.replace("{s}", me[1]) for text in variants(wanted[3])]
        question = rng.choice((english, chinese)[question_lang])
        statements = (
            [self._permit(wanted, me, statement_lang, answers=True)] if draw.chance(0.82) else []
        )
        statements.append(self._permit(wanted, rival, statement_lang, answers=False))
        statements.append(self._permit(other, me, statement_lang, answers=False))
        if draw.chance(0.5):
            statements.append(self._permit(other, rival, statement_lang, answers=False))
        attribute = rng.choice(draw.part(MACHINE, 6))
        label, value = draw.name(attribute, statement_lang), draw.value(attribute)
        statements.append(
            draw.statement("machine", label, me, value, statement_lang, answers=False)
        )
        if draw.chance(0.4):
            statements.append(
                LabelledStatement(question, draw.setting("machine", me, statement_lang))
            )
        rng.shuffle(statements)
        return StatementGroup(question, tuple(statements), "office_permit", LANGS[question_lang])

    def _permit(
        self, line: Cells, me: Bilingual, statement_lang: int, *, answers: bool
    ) -> LabelledStatement:
        draw, rng = self.draw, self.draw.rng
        shape = rng.choice(draw.one(_ALLOWED, _FORBIDDEN)[statement_lang])
        deed = line[2] if statement_lang else rng.choice(variants(line[0]))
        text = shape.replace("{d}", deed).replace("{w}", rng.choice(variants(line[1])))
        named = "{s}" in text
        text = text.replace("{s}", me[statement_lang])
        setting = "" if named and draw.chance(0.5) else draw.setting("machine", me, statement_lang)
        return LabelledStatement(text[:1].upper() + text[1:], setting, answers)
